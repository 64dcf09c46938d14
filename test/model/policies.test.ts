import { describe, expect, it } from 'vitest';
import { policies } from '../../src/kernel/policies/index.ts';
import { toy } from '../../src/hw/profiles/toy.ts';
import { metric, runOf, type Settings } from './runs.ts';
import { bootToy, enter, processOf, sys } from './toysystem.ts';

const SERVER: Settings = { workload: 'java-nio', params: { connections: 4 }, measureUs: 4000 };
const NAMES = Object.keys(policies);
const throughput = (policy: string, settings: Settings = SERVER): number =>
  metric(runOf({ ...settings, policy }), 'throughput');
/** Cycles that crossings take in a program of 100 calls, where every step costs `scale` times ten: too short for a tick. */
function crossings(policy: string, scale: number): number {
  const cost = Object.fromEntries(
    Object.entries(toy.cost).map(([step, price]) => [step, { ...price, value: price.value * scale }]),
  ) as typeof toy.cost;
  const program = processOf([
    function* (env) {
      yield* enter(env, 'jitAlwaysKernelMode');
      for (let i = 0; i < 100; i++) yield* sys(env, i % 2 === 0 ? 'getpid' : 'gettid');
    },
  ]);
  const { engine, value } = bootToy([program], { profile: { ...toy, cost }, policy: policies[policy] });
  engine.runUntil(5e5);
  const parts = ['crossingHardware', 'crossingSoftware', 'crossingPageTable', 'check'];
  return parts.reduce((sum, part) => sum + value(`core0.cpi.${part}`), 0);
}

describe('a server', () => {
  const best = throughput('free');

  it.each(NAMES)(
    'serves under %s, and gains no more than under free if crossings are all that is taken away',
    (policy) => {
      const served = throughput(policy);

      expect(served).toBeGreaterThan(0);
      // Requests answered in 4 ms: one more or less is where the end falls.
      if (policies[policy].bound === 'free') expect(served).toBeLessThanOrEqual(best * 1.01);
    },
  );

  it.each(['io_uring', 'io_uring-sqpoll', 'flexsc', 'ebpf-chain', 'userspace-bypass'])(
    'with a dispatcher and workers, which sleep in reads and hand connections on, serves under %s',
    (policy) => {
      expect(throughput(policy, { ...SERVER, workload: 'java-http' })).toBeGreaterThan(0);
    },
  );
});

describe('the cost of crossings', () => {
  // A tracer's stops make the program longer than a tick.
  it.each(NAMES.filter((name) => name !== 'traced'))(
    'three times as large takes exactly three times as long, under %s',
    (policy) => {
      expect(crossings(policy, 3)).toBe(3 * crossings(policy, 1));
    },
  );

  it('is nothing under free and 120 a call under the baseline', () => {
    expect(crossings('free', 1)).toBe(0);
    expect(crossings('baseline', 1)).toBeGreaterThanOrEqual(100 * 120);
  });
});

describe('without native code', () => {
  it('bypage serves as many requests as kernelmode up to its checks at the start of each thread: within 1 %', () => {
    expect(Math.abs(throughput('bypage') / throughput('kernelmode') - 1)).toBeLessThan(0.01);
  });
});
