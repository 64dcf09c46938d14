import { describe, expect, it } from 'vitest';
import { zen4 } from '../../hw/profiles/zen.ts';
import type { Feature } from '../../hw/steps.ts';
import { compilePolicy, planOf, totalOf } from '../crossing.ts';
import { callWays } from './filter.ts';
import { findPolicy } from './find.ts';
import { policies } from './index.ts';

const NONE: ReadonlySet<Feature> = new Set();

/** Cycles of a system call by steps, by the CPL of the code that makes it. */
function call(name: string, cpl: 0 | 3): number {
  const compiled = compilePolicy(findPolicy(name)!, { profile: zen4 }, NONE);
  return totalOf(compiled.syscallEnter[cpl]) + totalOf(compiled.syscallExit[cpl]);
}

const waysOf = (name: string) => {
  const policy = findPolicy(name)!;
  return callWays(policy, (crossing, cpl) => planOf(policy, crossing)[cpl]);
};

describe('a seccomp filter of known length', () => {
  it('costs 1 cycle an instruction: 400 of them 300 more than 100, which cost what the machine says', () => {
    expect(call('baseline+seccomp=400', 3) - call('baseline+seccomp=100', 3)).toBe(300);
    expect(call('baseline+seccomp=100', 3)).toBe(call('baseline+seccomp', 3));
    expect(call('baseline+seccomp', 3) - call('baseline', 3)).toBe(zen4.cost.seccompFilter!.value);
  });

  it('costs nothing where code at CPL 0 calls past it, and as much as ever where a gate runs it', () => {
    expect(call('kernelmode+seccomp=400', 0)).toBe(call('kernelmode', 0));
    expect(call('kernelmode+gate+seccomp=400', 0) - call('kernelmode+gate', 0)).toBe(450);
    expect(call('privbox+seccomp=400', 0) - call('privbox', 0)).toBe(450);
  });

  it('is of a length that the name gives, in digits', () => {
    expect(findPolicy('baseline+seccomp=64')?.filterInstructions).toBe(64);
    expect(findPolicy('baseline+seccomp=many')).toBeUndefined();
  });
});

describe('the ways of calls', () => {
  it.each([
    ['kernelmode', 'call at CPL 0', []],
    ['ukl-bypass', 'call at CPL 0', []],
    ['bypage', 'call at CPL 0', []],
    ['bypage-hardened', 'call at CPL 0', ['seccomp', 'audit', 'ptrace']],
    ['privbox', 'call at CPL 0', ['seccomp', 'audit', 'ptrace']],
    ['io_uring', 'entry of a ring', []],
    ['flexsc', 'entry of a ring', []],
    ['ebpf-chain', 'call from inside', []],
  ])('under %s: by %s they are seen by %j', (policy, way, seenBy) => {
    expect(waysOf(policy).find((row) => row.way === way)?.seenBy).toEqual(seenBy);
  });

  it.each(Object.keys(policies).filter((name) => name !== 'free'))(
    'hide no system call at CPL 3 from filter, audit and tracer under %s',
    (name) => {
      expect(waysOf(name)[0].missedBy).toEqual([]);
    },
  );
});
