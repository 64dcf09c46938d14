import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/archive/rows.ts';
import { checkParamValue } from '../../src/experiment/checknames.ts';
import { corunner } from '../../src/workloads/corunner.ts';
import { wishesOf } from '../../src/workloads/wishes.ts';
import { counter, cyclesOf, metric, runOf } from './runs.ts';

/** A server of four threads without think time beside one busy thread, on toy for 100 ms. */
function besides(params: Record<string, number | string>, cores = 1): RunResult {
  const measured = { fidelity: 'interval', syncWindow: 1000, warmupUs: 20_000, measureUs: 100_000 } as const;
  return runOf({ workload: 'corunner', machine: 'toy', cores, ...measured, params: { connections: 4, ...params } });
}

const served = (params: Record<string, number | string>): number => metric(besides(params), 'throughput');
const QUIET = { arrivals: 'open', ratePerSecond: 10 };

/** Share of its time in which a core has nothing to do. */
function idleOf(run: RunResult, core: number): number {
  return counter(run, `core${core}.cpi.idle`) / cyclesOf(run, core);
}

function wrong(name: string, value: string | number): boolean {
  return checkParamValue(value, corunner.params[name]) !== undefined;
}

describe('what a study says to the scheduler', () => {
  it('is nothing by default: nice 0, no group, no mask', () => {
    const defaults = Object.fromEntries(Object.entries(corunner.params).map(([name, spec]) => [name, spec.default]));

    expect(wishesOf(defaults, 'busy', 4)).toEqual({ nice: 0, sched: { policy: 'other', priority: 10, slice: 0 } });
  });

  it('leaves a saturated server more of the core the less the busy thread counts: nice -10, 0 and 19, or idle', () => {
    const [urgent, equal, humble] = [-10, 0, 19].map((busyNice) => served({ busyNice }));

    expect([equal / urgent, humble / equal].map((gain) => gain > 1.05)).toEqual([true, true]);
    expect(served({ busyPolicy: 'idle' }) / equal).toBeGreaterThan(1.05);
  });

  it('gives a group its weight: one busy thread of weight 800 leaves less than one of weight 100', () => {
    expect(served({ busyWeight: 800 })).toBeLessThan(0.9 * served({ busyWeight: 100 }));
  });

  it('lets nobody serve beside a FIFO thread, and is not held up by it as a FIFO thread itself', () => {
    expect(served({ busyPolicy: 'fifo' })).toBe(0);
    expect(served({ busyPolicy: 'fifo', serverPolicy: 'rr' })).toBe(0);
    expect(served({ serverPolicy: 'fifo' })).toBeGreaterThan(1.1 * served({}));
  });

  it('holds a quota: 50 % of a processor leaves the core idle for half of 100 ms, within a tick', () => {
    expect(Math.abs(idleOf(besides({ ...QUIET, busyQuotaPercent: 50 }), 0) - 0.5)).toBeLessThan(0.05);
    expect(idleOf(besides(QUIET), 0)).toBeLessThan(0.001);
  });

  it('keeps threads on their CPUs: two busy ones on CPU 1 leave CPU 0 idle, and CPUs that there are not do not count', () => {
    const pinned = besides({ ...QUIET, busy: 2, busyCpus: '1 7', serverCpus: '0' }, 2);

    expect(idleOf(pinned, 0)).toBeGreaterThan(0.95);
    expect(idleOf(pinned, 1)).toBe(0);
  });

  it('is checked: CPUs from 0 to 1023 or none, nice from -20 to 19, policies of chrt', () => {
    expect(['', '0', '0 1,7'].map((cpus) => wrong('busyCpus', cpus))).toEqual([false, false, false]);
    expect(['-1', '1024', 'all', ' '].map((cpus) => wrong('busyCpus', cpus))).toEqual([true, true, true, true]);
    expect([wrong('busyNice', 20), wrong('serverPolicy', 'deadline'), wrong('serverSliceUs', -1)]).toEqual([
      true,
      true,
      true,
    ]);
  });
});
