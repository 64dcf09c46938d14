import { NativeEngine } from '../sim/nativeengine.ts';
import { openStream } from '../sim/rng.ts';
import { StatsRegistry } from '../sim/stats.ts';
import { LINE_BYTES, LINES_PER_PAGE, MiB, PAGE_BYTES, type Bytes, type Cycles } from '../sim/units.ts';
import { buildMachine, type Machine } from './machine.ts';
import { PageFlag, PageTable, TABLE_BITS } from './pagetable.ts';
import { sourced, type MachineProfile, type OverlapProfile } from './profile.ts';
import type { TrapHandler } from './trap.ts';

/** Small pages are 4 KiB, large ones 2 MiB. */
export type PageSize = 'small' | 'large';

/** Memory of the chasing core's own socket, or of the first socket seen from the second. */
export type Place = 'local' | 'remote';

/** Mean load-to-use latency of one working set, in cycles of the machine's clock. */
export interface ChasePoint {
  readonly bytes: Bytes;
  readonly cycles: Cycles;
}

/** Loads of one point that are timed; larger sets are timed in part, after they were walked through once. */
const TIMED = 1 << 16;
const LARGEST = 128 * MiB;
const SMALLEST = 1024;
const PAGES_PER_LARGE = 1 << TABLE_BITS;
const TAG = 1;

/** Overlap of misses that chased pointers have: each load waits for the one before. */
const one = sourced(1, [1, 1], 'assumed', 'pointers are chased one after the other');
const levels = { l2: one, llc: one, remote: one, dram: one, fills: one, lineCycles: one };
const noOverlap: OverlapProfile = { data: levels, fetch: levels };

/**
 * Latency curve of a machine: a random cycle through all lines of growing working sets, chased on the simulated core through TLBs, caches
 * and memory. `sets` are ascending sizes in whole lines; by default they grow by half an octave to twice the last level, at most 128 MiB.
 * `remote` needs two sockets: the first one reads each page once before a core of the second chases.
 */
export function latencyCurve(
  profile: MachineProfile,
  pages: PageSize,
  sets: readonly Bytes[] = workingSets(profile),
  place: Place = 'local',
): readonly ChasePoint[] {
  const cores = place === 'local' ? 1 : (profile.sockets?.coresPerSocket ?? 0) + 1;
  const machine = bareMachine({ ...profile, overlap: noOverlap }, cores);
  mapSet(machine, sets[sets.length - 1], pages);
  if (place === 'remote') settle(machine, sets[sets.length - 1]);
  return sets.map((bytes) => ({ bytes, cycles: chase(machine, shuffled(bytes / LINE_BYTES)) }));
}

/** Mean load-to-use latency of a walk through lines of one's choice, again and again, in cycles. */
export function walkLatency(profile: MachineProfile, pages: PageSize, order: Int32Array): Cycles {
  const machine = bareMachine({ ...profile, overlap: noOverlap }, 1);
  mapSet(machine, (Math.max(...order) + 1) * LINE_BYTES, pages);
  return chase(machine, order);
}

/** A machine without an operating system, whose cores are driven by hand. */
export function bareMachine(profile: MachineProfile, cores: number): Machine {
  return buildMachine(profile, { cores, syncWindow: 0 }, new NativeEngine(), new StatsRegistry(), noTraps);
}

function workingSets({ l1d, l2, llc }: MachineProfile): readonly Bytes[] {
  const largest = Math.min(LARGEST, 2 * Math.max(l1d.sizeBytes, l2.sizeBytes, llc.sizeBytes));
  const sizes: Bytes[] = [];
  for (let bytes = SMALLEST; bytes <= largest; bytes *= 2) sizes.push(bytes, bytes * 1.5);
  return sizes.filter((bytes) => bytes <= largest);
}

/** The first core reads a line of each page, which gives all of it a home on the first socket where pages go by first touch. */
function settle({ cores: [first] }: Machine, bytes: Bytes): void {
  for (let line = 0; line < bytes / LINE_BYTES; line += LINES_PER_PAGE) first.memory.touch(line, 1, false);
}

/** Walks once through the lines of the set, then times the walk; its end may be left out. */
function chase({ cores, profile }: Machine, order: Int32Array): Cycles {
  const core = cores[cores.length - 1];
  for (const line of order) core.memory.touch(line, 1, false);
  const start = core.now;
  const timed = Math.min(order.length, TIMED);
  for (let i = 0; i < timed; i++) core.memory.touch(order[i], 1, false);
  return profile.l1d.latency.value + (core.now - start) / timed;
}

const FLAGS = PageFlag.Write | PageFlag.NoExec;
const MAP: Readonly<Record<PageSize, (table: PageTable, vpn: number, frame: number) => void>> = {
  small: (table, vpn, frame) => table.map(vpn, frame, FLAGS),
  large: (table, vpn, frame) => table.mapLarge(vpn, frame, FLAGS),
};

/** Maps a set in an address space of its own, from address 0. */
function mapSet(machine: Machine, bytes: Bytes, size: PageSize): void {
  const count = roundUp(bytes / PAGE_BYTES, PAGES_PER_LARGE);
  const table = new PageTable(0, count, () => machine.allocateFrames(1));
  const frame = machine.allocateFrames(count, PAGES_PER_LARGE);
  const step = size === 'large' ? PAGES_PER_LARGE : 1;
  for (let page = 0; page < count; page += step) MAP[size](table, page, frame + page);
  for (const { memory } of machine.cores) memory.loadSpace(table, TAG, false);
}

/** The numbers below `count` in random order, the same each time; walked through again and again they are one random cycle. */
function shuffled(count: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  const rng = openStream(0, 0, 'chase');
  for (let i = count - 1; i > 0; i--) {
    const other = rng.below(i + 1);
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

const noTraps: TrapHandler = {
  onSyscall() {},
  onCall() {},
  onReturn() {},
  onLeave() {},
  onFault() {},
  onInterrupt() {},
  onIdle: () => false,
  onRefill() {},
};
