import { describe, expect, it } from 'vitest';
import { workloads } from '../../src/workloads/index.ts';
import { MANAGED_PARAMS } from '../../src/workloads/managed/params.ts';
import type { ParamValue } from '../../src/workloads/workload.ts';
import type { RunResult } from '../../src/archive/rows.ts';
import { counter, metric, runOf, type Settings } from './runs.ts';

/** Threads that compute and allocate, on a real machine of two cores for 5 ms. */
function compute(params: Record<string, ParamValue> = {}, settings: Partial<Settings> = {}): RunResult {
  return runOf({
    workload: 'java-managed-compute',
    machine: 'skylake-sp',
    cores: 2,
    warmupUs: 1000,
    measureUs: 5000,
    ...settings,
    params: { threads: 2, ...params },
  });
}

/** A nursery that survives so much that each collection is one of the whole heap. */
const FULL = { collector: 'serial', allocBytes: 2000, survivalPercent: 25, oldKiB: 64 };

const sinceBoot = (result: RunResult, name: string): number =>
  counter(result, name) + result.warmup.find((row) => row.name === name)!.value;
const mean = (result: RunResult, total: string, count: string): number =>
  counter(result, total) / counter(result, count);
const meanPause = (result: RunResult): number => mean(result, 'managed.collectCycles', 'managed.pauses');
const meanReach = (result: RunResult): number => mean(result, 'managed.reachCycles', 'managed.pauses');

describe('collections', () => {
  it('do not happen in a program that allocates nothing', () => {
    const result = compute({ allocBytes: 0 });

    expect(sinceBoot(result, 'managed.pauses')).toBe(0);
    expect(sinceBoot(result, 'managed.allocated')).toBe(0);
  });

  it.each(['serial', 'parallel', 'regions', 'concurrent'])(
    'of the %s collector free what is allocated but for what the heap holds, and release all threads they stop',
    (collector) => {
      const result = compute({ collector, allocBytes: 1000 });
      const held = sinceBoot(result, 'managed.allocated') - sinceBoot(result, 'managed.freed');
      const stopped = sinceBoot(result, 'managed.stops') - sinceBoot(result, 'managed.resumes');

      expect(counter(result, 'managed.pauses')).toBeGreaterThan(2);
      expect(held).toBeGreaterThanOrEqual(0);
      expect(held).toBeLessThanOrEqual((1024 + 1024 + 1024) * 1024);
      expect(stopped).toBeGreaterThanOrEqual(0);
      expect(stopped).toBeLessThanOrEqual(3);
    },
  );

  it('of the whole heap take about twice as long for twice the long-lived data', () => {
    // The toy has small caches, so that both sizes are read from memory.
    const toy = { machine: 'toy', cores: 1, measureUs: 60_000 };
    const [one, two] = [2048, 4096].map((liveKiB) => compute({ ...FULL, threads: 1, allocBytes: 8000, liveKiB }, toy));

    expect(counter(one, 'managed.fullCollections')).toBe(counter(one, 'managed.pauses'));
    expect(meanPause(two) / meanPause(one)).toBeGreaterThan(1.8);
    expect(meanPause(two) / meanPause(one)).toBeLessThan(2.1);
  });

  it('beside the program stop it for a time that does not depend on the long-lived data', () => {
    const [small, large] = [1024, 8192].map((liveKiB) =>
      compute({ collector: 'concurrent', allocBytes: 1000, liveKiB, edenKiB: 4096 }, { measureUs: 12_000 }),
    );

    expect(counter(large, 'managed.concurrentCycles')).toBeGreaterThan(0);
    expect(Math.abs(meanPause(large) / meanPause(small) - 1)).toBeLessThan(0.2);
  });

  it('are shorter with four threads than with one', () => {
    const [one, four] = [1, 4].map((gcThreads) => compute({ ...FULL, collector: 'parallel', gcThreads }, { cores: 4 }));

    expect(meanPause(four)).toBeLessThan(meanPause(one) / 2);
  });
});

