import { describe, expect, it } from 'vitest';
import type { RunConfig } from '../../src/archive/rows.ts';
import { toy } from '../../src/hw/profiles/toy.ts';
import { Nr, Op } from '../../src/kernel/abi.ts';
import { policies } from '../../src/kernel/policies/index.ts';
import type { Policy } from '../../src/kernel/policy.ts';
import { metric, runOf } from '../model/runs.ts';
import { bootToy, enter, processOf, sys } from '../model/toysystem.ts';

/** Relations between runs that must hold whatever the numbers of a machine are: for every policy, and for the workloads that come with it. */
type Params = RunConfig['params'];

const NAMES = Object.keys(policies);
const WORKLOADS: readonly (readonly [workload: string, params: Params])[] = [
  ['java-nio', { connections: 8, thinkUs: 0 }],
  ['java-http', { connections: 8, thinkUs: 0 }],
  ['java-mixed', { connections: 8, thinkUs: 0, jniCalls: 3 }],
  ['java-compute', { unitInstructions: 2000 }],
  ['call-graph', { unitInstructions: 3000, syscallsPerMs: 500, nativeCallsPerMs: 50, placement: 'all' }],
];
const NO_CALLS: Params = {
  unitInstructions: 3000,
  syscallsPerMs: 0,
  nativeCallsPerMs: 0,
  nativeShare: 0,
  placement: 'all',
};

const served = new Map<string, number>();

/** Units of a call graph are a microsecond here, so that 2 ms resolve 0.1 %; on toy they resolve one. */
const SERVER: Partial<RunConfig> = { machine: 'skylake-sp' };

/** Requests a second in 2 ms, on toy unless the settings say more; each asked for once. */
function throughput(policy: string, workload: string, params: Params, config: Partial<RunConfig> = {}): number {
  const key = JSON.stringify([policy, workload, params, config]);
  const known = served.get(key);
  if (known !== undefined) return known;
  const found = metric(runOf({ ...config, policy, workload, params, warmupUs: 300, measureUs: 2000 }), 'throughput');
  served.set(key, found);
  return found;
}

/** Gain over the baseline as a share. */
function gain(policy: string, workload: string, params: Params, config: Partial<RunConfig> = {}): number {
  return throughput(policy, workload, params, config) / throughput('baseline', workload, params, config) - 1;
}

/** Whether code of the server takes more instructions somewhere under a policy. */
function instruments({ code, mechanisms }: Policy): boolean {
  const adding = mechanisms.some((name) => name === 'SFI' || name === 'IBT' || name === 'SHSTK');
  return adding || code.cpl3.length > 0 || code.cpl0.length > 0;
}

/** Cycles of crossings in a program of 30 rounds of three reads and one other call, where every step costs `scale` times ten. */
function crossings(policy: string, scale: number): number {
  const cost = Object.fromEntries(
    Object.entries(toy.cost).map(([step, price]) => [step, { ...price, value: price.value * scale }]),
  ) as typeof toy.cost;
  const program = processOf(
    [
      function* (env) {
        yield* enter(env, 'jitAlwaysKernelMode');
        for (let i = 0; i < 30; i++) {
          for (let read = 0; read < 3; read++) env.stream.push(Op.Syscall, 0, 64, read, Nr.pread64);
          yield* sys(env, 'getppid');
        }
      },
    ],
    { files: [{ kind: 'pagecache', pages: 8 }] },
  );
  const { engine, value } = bootToy([program], { profile: { ...toy, cost }, policy: policies[policy] });
  engine.runUntil(9e5);
  expect(value('kernel.calls.getppid')).toBe(30);
  const parts = ['crossingHardware', 'crossingSoftware', 'crossingPageTable', 'check'];
  return parts.reduce((sum, part) => sum + value(`core0.cpi.${part}`), 0);
}

/** A call graph of managed code, with what a test changes of it. */
function at(change: Params): Params {
  return { unitInstructions: 3000, syscallsPerMs: 300, nativeCallsPerMs: 0, placement: 'all', ...change };
}

describe('without system calls', () => {
  it.each(NAMES)(
    'nothing is gained under %s, and nothing lost where code is not instrumented: within 0.5 %%',
    (policy) => {
      const found = gain(policy, 'call-graph', NO_CALLS, SERVER);

      expect(found).toBeLessThan(0.005);
      if (!instruments(policies[policy])) expect(found).toBeGreaterThan(-0.005);
    },
  );
});

