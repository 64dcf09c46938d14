import { describe, expect, it } from 'vitest';
import type { RunConfig } from '../../src/archive/rows.ts';
import { PREEMPTION_NAMES } from '../../src/kernel/sched/preemption.ts';
import { metric, runOf } from './runs.ts';

type Model = RunConfig['preemption'];

/** 99th percentile in us of the latency of a server that shares its core with a trusted thread. */
function tail(policy: string, preemption: Model, params: Record<string, number>): number {
  const result = runOf({
    workload: 'corunner',
    machine: 'toy',
    policy,
    preemption,
    fidelity: 'interval',
    syncWindow: 1000,
    warmupUs: 10_000,
    measureUs: 100_000,
    params: { arrivals: 'open', ratePerSecond: 1000, connections: 4, ...params },
  });
  return metric(result, 'latency.p99');
}

const tailsOf = (policy: string, params: Record<string, number>): Record<Model, number> =>
  Object.fromEntries(PREEMPTION_NAMES.map((model) => [model, tail(policy, model, params)])) as Record<Model, number>;

describe('beside a thread that computes 5 ms between two calls', () => {
  const params = { burstUs: 5000, readKiB: 4 };
  const prompt = tail('baseline', 'none', params);

  it('at CPL 3, a co-runner waits as long under every model, and no longer where interrupts are threads', () => {
    const { realtime, ...others } = tailsOf('baseline', params);

    expect(new Set(Object.values(others))).toEqual(new Set([prompt]));
    expect(realtime).toBeLessThan(1.1 * prompt);
  });

  it('at CPL 0 under the literal reading, it waits for the end of 5 ms under none and voluntary, for a tick of 4 ms under lazy, and for nothing under full', () => {
    const tails = tailsOf('kernelmode', params);

    expect(tails.none).toBeGreaterThan(5000);
    expect(tails.voluntary).toBe(tails.none);
    expect(tails.lazy).toBeGreaterThan(2000);
    expect(tails.lazy).toBeLessThan(4000 + 2 * prompt);
    expect(tails.full).toBeLessThan(1.1 * prompt);
    expect(tails.realtime).toBeLessThan(1.1 * prompt);
  });

  it('at CPL 0 with PREEMPT obeyed, it waits no longer than at CPL 3 under any model', () => {
    for (const waited of Object.values(tailsOf('kernelmode+PREEMPT', params)))
      expect(waited).toBeLessThan(1.1 * prompt);
  });
});

describe('beside a thread that reads 4 MiB at a time', () => {
  it('a co-runner waits for the whole copy under none, and for a page of it or less, a fifth of that at most, under voluntary and full', () => {
    const tails = tailsOf('baseline', { burstUs: 50, readKiB: 4096 });

    expect(tails.none).toBeGreaterThan(5 * tails.voluntary);
    expect(tails.none).toBeGreaterThan(5 * tails.full);
    expect(tails.lazy).toBeLessThan(tails.none);
  });
});
