import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/archive/rows.ts';
import { skylakeSp } from '../../src/hw/profiles/skylakesp.ts';
import { cyclesOf, metric, runOf, type Settings } from './runs.ts';

const MS = 1e6;
/** Warm when the file of 4 MiB that requests read has been read almost whole: what they read for the first time depends on how many were served, not on caches. */
const LONG = { machine: 'skylake-sp', syncWindow: 1000, warmupUs: 40_000, measureUs: 40_000 } as const;
/** A run falls into one of several regimes of batching (docs/adr/0004), which no fidelity decides: means over seeds are compared. */
const SEEDS = [1, 2, 3];

/** Misses of all cores in the measured phase that a level served. */
function served({ measure }: RunResult, level: string): number {
  const rows = measure.filter(({ name }) => name.includes(`.served.${level}`));
  return rows.reduce((sum, { value }) => sum + value, 0);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const misses = (runs: readonly RunResult[], level: string): number => mean(runs.map((run) => served(run, level)));
const throughput = (runs: readonly RunResult[]): number => mean(runs.map((run) => metric(run, 'throughput')));
const error = (seen: number, expected: number): number => Math.abs(seen / expected - 1);

/** Runs of all seeds in both fidelities. */
function both(settings: Settings): Readonly<Record<'exact' | 'interval', readonly RunResult[]>> {
  const of = (fidelity: 'exact' | 'interval'): RunResult[] =>
    SEEDS.map((seed) => runOf({ ...LONG, ...settings, fidelity, seed }));
  return { exact: of('exact'), interval: of('interval') };
}

const TWO_CORES = { workload: 'java-nio', cores: 2, policy: 'bypage' } as const;
/** Kernel CPI relative to the machine's own. */
const SPEEDS = [0.9, 0.94, 0.98, 1.02, 1.06, 1.1];

/** Lines that two cores of java-nio serve each other, per unit of throughput, by speed of the kernel. */
function remoteBySpeed(fidelity: 'exact' | 'interval'): number[] {
  return SPEEDS.map((speed) => {
    const profile = { kernelCpi: speed * skylakeSp.kernelCpi.value };
    const run = runOf({ ...LONG, ...TWO_CORES, fidelity, profile });
    return served(run, 'remote') / metric(run, 'throughput');
  });
}

const ALL_LEVELS = ['l2', 'llc', 'remote', 'dram'];
const CASES = [
  { workload: 'java-nio', cores: 1, policy: 'baseline', judged: ALL_LEVELS },
  { ...TWO_CORES, judged: ['l2', 'llc', 'dram'] },
  { workload: 'java-compute', cores: 1, policy: 'baseline', judged: ALL_LEVELS },
];

describe('fidelity interval', () => {
  it('repeats to the bit, and differs from exact', () => {
    const quick: Settings = { workload: 'java-nio', machine: 'skylake-sp', measureUs: 2000, fidelity: 'interval' };
    const [first, again, exact] = [runOf(quick), runOf(quick), runOf({ ...quick, fidelity: 'exact' })];

    expect(again).toEqual(first);
    expect(exact.fingerprint).not.toBe(first.fingerprint);
  });

  it('keeps the books: the CPI buckets of each core sum to the measured 20 ms, give or take the window and one operation', () => {
    const result = runOf({ workload: 'java-compute', cores: 2, syncWindow: 1000, fidelity: 'interval' });

    for (const core of [0, 1]) expect(Math.abs(cyclesOf(result, core) - 20 * MS)).toBeLessThan(1000 + 20_000);
  });

  it('counts whole misses', () => {
    const { measure } = runOf({ workload: 'java-nio', measureUs: 2000, fidelity: 'interval' });

    const counts = measure.filter(({ unit }) => unit === 'count').map(({ value }) => value);
    expect(counts.filter((count) => !Number.isInteger(count))).toEqual([]);
  });

  it.each(CASES)(
    'is within 2 % of the throughput and 5 % of the misses that matter on $workload, $cores cores, $policy',
    ({ judged, ...settings }) => {
      const { exact, interval } = both(settings);
      const levels = judged.filter((level) => misses(exact, level) > 10_000);

      expect(levels.length).toBeGreaterThan(0);
      expect(error(throughput(interval), throughput(exact))).toBeLessThan(0.02);
      for (const level of levels)
        expect(error(misses(interval, level), misses(exact, level)), level).toBeLessThan(0.05);
    },
    180_000,
  );

  // How often two cores meet in kernel code follows from how long its paths take: `exact` itself goes from 81 to 121 lines a request where that code is up to 10 % faster or
  // slower, so that a single speed compares two points of a steep curve (docs/adr/0010-fidelity.md). Means over speeds tell whether the curves are the same.
  it('is within 5 % of what two cores of java-nio serve each other under bypage, on average over kernel code from 10 % faster to 10 % slower', () => {
    const [exact, interval] = [remoteBySpeed('exact'), remoteBySpeed('interval')];

    expect(Math.max(...exact) / Math.min(...exact)).toBeGreaterThan(1.2);
    expect(error(mean(interval), mean(exact))).toBeLessThan(0.05);
  }, 300_000);
});
