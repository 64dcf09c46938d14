import type { Engine } from '../sim/engine.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import { LINES_PER_PAGE, makeClock, MEMORY_LINES, type Clock, type Cycles } from '../sim/units.ts';
import { Apic } from './apic.ts';
import { BlockDevices } from './blockdevice.ts';
import { Core } from './core.ts';
import type { CoreModel, CoreSpec } from './corespec.ts';
import { FrontEnd } from './frontend.ts';
import { frontEndSpec } from './frontendspec.ts';
import type { Fidelity } from './fidelity/index.ts';
import { buildCaches, registerTraffic } from './machinememory.ts';
import type { SlotsSpec } from './issueslots.ts';
import { stallsUnder, type OverlapSpec } from './missrun.ts';
import { Nic, RX_RING } from './nic.ts';
import type { NestedTables } from './nested.ts';
import { KERNEL_PAGES, KERNEL_VPN, PageTable } from './pagetable.ts';
import {
  stepCycles,
  type MachineProfile,
  type OverlapProfile,
  type SmtSpec,
  type StepName,
  type TlbSpec,
} from './profile.ts';
import { NVME } from './profiles/storages.ts';
import { ownShare } from './siblingshare.ts';
import { Slab } from './slab.ts';
import { TABLE_BITS, TableFrames } from './tableframes.ts';
import { Tlbs, type TlbsSpec } from './tlb.ts';
import { Topology } from './topology.ts';
import type { TrapHandler } from './trap.ts';

/** Frames of physical memory. */
const FRAMES = MEMORY_LINES / LINES_PER_PAGE;

/** CPUs that the host's own caches keep from one turn to the next, and whose turns are longer than the window (docs/adr/0038-many-cores.md). */
const FEW = 8;
/** By how much, in windows. */
const LEAST_TURN = 1 / 2;

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
  const nested = nestedTables(profile, () => allocateFrames(1));
  const topology = topologyOf(profile, options);
  const isThreaded = topology.threadsPerCore > 1;
  const cpi = { user: profile.userCpi.value, kernel: profile.kernelCpi.value };
  const frontEnds = frontEndSpec(profile.frontEnd, cpi, isThreaded && profile.smt?.tagsBranches === true);
  const slab = new Slab();
  const model = coreModel(profile, topology.cpus, options.syncWindow);
  const cores: Core[] = [];
  for (let id = 0; id < topology.cpus; id++) {
    const core = topology.coreOf(id);
    const first = cores.at(core);
    const tlbs = new Tlbs(core, tlbGeometry(profile, isThreaded), caches.walks, nested, first?.tlbs, slab);
    const frontEnd = first?.frontEnd.sibling() ?? new FrontEnd(frontEnds, undefined, slab);
    const wiring = { model, engine, stats, caches, tlbs, frontEnd, kernelTable, trap };
    cores.push(new Core(coreSpec(profile, topology, id), wiring));
  }
  shareSlots(cores, topology);
  const apic = new Apic(engine, stats, cores, clock.cycles(profile.ipiNs.value));
  const nic = new Nic(
    engine,
    stats,
    cores,
    {
      wire: clock.cycles(profile.wireNs.value),
      byteCycles: profile.linkBytesPerNs === undefined ? 0 : profile.clockHz.value / 1e9 / profile.linkBytesPerNs.value,
      moderation: clock.cycles(profile.moderationNs.value),
      ring: profile.rxRing?.value ?? RX_RING,
    },
    clock,
  );
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

/** Tells the hardware threads of each core of each other. */
function shareSlots(cores: readonly Core[], topology: Topology): void {
  for (const core of cores) {
    const sibling = topology.siblings(core.id).find((id) => id !== core.id);
    if (sibling !== undefined) core.shareSlots(cores[sibling]);
  }
}

function coreModel({ userCpi, kernelCpi, overlap }: MachineProfile, cpus: number, syncWindow: Cycles): CoreModel {
  const isOneOfMany = cpus > FEW;
  return {
    userCpi: userCpi.value,
    kernelCpi: kernelCpi.value,
    inflation: new Float64Array(4).fill(1),
    stalls: { data: stallsUnder(overlapSpec(overlap.data)), fetch: stallsUnder(overlapSpec(overlap.fetch)) },
    syncWindow,
    leastTurn: isOneOfMany ? Math.max(1, Math.floor(syncWindow * LEAST_TURN)) : 1,
    isOneOfMany,
  };
}

function coreSpec(profile: MachineProfile, topology: Topology, id: number): CoreSpec {
  const { cores, threadsPerCore } = topology;
  return {
    id,
    core: topology.coreOf(id),
    thread: Math.floor(id / cores),
    ...(threadsPerCore > 1 ? { slots: slotsSpec(profile.smt!) } : {}),
  };
}

function slotsSpec({ throughput, replay }: SmtSpec): SlotsSpec {
  return { throughput: throughput.value, replay: replay?.value ?? 0 };
}

function overlapSpec(overlap: OverlapProfile['data']): OverlapSpec {
  const { l2, llc, remote, dram, fills, lineCycles } = overlap;
  return {
    l2: l2.value,
    llc: llc.value,
    remote: remote.value,
    dram: dram.value,
    fills: fills.value,
    lineCycles: lineCycles.value,
  };
}

function tlbGeometry(profile: MachineProfile, isThreaded: boolean): TlbsSpec {
  const { itlb, dtlb, largeTlb, stlb, walker, l1d, smt } = profile;
  return {
    itlb: geometry(itlb),
    ownItlb: isThreaded ? ownShare(smt?.itlb ?? 'shared', geometry(itlb)) : undefined,
    dtlb: geometry(dtlb),
    large: geometry(largeTlb),
    stlb: geometry(stlb),
    stlbHit: stlb.hit.value,
    walker: { levels: walker.levels, cache: geometry(walker), loadToUse: l1d.latency.value },
  };
}

function nestedTables({ virtualised }: MachineProfile, allocate: () => number): NestedTables | undefined {
  if (virtualised === false) return undefined;
  const leaf = virtualised.hostPages === 'large' ? 1 : 0;
  const tables = new TableFrames(0, FRAMES, allocate);
  if (leaf === 0) for (let frame = 0; frame < FRAMES; frame += 1 << TABLE_BITS) tables.provide(frame);
  return { tables, leaf, cache: geometry(virtualised), hit: virtualised.hit?.value ?? 0 };
}

function geometry(tlb: Pick<TlbSpec, 'entries' | 'ways'>): { sets: number; ways: number } {
  return { sets: tlb.entries / tlb.ways, ways: tlb.ways };
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
