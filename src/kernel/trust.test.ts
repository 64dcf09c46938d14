import { describe, expect, it } from 'vitest';
import { bootToy, enter, leave, processOf, sys, work, type ToySystem } from '../../test/model/toysystem.ts';
import type { ThreadEnv } from './abi.ts';
import { compilePolicy, totalOf } from './crossing.ts';
import type { Feature } from '../hw/steps.ts';
import { policies } from './policies/index.ts';
import type { CrossingName } from './policy.ts';
import { Errno } from './semantics/errno.ts';

/** What a scripted program may do besides simulated work: note its CPL or a result. */
interface Script {
  readonly env: ThreadEnv;
  readonly note: (result?: number) => void;
}
type Body = (script: Script) => Generator<void, void, number>;

/** A run of a scripted program: what it noted, `@CPL` or `@CPL=result`, and what was counted. */
interface Outcome {
  readonly notes: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly crossingCycles: number;
}

const PARTS = ['crossingHardware', 'crossingSoftware', 'crossingPageTable', 'check'] as const;

/** Runs a program to its end under a policy; shorter than a tick, so that no interrupt falls into it. */
function play(policy: string, body: Body, features: readonly Feature[] = ['kpti']): Outcome {
  const notes: string[] = [];
  let system: ToySystem | undefined = undefined;
  const note = (result?: number): number =>
    notes.push(`@${system!.machine.cores[0].cpl}${result === undefined ? '' : `=${result}`}`);
  system = bootToy([processOf([(env) => body({ env, note })])], { policy: policies[policy], features });
  const { engine, stats, value } = system;
  engine.runUntil(3e6);
  const semantics = stats.rows(stats.snapshot()).filter((row) => row.name.startsWith('semantics.') && row.value > 0);
  return {
    notes,
    counts: Object.fromEntries(
      semantics.map((row) => [row.name.replace(/semantics\.(transitions\.)?/, ''), row.value]),
    ),
    crossingCycles: PARTS.reduce((sum, part) => sum + value(`core0.cpi.${part}`), 0),
  };
}

/** Notes and counts of a run. */
function outcome(policy: string, body: Body, features?: readonly Feature[]): Pick<Outcome, 'notes' | 'counts'> {
  const { notes, counts } = play(policy, body, features);
  return { notes, counts };
}

/** The rule by which a policy's threads enter kernel mode. */
function entryRule(policy: string): string {
  return policies[policy].grants.includes('CAP_KERNELMODE') ? 'skm1' : 'skj';
}

/** Calls a function, works in its code, notes the CPL there, returns, works in the caller's code and notes the CPL again. */
function callAndReturn(name: string, code: 'jit' | 'native', caller: 'jit' | 'native' = 'native'): Body {
  return function* ({ env, note }) {
    yield* enter(env, name);
    yield* work(env, code, 10);
    note();
    yield* leave(env);
    yield* work(env, caller, 10);
    note();
  };
}

function repeat(times: number, body: Body): Body {
  return function* (script) {
    for (let i = 0; i < times; i++) yield* body(script);
  };
}

describe('a call of JIT code marked AlwaysKernelMode, from native code at CPL 3', () => {
  const body = callAndReturn('jitAlwaysKernelMode', 'jit');

  it('changes nothing without capabilities', () => {
    expect(outcome('baseline', body)).toEqual({ notes: ['@3', '@3'], counts: {} });
  });

  it.each(['kernelmode', 'bypage'])('enters and leaves kernel mode once under %s', (policy) => {
    expect(outcome(policy, body)).toEqual({ notes: ['@0', '@3'], counts: { [entryRule(policy)]: 1, skm0: 1 } });
  });

  it.each([
    ['kernelmode', 'kernelModeEnter'],
    ['bypage', 'trustEnter'],
    ['bypage-hardened', 'trustEnter'],
  ] as const)('costs under %s the steps of %s and kernelModeLeave, and nothing else', (policy, entry) => {
    const compiled = compilePolicy(policies[policy], bootToy([]).machine, new Set<Feature>(['kpti']));
    const price = (crossing: CrossingName, cpl: 0 | 3): number => totalOf(compiled[crossing][cpl]);

    const tenMore = play(policy, repeat(12, body)).crossingCycles - play(policy, repeat(2, body)).crossingCycles;

    expect(tenMore).toBe(10 * (price(entry, 3) + price('kernelModeLeave', 0)));
  });
});

