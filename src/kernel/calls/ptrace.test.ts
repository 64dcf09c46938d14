import { describe, expect, it } from 'vitest';
import { bootToy, enter, processOf, sys, work } from '../../../test/model/toysystem.ts';
import { frameOf, PageFlag } from '../../hw/pagetable.ts';
import type { Program } from '../abi.ts';
import { findPolicy } from '../policies/find.ts';

const MS = 1e6;
/** Threads are numbered in the order of their start. */
const TARGET = 1;
/** The trusted page of the test process, and the one before it, of native code. */
const JIT = 17;
const NATIVE = 16;

/** A thread in JIT code, and a debugger that attacks it from another process, trusted as well or not. */
function attack(policy: string, isTrusted: boolean, isAtCpl0: boolean) {
  const results: Record<string, number> = {};
  const target: Program = function* (env) {
    if (isAtCpl0) yield* enter(env, 'jitAlwaysKernelMode');
    // Calls, at whose end alone a thread at CPL 0 stops in the literal reading.
    for (let i = 0; i < 200; i++) {
      yield* work(env, 'jit', MS / 10);
      yield* sys(env, 'getppid');
    }
  };
  const debuggerProgram: Program = function* (env) {
    yield* work(env, 'native', MS);
    results['peekBefore'] = yield* sys(env, 'ptrace_peek', TARGET, JIT);
    results['attach'] = yield* sys(env, 'ptrace_attach', TARGET);
    results['running'] = yield* sys(env, 'ptrace_peek', TARGET, JIT);
    yield* sys(env, 'ptrace_interrupt', TARGET);
    results['stopped'] = yield* sys(env, 'wait4');
    results['peek'] = yield* sys(env, 'ptrace_peek', TARGET, JIT);
    results['absent'] = yield* sys(env, 'ptrace_peek', TARGET, 5000);
    results['native'] = yield* sys(env, 'ptrace_poke', TARGET, NATIVE);
    results['poke'] = yield* sys(env, 'ptrace_poke', TARGET, JIT);
    results['level0'] = yield* sys(env, 'ptrace_setregs', TARGET, 0);
    results['setregs'] = yield* sys(env, 'ptrace_setregs', TARGET, 3);
  };
  const specs = [processOf([target]), { ...processOf([debuggerProgram], { isTrusted }), name: 'debugger' }];
  const system = bootToy(specs, { policy: findPolicy(policy)!, cores: 2 });
  const before = system.processes[0].table.entry(JIT);
  system.engine.runUntil(10 * MS);
  return { results, before, after: system.processes[0].table.entry(JIT), value: system.value };
}

describe('a debugger without the capability of its target', () => {
  it('is refused with EPERM under bypage, and has nothing to peek at', () => {
    const { results } = attack('bypage', false, true);
    expect([results['attach'], results['stopped'], results['peek'], results['poke']]).toEqual([-1, -10, -3, -3]);
  });

  it('may do all of it under baseline, where the target has none', () => {
    const { results } = attack('baseline', false, false);
    expect(results).toEqual({
      peekBefore: -3,
      attach: 0,
      running: -3,
      stopped: TARGET,
      peek: 0,
      absent: -5,
      native: 0,
      poke: 0,
      level0: -5,
      setregs: 0,
    });
  });
});

describe('a debugger with the same capability', () => {
  it('attaches to a thread at CPL 0 and moves it in the literal reading, which breaks I22; PTRC refuses', () => {
    const literal = attack('bypage', true, true);
    expect([literal.results['attach'], literal.results['setregs']]).toEqual([0, 0]);
    expect(literal.value('semantics.violations.I22')).toBe(1);
    expect(attack('bypage+PTRC', true, true).results['attach']).toBe(-1);
    expect(attack('bypage+PTRC', true, false).results['attach']).toBe(0);
  });

  it('pokes a trusted page in the literal reading: another frame, still trusted, which breaks I2', () => {
    const { results, before, after, value } = attack('bypage', true, false);
    expect(results['poke']).toBe(0);
    expect(frameOf(after)).not.toBe(frameOf(before));
    expect(after & PageFlag.KernelTrust).toBe(PageFlag.KernelTrust);
    expect(value('semantics.violations.I2')).toBe(1);
  });

  it('is refused with EIO under NOFORCE, of trusted pages alone, and nothing changes', () => {
    const { results, before, after } = attack('bypage+NOFORCE', true, false);
    expect([results['poke'], results['native']]).toEqual([-5, 0]);
    expect(after).toBe(before);
  });
});
