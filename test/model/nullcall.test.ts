import { describe, expect, it } from 'vitest';
import type { Feature } from '../../src/hw/steps.ts';
import type { FileSpec, Program } from '../../src/kernel/abi.ts';
import { CALL_TABLE } from '../../src/kernel/calls/table.ts';
import { compilePolicy, totalOf } from '../../src/kernel/crossing.ts';
import { policies } from '../../src/kernel/policies/index.ts';
import { bootToy, enter, processOf, sys } from './toysystem.ts';

const NAMES = Object.keys(policies);
/** A tracer is a process of its own, whose time is no list of steps. */
const UNTRACED = NAMES.filter((name) => !policies[name].options.includes('ptrace'));
const KPTI: readonly Feature[] = ['kpti'];
const NO_KPTI: readonly Feature[] = [];
/** Instructions of the path of getpid; at CPI 1 and with everything in the first level, as many cycles. */
const GETPID_PATH = CALL_TABLE.getpid.footprint.instructions.value;

/** Cycles between the returns of 60 calls of getpid, made where the policy puts compiled code; all but the first 20. */
function getpidCycles(policy: string, features: readonly Feature[]): number[] {
  const returns: number[] = [];
  const program: Program = function* (env) {
    yield* enter(env, 'jitAlwaysKernelMode');
    for (let i = 0; i < 60; i++) {
      yield* sys(env, 'getpid');
      returns.push(env.now());
    }
  };
  bootToy([processOf([program])], { policy: policies[policy], features }).engine.runUntil(3e6);
  return returns.slice(20).map((at, i) => at - returns[19 + i]);
}

/** What the lists of the policy say: entry, path, exit. */
function computedCycles(policy: string, features: readonly Feature[]): number {
  const { syscallEnter, syscallExit } = compilePolicy(policies[policy], bootToy([]).machine, new Set(features));
  const { grants, service, kernelWork } = policies[policy];
  const path = Math.round(GETPID_PATH * (kernelWork?.identity?.value ?? 1));
  const isInside = service.kind === 'inside' && service.calls.includes('getpid');
  const cpl = grants.length > 0 || isInside ? 0 : 3;
  return totalOf(syscallEnter[cpl]) + path + totalOf(syscallExit[cpl]);
}

describe('a null system call on toy', () => {
  it.each(UNTRACED)(
    'under %s takes the steps of its entry and exit plus its path, every time, with KPTI and without',
    (policy) => {
      for (const features of [KPTI, NO_KPTI])
        expect(new Set(getpidCycles(policy, features))).toEqual(new Set([computedCycles(policy, features)]));
    },
  );

  it.each([
    ['baseline', KPTI, 70 + 100 + 50],
    ['baseline', NO_KPTI, 60 + 100 + 40],
    ['kernelmode', KPTI, 20 + 100],
    ['bypage', KPTI, 20 + 100],
    ['free', KPTI, 100],
  ] as const)('under %s with features %j takes %i cycles', (policy, features, cycles) => {
    expect(GETPID_PATH).toBe(100);
    expect(getpidCycles(policy, features)[0]).toBe(cycles);
  });
});

const FILES: readonly FileSpec[] = [{ kind: 'eventfd' }, { kind: 'pagecache', pages: 8 }, { kind: 'epoll' }];

/** Time at which a program of 240 calls of six kinds has ended. */
function endOfMicroWorkload(policy: string, features: readonly Feature[]): number {
  const ends: number[] = [];
  const program: Program = function* (env) {
    yield* enter(env, 'jitAlwaysKernelMode');
    yield* sys(env, 'epoll_add', 2, 0);
    for (let i = 0; i < 40; i++) {
      yield* sys(env, 'getpid');
      yield* sys(env, 'write', 0, 8);
      yield* sys(env, 'epoll_wait', 2, 16, 0);
      yield* sys(env, 'read', 0, 8);
      yield* sys(env, 'pread64', 1, 512, i);
      yield* sys(env, 'fcntl', 0, 3);
    }
    ends.push(env.now());
  };
  const { engine } = bootToy([processOf([program], { files: FILES })], { policy: policies[policy], features });
  for (let time = 3e6; ends.length === 0; time *= 2) engine.runUntil(time);
  return ends[0];
}

describe('a micro workload of 240 system calls', () => {
  it.each([[KPTI], [NO_KPTI]])(
    'ends first under free, with features %j, of all policies that take away crossings alone',
    (features) => {
      const free = endOfMicroWorkload('free', features);

      expect(free).toBeGreaterThan(240 * GETPID_PATH);
      for (const policy of NAMES.filter((name) => policies[name].bound === 'free'))
        expect(endOfMicroWorkload(policy, features)).toBeGreaterThanOrEqual(free);
    },
  );

  it('ends under kernelmode at least 240 times the saved 100 cycles a call before the baseline with KPTI', () => {
    const saved = endOfMicroWorkload('baseline', KPTI) - endOfMicroWorkload('kernelmode', KPTI);

    expect(saved).toBeGreaterThan(240 * (120 - 20) * 0.99);
  });
});