describe('a call of native code marked AlwaysKernelMode', () => {
  const body = callAndReturn('nativeAlwaysKernelMode', 'native');

  it('enters kernel mode under kernelmode (S31)', () => {
    expect(outcome('kernelmode', body)).toEqual({ notes: ['@0', '@3'], counts: { skm1: 1, skm0: 1 } });
  });

  it('is ignored under bypage (S30)', () => {
    expect(outcome('bypage', body)).toEqual({ notes: ['@3', '@3'], counts: {} });
  });
});

/** The same from JIT code that runs in kernel mode. */
function inKernelMode(body: Body): Body {
  return function* (script) {
    yield* enter(script.env, 'jitAlwaysKernelMode');
    yield* work(script.env, 'jit', 10);
    yield* body(script);
  };
}

describe('calls from JIT code at CPL 0', () => {
  it('of AlwaysUserMode code go to CPL 3; CAP_KERNELMODE brings the caller back, CAP_KRNLMODEBYPAGE does not (G4)', () => {
    const body = inKernelMode(callAndReturn('jitAlwaysUserMode', 'jit', 'jit'));

    expect(outcome('kernelmode', body)).toEqual({ notes: ['@3', '@0'], counts: { skm1: 2, skm0: 1 } });
    expect(outcome('bypage', body)).toEqual({ notes: ['@3', '@3'], counts: { skj: 1, skm0: 1 } });
  });

  it('of UseCallersMode code stay at CPL 0 when it is JIT code, under both capabilities, without a crossing', () => {
    const body = inKernelMode(callAndReturn('jitUseCallersMode', 'jit', 'jit'));

    for (const policy of ['kernelmode', 'bypage'])
      expect(outcome(policy, body)).toEqual({ notes: ['@0', '@0'], counts: { [entryRule(policy)]: 1 } });
  });

  it('of native UseCallersMode code stay at CPL 0 under kernelmode', () => {
    const body = inKernelMode(callAndReturn('nativeUseCallersMode', 'native', 'jit'));

    expect(outcome('kernelmode', body)).toEqual({ notes: ['@0', '@0'], counts: { skm1: 1 } });
  });

  it('of native code under bypage drop to CPL 3 at its first fetch, once, and the caller stays there', () => {
    const body = inKernelMode(callAndReturn('nativeUseCallersMode', 'native', 'jit'));

    expect(outcome('bypage', body)).toEqual({ notes: ['@3', '@3'], counts: { skj: 1, drop: 1 } });
  });
});

/** Enters kernel mode and works on in the native page that ran before. */
const strayAtOnce: Body = function* ({ env, note }) {
  yield* work(env, 'native', 10);
  yield* enter(env, 'jitAlwaysKernelMode');
  note();
  yield* work(env, 'native', 10);
  note();
};

describe('a call of JIT code without attribute', () => {
  it('keeps the mode of its caller (A15): CPL 0 from code in kernel mode, CPL 3 from native code, without a crossing', () => {
    const body = callAndReturn('jitWithout', 'jit', 'jit');

    expect(outcome('bypage', inKernelMode(body))).toEqual({ notes: ['@0', '@0'], counts: { skj: 1 } });
    expect(outcome('bypage', body)).toEqual({ notes: ['@3', '@3'], counts: {} });
  });
});

/** Calls of native code out of JIT code and back into it, `deep` times within each other. */
function nested(deep: number): Body {
  return function* (script) {
    const { env, note } = script;
    yield* enter(env, 'jitAlwaysKernelMode');
    yield* work(env, 'jit', 10);
    note();
    if (deep === 1) return;
    yield* enter(env, 'nativeUseCallersMode');
    yield* work(env, 'native', 10);
    yield* nested(deep - 1)(script);
  };
}

describe('entries within calls out', () => {
  it('fill the four frames that the kernel holds (KFRAME) with two of each; the third entry is EAGAIN and stays at CPL 3', () => {
    const { notes, counts } = play('bypage-hardened', nested(3));

    expect(notes).toEqual(['@0', '@0', '@3']);
    expect(counts).toMatchObject({ skj: 2, downcall: 2, 'refused.skjEAGAIN': 1 });
  });
});

