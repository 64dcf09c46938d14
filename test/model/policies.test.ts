import { describe, expect, it } from 'vitest';
import { policies } from '../../src/kernel/policies/index.ts';
import { metric, runOf, type Settings } from './runs.ts';

const SERVER: Settings = { workload: 'java-nio', params: { connections: 4 }, measureUs: 4000 };
const NAMES = Object.keys(policies);
const throughput = (policy: string, settings: Settings = SERVER): number =>
  metric(runOf({ ...settings, policy }), 'throughput');
/** Cycles a request that crossings take, checks apart. */
function crossings(settings: Settings): number {
  const result = runOf(settings);
  const parts = ['crossingHardware', 'crossingSoftware', 'crossingPageTable'];
  return parts.reduce((sum, part) => sum + metric(result, `cyclesPerRequest.${part}`), 0);
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

  it.each(['io_uring', 'flexsc', 'ebpf-chain', 'userspace-bypass'])(
    'with a dispatcher and workers, which sleep in reads and hand connections on, serves under %s',
    (policy) => {
      expect(throughput(policy, { ...SERVER, workload: 'java-http' })).toBeGreaterThan(0);
    },
  );
});

describe('the cost of crossings', () => {
  it('three times as large takes three times as long in them, within 2 %', () => {
    const steps = ['syscallInstr', 'sysretInstr', 'swapgs', 'cr3Write', 'saveRegisters', 'restoreRegisters'];
    const more = ['stackSwitch', 'entryWork', 'exitWork', 'dispatch', 'eventEntry', 'iret'];
    const dear = Object.fromEntries([...steps, ...more].map((name) => [`cost.${name}`, 30]));

    const ratio = crossings({ ...SERVER, profile: dear }) / crossings(SERVER);

    expect(Math.abs(ratio / 3 - 1)).toBeLessThan(0.02);
  });
});

describe('without native code', () => {
  it('bypage serves as many requests as kernelmode up to its checks at the start of each thread: within 1 %', () => {
    expect(Math.abs(throughput('bypage') / throughput('kernelmode') - 1)).toBeLessThan(0.01);
  });
});