describe('crossings that cost k times as much', () => {
  // Stops of a tracer reach beyond a tick; what a poller finds depends on when it looks.
  const exact = NAMES.filter((name) => name !== 'traced' && policies[name].service.kind !== 'polled');

  it.each(exact)('take k times as long in reads and other calls under %s, for k of 2 and 5', (policy) => {
    const once = crossings(policy, 1);

    expect([2, 5].map((scale) => crossings(policy, scale))).toEqual([2 * once, 5 * once]);
  });
});

describe('free', () => {
  const bounded = NAMES.filter((name) => policies[name].bound === 'free' && name !== 'free');

  it.each(WORKLOADS)(
    'is beaten by no policy that takes away crossings alone, in %s: up to 1 %%',
    (workload, params) => {
      const best = throughput('free', workload, params);

      for (const policy of bounded)
        expect([policy, throughput(policy, workload, params) <= 1.01 * best]).toEqual([policy, true]);
    },
  );

  it('bounds all policies but those that gather calls, hand them on, stay inside, skip work or answer in user mode', () => {
    expect(NAMES.filter((name) => policies[name].bound === 'none').sort()).toEqual([
      'baseline+vdso',
      'flexsc',
      'io_uring',
      'io_uring-sqpoll',
      'io_uring-sqpoll-pinned',
      'singularity',
      'ukl-shortcut',
    ]);
  });
});

describe('without native code', () => {
  const managed: readonly (readonly [string, Params])[] = [
    ['java-nio', { connections: 8, thinkUs: 0 }],
    ['java-http', { connections: 8, thinkUs: 0 }],
    ['java-mixed', { connections: 8, thinkUs: 0, jniCalls: 0 }],
    ['java-compute', { unitInstructions: 2000 }],
    ['call-graph', { unitInstructions: 3000, syscallsPerMs: 500, nativeShare: 0, placement: 'all' }],
  ];

  it.each(managed)('page trust is worth what trust in the whole process is, in %s: within 1 %%', (workload, params) => {
    const whole = throughput('kernelmode', workload, params);

    for (const policy of ['bypage', 'bypage-l0'])
      expect(Math.abs(throughput(policy, workload, params) / whole - 1)).toBeLessThan(0.01);
  });
});

describe('a call graph', () => {
  it('gains more from kernelmode the more system calls it makes: 0, 100, 1000 and 3000 a ms', () => {
    const gains = [0, 100, 1000, 3000].map((syscallsPerMs) =>
      gain('kernelmode', 'call-graph', at({ syscallsPerMs }), SERVER),
    );

    expect(gains).toEqual([...gains].sort((a, b) => a - b));
    expect(gains[3]).toBeGreaterThan(0.1);
  });

  it('gains less from page trust the more native calls it makes: 0, 30, 300 and 3000 a ms, literal or hardened', () => {
    for (const policy of ['bypage', 'bypage-hardened']) {
      const gains = [0, 30, 300, 3000].map((nativeCallsPerMs) =>
        gain(policy, 'call-graph', at({ nativeCallsPerMs }), SERVER),
      );

      expect(gains).toEqual([...gains].sort((a, b) => b - a));
    }
  });

  it.each(NAMES)('serves under %s with callbacks, where only some functions are marked', (policy) => {
    for (const placement of ['hot', 'by-syscall-density'])
      expect(
        throughput(policy, 'call-graph', at({ nativeCallsPerMs: 100, callbackShare: 0.3, placement })),
      ).toBeGreaterThan(0);
  });

  it('gains more from kernelmode where page tables are split', () => {
    const [joined, split] = [false, true].map((kpti) => gain('kernelmode', 'call-graph', at({}), { ...SERVER, kpti }));

    expect(split).toBeGreaterThan(joined);
  });

  it('serves twice as much on two cores with a thread each: within 2 %', () => {
    const [one, two] = [1, 2].map((cores) => throughput('bypage', 'call-graph', at({}), { ...SERVER, cores }));

    expect(Math.abs(two / one / 2 - 1)).toBeLessThan(0.02);
  });
});
