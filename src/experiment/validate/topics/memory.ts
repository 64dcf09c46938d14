import { latencyCurve, walkLatency, type PageSize, type Place } from '../../../hw/chase.ts';
import type { MachineProfile } from '../../../hw/profile.ts';
import { LINE_BYTES, LINES_PER_PAGE, MiB } from '../../../sim/units.ts';
import type { Bench, Time } from '../lab.ts';
import type { Pattern } from '../pattern.ts';
import { both, QUIET, type Scenario } from '../scenario.ts';

/** Caches, and what stands for them between two sizes: from more than the level before holds to what it holds itself. */
type Level = 'l1d' | 'l2' | 'llc';
const LEVELS: readonly Level[] = ['l1d', 'l2', 'llc'];
/** Sets in memory: twice the last level, within these bounds; the least is 64 times what the TLBs of 2005 reach. */
const LEAST = 16 * MiB;
const LARGEST = 128 * MiB;
/** Sets that are tried for the size of a level, relative to the size of the profile. */
const SIZES = [0.5, 1, 1.25, 1.5];
/** A set no longer fits when its loads take so much longer than those of the smallest one. */
const RISE = 1.1;

const PAGES_APART = 16;

const wholeLines = (bytes: number): number => Math.max(1, Math.floor(bytes / LINE_BYTES)) * LINE_BYTES;
const timed = ({ profile }: Bench, cycles: number): Time => ({ cycles, ns: (cycles * 1e9) / profile.clockHz.value });

/** Whether the machine has a level: one that it lacks holds a line. */
const exists = (profile: MachineProfile, level: Level): boolean => profile[level].sizeBytes > LINE_BYTES;

/** A working set that a level holds and the one before does not. */
function setOf(profile: MachineProfile, level: Level): number {
  const { sizeBytes } = profile[level];
  const before = LEVELS[LEVELS.indexOf(level) - 1];
  return wholeLines(before === undefined ? sizeBytes / 2 : Math.min(0.75 * sizeBytes, 4 * profile[before].sizeBytes));
}

function beyondAll(profile: MachineProfile): number {
  return wholeLines(
    Math.min(LARGEST, Math.max(LEAST, 2 * Math.max(...LEVELS.map((level) => profile[level].sizeBytes)))),
  );
}

function chased(bench: Bench, bytes: number, pages: PageSize, place: Place = 'local'): number {
  return bench.once(`chase ${bytes} ${pages} ${place}`, () => {
    const [{ cycles }] = latencyCurve(bench.profile, pages, [bytes], place);
    return cycles;
  });
}

const latency = (level: Level): Scenario => ({
  doc: `chased pointers in a set that ${level} holds and the level before does not, pages of 2 MiB`,
  tolerance: QUIET,
  time: (bench) =>
    timed(bench, exists(bench.profile, level) ? chased(bench, setOf(bench.profile, level), 'large') : NaN),
});
const memory = (doc: string, pages: PageSize, place: Place = 'local'): Scenario => ({
  doc: `chased pointers in a set that no cache holds: ${doc}`,
  tolerance: QUIET,
  time: (bench) => {
    const isThere = place === 'local' || bench.profile.sockets !== undefined;
    return timed(bench, isThere ? chased(bench, beyondAll(bench.profile), pages, place) : NaN);
  },
});
/** The largest set whose loads take no longer than those of half of it. */
const size = (level: Level): Scenario => ({
  doc: `size of ${level}: the largest set whose chased pointers take no longer than those of half of it`,
  tolerance: QUIET,
  gives: 'bytes',
  time: (bench) => {
    if (!exists(bench.profile, level)) return both(NaN);
    const sets = SIZES.map((share) => wholeLines(share * bench.profile[level].sizeBytes));
    const cycles = sets.map((bytes) => chased(bench, bytes, 'large'));
    return both(sets[lastOf(cycles)]);
  },
});

/** The last of a rising curve that is not above its beginning. */
function lastOf(cycles: readonly number[]): number {
  const above = cycles.findIndex((one) => one > cycles[0] * RISE);
  return (above < 0 ? cycles.length : above) - 1;
}

/** The largest number of pages, a line of each, whose loads take no longer than those of half as many. */
const entries = (array: 'dtlb' | 'stlb'): Scenario => ({
  doc: `entries of the ${array}: the most pages of 4 KiB, a line of each, whose chased pointers take no longer than those of half as many`,
  tolerance: QUIET,
  gives: 'count',
  time: (bench) => {
    const own = bench.profile[array].entries;
    if (own < 2) return both(NaN);
    const counts = SIZES.map((share) => Math.round(share * own));
    const cycles = counts.map((count) => bench.once(`pages ${count}`, () => pageWalk(bench.profile, count)));
    return both(counts[lastOf(cycles)]);
  },
});

/** A line of each page, another one in every 16th, so that they lie in all sets of the caches. */
const lineOfPage = (_: unknown, page: number): number =>
  page * LINES_PER_PAGE + (Math.floor(page / PAGES_APART) % LINES_PER_PAGE);
function pageWalk(profile: MachineProfile, pages: number): number {
  return walkLatency(profile, 'small', Int32Array.from({ length: pages }, lineOfPage));
}

/** Latencies and sizes of the memory hierarchy. */
export const memoryScenarios = {
  'l1-latency': latency('l1d'),
  'l2-latency': latency('l2'),
  'l3-latency': latency('llc'),
  'memory-latency': memory('pages of 2 MiB', 'large'),
  'memory-random': memory('pages of 4 KiB, TLB misses too', 'small'),
  'memory-remote': memory('pages of 2 MiB, of another socket', 'large', 'remote'),
  'l1-size': size('l1d'),
  'l2-size': size('l2'),
  'l3-size': size('llc'),
  'dtlb-entries': entries('dtlb'),
  'stlb-entries': entries('stlb'),
} as const satisfies Record<string, Scenario>;

const TIME = /^(?:cycles|ns)/;
const SIZE = /^[KM]?i?B$/;
const COUNT = /^(?:entries|count|pages)/;

/** Levels by the names that tables of machines give them. */
export const memoryPatterns: readonly Pattern[] = [
  { match: /^L1d?(?: cache)?(?: latency)?\b/i, unit: TIME, scenario: 'l1-latency' },
  { match: /^L2(?: cache)?(?: latency)?\b(?!.*tlb)/i, unit: TIME, scenario: 'l2-latency' },
  { match: /^(?:L3|LLC|last.level)(?: cache)?(?: latency)?\b/i, unit: TIME, scenario: 'l3-latency' },
  { match: /remote (?:ram|memory|dram)/i, unit: TIME, scenario: 'memory-remote' },
  { match: /rand(?:om)?.{0,8}(?:mem|ram|dram)|(?:mem|ram|dram).*random/i, unit: TIME, scenario: 'memory-random' },
  {
    match: /(?:main|local|dram|ram) ?(?:mem(?:ory)?|ram|dram|latency)|^(?:ram|dram|memory)(?: latency)?$/i,
    unit: TIME,
    scenario: 'memory-latency',
  },
  { match: /^L1d?\b.*size/i, unit: SIZE, scenario: 'l1-size' },
  { match: /^L2\b.*size/i, unit: SIZE, scenario: 'l2-size' },
  { match: /^L3\b.*size/i, unit: SIZE, scenario: 'l3-size' },
  { match: /^(?:stlb|l2 (?:d?tlb))\b/i, unit: COUNT, scenario: 'stlb-entries' },
  { match: /^(?:L1 )?d?tlb\b/i, unit: COUNT, scenario: 'dtlb-entries' },
];