describe('leaving the trusted pages', () => {
  it.each([['kpti'], []] as const)(
    'drops to CPL 3 even in the page that was running before the entry, with features [%s]',
    (...features) => {
      expect(outcome('bypage', strayAtOnce, features)).toEqual({
        notes: ['@0', '@3'],
        counts: { skj: 1, drop: 1 },
      });
    },
  );

  it('costs the steps of trustLeave', () => {
    const stray: Body = inKernelMode(function* ({ env }) {
      yield* work(env, 'native', 10);
    });
    const stay: Body = inKernelMode(function* ({ env }) {
      yield* work(env, 'jit', 10);
    });
    const compiled = compilePolicy(policies['bypage'], bootToy([]).machine, new Set<Feature>(['kpti']));

    const difference = play('bypage', stray).crossingCycles - play('bypage', stay).crossingCycles;

    expect(difference).toBe(totalOf(compiled.trustLeave[0]));
  });

  it('means nothing under kernelmode: native code runs at CPL 0', () => {
    expect(outcome('kernelmode', strayAtOnce)).toEqual({ notes: ['@0', '@0'], counts: { skm1: 1 } });
  });

  it('is not system calls: the kernel works for guarded code, which is still at CPL 0 after 3 of them', () => {
    const body = inKernelMode(function* ({ env, note }) {
      for (let i = 0; i < 3; i++) note(yield* sys(env, 'getpid'));
    });

    expect(outcome('bypage', body)).toEqual({ notes: ['@0=1', '@0=1', '@0=1'], counts: { skj: 1 } });
  });
});

/** Notes the results of system calls from native code in the outermost frame. */
function calls(...list: readonly (readonly [name: 'syskernelmode' | 'syskerneljump', a: number])[]): Body {
  return function* ({ env, note }) {
    for (const [name, a] of list) note(yield* sys(env, name, a));
  };
}

describe('syskernelmode from native code', () => {
  it('is refused with EPERM without capability', () => {
    expect(outcome('baseline', calls(['syskernelmode', 1], ['syskernelmode', 0]))).toEqual({
      notes: [`@3=${-Errno.EPERM}`, `@3=${-Errno.EPERM}`],
      counts: { 'refused.skm1EPERM': 1, 'refused.skm0EPERM': 1 },
    });
  });

  it('is refused with EACCES under bypage: the page is not trusted', () => {
    expect(outcome('bypage', calls(['syskernelmode', 1]))).toEqual({
      notes: [`@3=${-Errno.EACCES}`],
      counts: { 'refused.skm1EACCES': 1 },
    });
  });

  it('switches to CPL 0 and back under kernelmode; a flag of 2 is EINVAL', () => {
    expect(outcome('kernelmode', calls(['syskernelmode', 1], ['syskernelmode', 2], ['syskernelmode', 0]))).toEqual({
      notes: ['@0=0', `@0=${-Errno.EINVAL}`, '@3=0'],
      counts: { skm1: 1, skm0: 1, 'refused.skm1EINVAL': 1 },
    });
  });
});

describe('syskernelmode as a system call', () => {
  it('that enters returns by IRET, which SYSRET cannot do; the one that leaves returns by SYSRET', () => {
    const both = calls(['syskernelmode', 1], ['syskernelmode', 0]);
    const { syscallEnter, syscallExit, eventExit } = compilePolicy(
      policies['kernelmode'],
      bootToy([]).machine,
      new Set<Feature>(['kpti']),
    );

    const tenMore =
      play('kernelmode', repeat(12, both)).crossingCycles - play('kernelmode', repeat(2, both)).crossingCycles;

    const entering = totalOf(syscallEnter[3]) + totalOf(eventExit[0]);
    const leaving = totalOf(syscallEnter[0]) + totalOf(syscallExit[3]);
    expect(tenMore).toBe(10 * (entering + leaving));
  });
});

