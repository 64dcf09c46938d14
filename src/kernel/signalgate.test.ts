import { describe, expect, it } from 'vitest';
import { bootToy, enter, processOf, sys, work, type ToySystem } from '../../test/model/toysystem.ts';
import { LINES_PER_PAGE } from '../sim/units.ts';
import { Op, type Program, type ThreadEnv } from './abi.ts';
import { findPolicy } from './policies/find.ts';

const SELF = 1;

/** A program in JIT code at CPL 0, and what it noted: `cpl` of its core whenever it asks. */
function play(policy: string, body: (env: ThreadEnv, note: () => void) => Generator<void, void, number>) {
  const cpls: number[] = [];
  let system: ToySystem | undefined = undefined;
  const program: Program = function* (env) {
    yield* enter(env, 'jitAlwaysKernelMode');
    yield* work(env, 'jit', 10);
    yield* body(env, () => cpls.push(system!.machine.cores[0].cpl));
    cpls.push(NaN);
  };
  system = bootToy([processOf([program])], { policy: findPolicy(policy)! });
  system.engine.runUntil(3e6);
  const { value } = system;
  const rule = (name: string): number => value(`semantics.transitions.${name}`);
  return { cpls, value, rule };
}

/** A signal to itself, its handler, and the return to a landing. */
const signalled = (landing: number) =>
  function* (env: ThreadEnv, note: () => void): Generator<void, void, number> {
    yield* sys(env, 'rt_sigaction', 1);
    yield* sys(env, 'tgkill', SELF);
    note();
    yield* work(env, 'native', 10);
    yield* sys(env, 'rt_sigreturn', landing);
    note();
    yield* work(env, 'jit', 10);
  };

/** A write to a page that may only be read, its handler, and the return to a landing. */
const faulted = (landing: number) =>
  function* (env: ThreadEnv, note: () => void): Generator<void, void, number> {
    yield* sys(env, 'rt_sigaction', 1);
    const page = yield* sys(env, 'mmap', 1, 1);
    yield* sys(env, 'mprotect', page, 1, 0);
    env.stream.push(Op.Store, page * LINES_PER_PAGE, 1, 0);
    yield;
    note();
    yield* work(env, 'native', 10);
    yield* sys(env, 'rt_sigreturn', landing);
    note();
    yield* work(env, 'jit', 10);
  };

describe('a signal to a thread at CPL 0', () => {
  it.each(['kernelmode', 'bypage'])(
    'runs its handler at CPL 3 under %s, which the thread then keeps: the mode is lost and I16 broken',
    (policy) => {
      const { cpls, rule, value } = play(policy, signalled(0));
      expect(cpls).toEqual([3, 3, NaN]);
      expect([rule('signal'), rule('sigreturn'), value('semantics.violations.I16')]).toEqual([1, 0, 1]);
    },
  );

  it('gives the mode back under SIGREC at the address where it came, and breaks nothing', () => {
    const { cpls, rule, value } = play('bypage-hardened', signalled(0));
    expect(cpls).toEqual([3, 0, NaN]);
    expect([rule('signal'), rule('sigreturn')]).toEqual([1, 1]);
    for (const id of ['I1', 'I9', 'I16']) expect(value(`semantics.violations.${id}`)).toBe(0);
  });

  it.each([
    [1, 'a landing pad, which only a fault may use'],
    [2, 'another address'],
  ])('leaves it at CPL 3 under SIGREC when the handler returns to %i: %s', (landing) => {
    const { cpls, value } = play('bypage-hardened', signalled(landing));
    expect(cpls).toEqual([3, 3, NaN]);
    expect(value('semantics.violations.I16')).toBe(0);
  });

  it('costs with SIGREC the two tests of a record more than in a thread at CPL 3', () => {
    const cost = (policy: string): number => play(policy, signalled(0)).value('core0.cpi.check');
    const step = play('bypage-hardened', function* () {}).value('core0.cpi.check');
    expect(cost('bypage-hardened') - step).toBe(2 * 10);
  });
});

describe('a fault of code at CPL 0', () => {
  it('ends the thread without FAULTC', () => {
    const { cpls, rule } = play('bypage', faulted(0));
    expect(cpls).toEqual([]);
    expect(rule('killed')).toBe(1);
  });

  it.each([0, 1])('is a signal under FAULTC, and the thread goes on at CPL 0 at landing %i', (landing) => {
    const { cpls, rule } = play('bypage-hardened', faulted(landing));
    expect(cpls).toEqual([3, 0, NaN]);
    expect([rule('signal'), rule('sigreturn'), rule('killed')]).toEqual([1, 1, 0]);
  });

  it('leaves it at CPL 3 under FAULTC alone, as nothing vouches for the frame', () => {
    expect(play('bypage+FAULTC', faulted(0)).cpls).toEqual([3, 3, NaN]);
  });
});