describe('the time to a safepoint', () => {
  it('grows from one running thread to three, and with the threads that compete for two processors', () => {
    const apart = [1, 3].map((threads) =>
      meanReach(compute({ threads, allocBytes: 200, tlabKiB: 64 }, { cores: 4, measureUs: 4000 })),
    );
    const crowded = [2, 8, 32].map((threads) => {
      const result = compute({ threads, allocBytes: 500 }, { measureUs: 10_000 });
      return mean(result, 'managed.waitCycles', 'managed.pauses') + meanReach(result);
    });

    expect(apart[1]).toBeGreaterThan(apart[0]);
    expect(crowded[1]).toBeGreaterThan(crowded[0]);
    expect(crowded[2]).toBeGreaterThan(crowded[1]);
  });

  it('grows with the distance between two polls', () => {
    const [near, far] = [1000, 50_000].map((pollInstructions) =>
      meanReach(compute({ threads: 2, allocBytes: 1000, pollInstructions }, { measureUs: 10_000 })),
    );

    expect(far).toBeGreaterThan(near);
  });

  it('is reached by faults and signals where polls read a page, and by neither where they compare a flag', () => {
    const [flag, trap, page] = ['handshake', 'trap', 'page'].map((safepoints) =>
      compute({ safepoints, allocBytes: 200, tlabKiB: 64, threads: 3 }, { cores: 4 }),
    );

    expect(metric(flag, 'callsPerRequest.rt_sigreturn')).toBe(0);
    expect(counter(trap, 'kernel.calls.rt_sigreturn')).toBeGreaterThanOrEqual(counter(trap, 'managed.resumes') - 4);
    expect(metric(trap, 'callsPerRequest.mprotect')).toBe(0);
    expect(metric(page, 'callsPerRequest.rt_sigreturn')).toBeGreaterThan(0);
    expect(counter(page, 'kernel.calls.mprotect')).toBeGreaterThanOrEqual(2 * counter(page, 'managed.pauses') - 2);
  });
});

describe('polls that fault', () => {
  it('are fatal at CPL 0 unless faults there become signals and their handlers find the way back', () => {
    const params = { safepoints: 'page', allocBytes: 200, tlabKiB: 64, threads: 3 };
    const [baseline, literal, hardened] = ['baseline', 'kernelmode', 'bypage-hardened'].map((policy) =>
      compute(params, { cores: 4, policy }),
    );

    expect(metric(baseline, 'transitions.killed')).toBe(0);
    expect(metric(literal, 'transitions.killed')).toBeGreaterThan(0);
    expect(metric(literal, 'throughput')).toBe(0);
    expect(metric(hardened, 'transitions.killed')).toBe(0);
    expect(metric(hardened, 'transitions.sigreturn')).toBeGreaterThan(0);
    expect(metric(hardened, 'throughput')).toBeGreaterThan(0.8 * metric(baseline, 'throughput'));
  });
});

describe('a managed process', () => {
  it('gains at most 1 % by kernel mode where it only computes', () => {
    const [baseline, kernelmode] = ['baseline', 'kernelmode'].map((policy) =>
      metric(compute({}, { policy, measureUs: 10_000 }), 'throughput'),
    );

    expect(Math.abs(kernelmode / baseline - 1)).toBeLessThan(0.01);
  });

  it('has the same fingerprint in two runs of a seed', () => {
    const fingerprints = [1, 2].map(() => compute({ collector: 'regions', allocBytes: 2000 }).fingerprint);

    expect(fingerprints[0]).toBe(fingerprints[1]);
  });

  it('makes the same calls per request for its clients as without the runtime', () => {
    const [plain, managed] = ['java-nio', 'java-managed'].map((workload) =>
      runOf({ workload, machine: 'skylake-sp', cores: 2, measureUs: 5000 }),
    );

    expect(metric(managed, 'callsPerRequest.write')).toBeCloseTo(metric(plain, 'callsPerRequest.write'), 1);
    expect(metric(managed, 'callsPerRequest.pread64')).toBeCloseTo(metric(plain, 'callsPerRequest.pread64'), 1);
    expect(metric(managed, 'callsPerRequest.futex_wake')).toBeGreaterThan(0);
  });

  it('can be java-http, whose parameters share no name with those of the runtime', () => {
    const clashes = Object.keys(workloads['java-http'].params).filter((param) => param in MANAGED_PARAMS);
    const params = { allocBytes: 2000, edenKiB: 256 };
    const result = runOf({ workload: 'java-http-managed', machine: 'skylake-sp', cores: 2, measureUs: 3000, params });

    expect(clashes).toEqual([]);
    expect(metric(result, 'throughput')).toBeGreaterThan(0);
    expect(counter(result, 'managed.pauses')).toBeGreaterThan(0);
  });
});