describe('syskernelmode from JIT code that entered by the gate', () => {
  it('asked for again is granted and changes nothing: no invariant breaks, leaving still works', () => {
    const body = inKernelMode(calls(['syskernelmode', 1], ['syskernelmode', 1], ['syskernelmode', 0]));

    expect(outcome('bypage', body)).toEqual({
      notes: ['@0=0', '@0=0', '@3=0'],
      counts: { skj: 1, skm1: 2, skm0: 1 },
    });
  });

  it('is refused with EACCES once it has left: the gate is the only way back (A7)', () => {
    const body = inKernelMode(calls(['syskernelmode', 0], ['syskernelmode', 1]));

    expect(outcome('bypage', body)).toEqual({
      notes: ['@3=0', `@3=${-Errno.EACCES}`],
      counts: { skj: 1, skm0: 1, 'refused.skm1EACCES': 1 },
    });
  });
});

/** Indices of `jitAlwaysKernelMode` and `nativeAlwaysKernelMode` among the functions. */
const [jit, native] = [0, 3];

const jumpAndStray: Body = function* ({ env, note }) {
  note(yield* sys(env, 'syskerneljump', jit));
  yield* work(env, 'native', 10);
  note();
};

describe('syskerneljump', () => {
  it('is refused without capability with EPERM', () => {
    expect(play('baseline', calls(['syskerneljump', jit]))).toMatchObject({ notes: [`@3=${-Errno.EPERM}`] });
  });

  it('is refused with EACCES where no page is trusted: native code under bypage, all code under kernelmode', () => {
    expect(play('bypage', calls(['syskerneljump', native]))).toMatchObject({ notes: [`@3=${-Errno.EACCES}`] });
    expect(play('kernelmode', calls(['syskerneljump', jit]))).toMatchObject({ notes: [`@3=${-Errno.EACCES}`] });
  });

  it('enters at a declared function of a trusted page under bypage', () => {
    expect(outcome('bypage', calls(['syskerneljump', jit]))).toEqual({ notes: ['@0=0'], counts: { skj: 1 } });
  });

  it('as a system call guards the thread at once: the next fetch of native code drops it', () => {
    expect(outcome('bypage', jumpAndStray)).toEqual({ notes: ['@0=0', '@3'], counts: { skj: 1, drop: 1 } });
  });

  it('is refused with EINVAL for a function that does not exist, and before that with EPERM without capability', () => {
    expect(play('baseline', calls(['syskerneljump', 99]))).toMatchObject({ notes: [`@3=${-Errno.EPERM}`] });
    expect(play('bypage', calls(['syskerneljump', 99]))).toMatchObject({ notes: [`@3=${-Errno.EINVAL}`] });
  });
});

/** A round of all ways in and out. */
const allWays: Body = function* (script) {
  yield* callAndReturn('jitAlwaysKernelMode', 'jit')(script);
  yield* callAndReturn('nativeAlwaysKernelMode', 'native')(script);
  yield* inKernelMode(callAndReturn('nativeUseCallersMode', 'native', 'jit'))(script);
  yield* leave(script.env);
  yield* work(script.env, 'native', 10);
  yield* inKernelMode(callAndReturn('jitAlwaysUserMode', 'jit', 'jit'))(script);
  yield* leave(script.env);
};

/** Entries that one round makes, by what the policy grants. */
const ENTRIES: Readonly<Record<string, number>> = { '': 0, CAP_KERNELMODE: 5, CAP_KRNLMODEBYPAGE: 3 };

describe.each(Object.keys(policies))('the books of %s', (policy) => {
  it('balance after 5 rounds of all ways in and out: entries are leaves and drops, calls out are returns', () => {
    const { notes, counts } = play(policy, repeat(5, allWays));
    const { skm1 = 0, skj = 0, skm0 = 0, drop = 0, downcall = 0, upret = 0 } = counts;
    const granted = skm1 + skj;

    expect(notes).toHaveLength(5 * 8);
    expect(granted).toBe(5 * ENTRIES[policies[policy].grants.join()]);
    expect(skm0 + drop).toBe(granted);
    expect(upret).toBe(downcall);
    expect(downcall).toBe(policies[policy].mechanisms.includes('KFRAME') ? 10 : 0);
    expect(Object.keys(counts).filter((name) => name.startsWith('violations'))).toEqual([]);
  });
});
