import { describe, expect, it } from 'vitest';
import { bootToy, processOf, sys, type ToySystem } from '../../../test/model/toysystem.ts';
import { Nr, Op, type CallName, type FileSpec, type Program, type ThreadEnv } from '../abi.ts';
import { findPolicy } from '../policies/find.ts';

const FILES: readonly FileSpec[] = [{ kind: 'pagecache', pages: 8 }, { kind: 'eventfd' }];
const ROUNDS = 20;
/** Entry and exit of a stock call on toy with KPTI, and one step. */
const CROSSING = 120;
const STEP = 10;

function boot(policy: string, programs: readonly Program[], runsAhead = false): ToySystem {
  const system = bootToy([processOf(programs, { files: FILES, runsAhead })], { policy: findPolicy(policy)! });
  system.engine.runUntil(4e6);
  return system;
}

function push(env: ThreadEnv, name: CallName, a = 0, b = 0, c = 0): void {
  env.stream.push(Op.Syscall, a, b, c, Nr[name]);
}

/** Cycles of crossings, CPI parts of the core, over rounds of a body after the first two. */
function crossingCycles(
  policy: string,
  round: (env: ThreadEnv) => Generator<void, void, number>,
  runsAhead = false,
): number {
  const cycles = (rounds: number): number => {
    const { value } = boot(
      policy,
      [
        function* (env) {
          for (let i = 0; i < rounds; i++) yield* round(env);
          yield* sys(env, 'gettid');
        },
      ],
      runsAhead,
    );
    const parts = ['crossingHardware', 'crossingSoftware', 'crossingPageTable', 'check'];
    return parts.reduce((sum, part) => sum + value(`core0.cpi.${part}`), 0);
  };
  return (cycles(ROUNDS + 2) - cycles(2)) / ROUNDS;
}

/** Three reads whose results nobody waits for one by one. */
function* threeReads(env: ThreadEnv): Generator<void, void, number> {
  for (let i = 0; i < 3; i++) push(env, 'pread64', 0, 64, i);
  yield;
}

function* oneRead(env: ThreadEnv): Generator<void, void, number> {
  push(env, 'pread64', 0, 64, 0);
  yield;
}

/** Calls from the end of the table of calls. */
function* threeWakes(env: ThreadEnv): Generator<void, void, number> {
  for (let i = 0; i < 3; i++) push(env, 'futex_wake', 0, 1);
  yield;
}

function* longStretch(env: ThreadEnv): Generator<void, void, number> {
  push(env, 'pread64', 0, 64, 1);
  env.stream.push(Op.Execute, env.lineOf('native'), 1, 1001);
  yield;
}

describe('calls gathered in a ring', () => {
  it('cost one entry and one exit for three, and 20 for each to post and to look at', () => {
    expect(crossingCycles('baseline', threeReads)).toBe(3 * CROSSING);
    expect(crossingCycles('io_uring', threeReads)).toBe(CROSSING + 3 * 2 * STEP);
  });

  it('wait under flexsc for others: 20 rounds pay no crossing but the one at the end', () => {
    const few = crossingCycles('flexsc', oneRead, true);

    expect(few).toBe(2 * STEP);
  });

  it('are waited for under flexsc by a program that needs their results: one read, one crossing, 64 bytes', () => {
    const results: number[] = [];
    boot('flexsc', [
      function* (env) {
        results.push(yield* sys(env, 'pread64', 0, 64, 0));
      },
    ]);

    expect(results).toEqual([64]);
    expect(crossingCycles('flexsc', oneRead)).toBe(CROSSING + 2 * STEP);
  });

  it('are all performed, in their order, before a call that may not wait', () => {
    const results: number[] = [];
    const { value } = boot('io_uring', [
      function* (env) {
        push(env, 'write', 1, 8);
        push(env, 'write', 1, 8);
        push(env, 'read', 1, 8);
        results.push(yield* sys(env, 'getpid'));
        results.push(yield* sys(env, 'read', 0, 64));
      },
    ]);

    expect(results).toEqual([1, 64]);
    expect(['write', 'read', 'getpid'].map((name) => value(`kernel.calls.${name}`))).toEqual([2, 2, 1]);
  });
});

describe('calls made inside', () => {
  it('by a program in the kernel cost a direct call after the first of a chain, which pays the crossing', () => {
    expect(crossingCycles('ebpf-chain', threeReads)).toBe(CROSSING + 2 * STEP);
  });

  it('by translated code cost 30 each once the thread is hot, and nothing to go back', () => {
    expect(crossingCycles('userspace-bypass', threeReads)).toBe(3 * 3 * STEP);
  });

  it('cost translated code the same whatever the number of the call', () => {
    expect(crossingCycles('userspace-bypass', threeWakes)).toBe(3 * 3 * STEP);
  });

  it('pay the whole crossing when the stretch of code between them is above 1000 instructions', () => {
    expect(crossingCycles('userspace-bypass', longStretch)).toBe(CROSSING);
  });
});
