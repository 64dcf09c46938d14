import type { Engine } from '../sim/engine.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import { LINES_PER_PAGE, makeClock, MEMORY_LINES, type Clock, type Cycles } from '../sim/units.ts';
import { Apic } from './apic.ts';
import { BlockDevices } from './blockdevice.ts';
import type { Core } from './core.ts';
import type { Fidelity } from './fidelity/index.ts';
import { buildCores, coreModel, nestedTables } from './machinecores.ts';
import { buildCaches, registerTraffic } from './machinememory.ts';
import { Nic, RX_RING, type NicSpec } from './nic.ts';
import { KERNEL_PAGES, KERNEL_VPN, PageTable } from './pagetable.ts';
import { stepCycles, type MachineProfile, type StepName } from './profile.ts';
import { NVME } from './profiles/storages.ts';
import { Topology } from './topology.ts';
import type { TrapHandler } from './trap.ts';
import { makeTurns } from './turns.ts';

/** Frames of physical memory. */
const FRAMES = MEMORY_LINES / LINES_PER_PAGE;

/** How many cores of a profile are powered, and how far they may run ahead. */
export interface MachineOptions {
  readonly cores: number;
  readonly syncWindow: Cycles;
  /** Whether the hardware threads of each core are used, where the profile has them; off by default. */
  readonly smt?: boolean;
  /** How caches and memory are simulated; `exact` by default. */
  readonly fidelity?: Fidelity;
}

/** A machine without an operating system. */
export interface Machine {
  readonly profile: MachineProfile;
  readonly clock: Clock;
  /** Logical CPUs. */
  readonly cores: readonly Core[];
  /** Which of them share a core or a socket. */
  readonly topology: Topology;
  readonly apic: Apic;
  readonly nic: Nic;
  readonly disks: BlockDevices;
  readonly kernelTable: PageTable;
  /** Instructions that user code takes for each of its own, by CPL: more than 1 where it is instrumented. */
  readonly inflation: Float64Array;
  /** Takes `count` consecutive fresh frames and returns the first, a multiple of `alignment` (1 unless given). */
  allocateFrames(count: number, alignment?: number): number;
  /** Whole cycles of a primitive step. */
  step(name: StepName): Cycles;
  /** Brings all counts to the registry, before a snapshot. */
  publish(): void;
}

/** Builds and wires a machine; the only place that does. `trap` is the kernel's door. */
export function buildMachine(
  profile: MachineProfile,
  options: MachineOptions,
  engine: Engine,
  stats: StatsRegistry,
  trap: TrapHandler,
): Machine {
  const clock = makeClock(profile.clockHz.value);
  const caches = buildCaches(profile, options, MEMORY_LINES, clock);
  const publishTraffic = registerTraffic(caches, stats);
  const allocateFrames = frameAllocator();
  const kernelTable = new PageTable(KERNEL_VPN, KERNEL_PAGES, () => allocateFrames(1));
  const nested = nestedTables(profile, FRAMES, () => allocateFrames(1));
  const topology = topologyOf(profile, options);
  const model = coreModel(profile, options.syncWindow);
  const turns = makeTurns(engine, topology, options.syncWindow);
  const cores = buildCores(profile, topology, nested, { model, turns, stats, caches, kernelTable, trap });
  const apic = new Apic(engine, stats, cores, clock.cycles(profile.ipiNs.value));
  const nic = new Nic(engine, stats, cores, nicSpec(profile, clock), clock);
  const disks = new BlockDevices(profile.storage ?? NVME, clock, engine, stats, cores);
  const step = (name: StepName): Cycles => stepCycles(profile, name);
  const publish = (): void => {
    for (const core of cores) core.publish();
    publishTraffic();
  };
  const { inflation } = model;
  return { profile, clock, cores, topology, apic, nic, disks, kernelTable, inflation, allocateFrames, step, publish };
}

function topologyOf({ name, smt, sockets }: MachineProfile, options: MachineOptions): Topology {
  if (options.smt === true && smt === undefined) throw new RangeError(`machine ${name} has one thread a core`);
  return new Topology({
    cores: options.cores,
    threadsPerCore: options.smt === true ? smt!.threadsPerCore : 1,
    coresPerSocket: sockets?.coresPerSocket ?? options.cores,
  });
}

function nicSpec({ wireNs, linkBytesPerNs, moderationNs, rxRing }: MachineProfile, clock: Clock): NicSpec {
  return {
    wire: clock.cycles(wireNs.value),
    byteCycles: linkBytesPerNs === undefined ? 0 : clock.hz / 1e9 / linkBytesPerNs.value,
    moderation: clock.cycles(moderationNs.value),
    ring: rxRing?.value ?? RX_RING,
  };
}

function frameAllocator(): Machine['allocateFrames'] {
  let next = 1;
  return (count, alignment = 1) => {
    const first = Math.ceil(next / alignment) * alignment;
    next = first + count;
    if (next > FRAMES) throw new RangeError(`physical memory is exhausted: ${next} of ${FRAMES} frames`);
    return first;
  };
}
