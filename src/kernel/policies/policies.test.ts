import { describe, expect, it } from 'vitest';
import { bootToy, enter, leave, processOf, sys, work } from '../../../test/model/toysystem.ts';
import { machines } from '../../hw/profiles/index.ts';
import type { Feature } from '../../hw/steps.ts';
import { compilePolicy, featuresUnder, inflationOf, planOf, totalOf } from '../crossing.ts';
import { CROSSINGS, SWITCHES, type Policy } from '../policy.ts';
import { rulesOf } from '../policyrules.ts';
import { MECHANISM_NAMES } from '../semantics/config.ts';
import { findPolicy, POLICY_AMENDMENTS, splitPolicy } from './find.ts';
import { policies } from './index.ts';
import { AMENDMENTS } from './mechanisms.ts';

const KPTI = new Set<Feature>(['kpti']);
const priced = { profile: machines['toy'] };

function found(name: string): Policy {
  const policy = findPolicy(name);
  if (policy === undefined) throw new RangeError(`no policy ${name}`);
  return policy;
}

/** All steps of a policy, crossing by crossing. */
function stepsOf(policy: Policy): string {
  return JSON.stringify([...CROSSINGS, ...SWITCHES, 'code' as const].map((name) => [name, planOf(policy, name)]));
}

describe('the name of a policy', () => {
  it('finds each listed policy as it is', () => {
    for (const [name, policy] of Object.entries(policies)) expect(findPolicy(name)).toBe(policy);
  });

  it('takes amendments after the longest listed name: bypage-hardened-minimal+SFI is the minimal set and SFI', () => {
    expect(splitPolicy('bypage-hardened-minimal+SFI-KSTK')).toEqual({
      base: 'bypage-hardened-minimal',
      amendments: ['+SFI', '-KSTK'],
    });
    expect(found('bypage-hardened-minimal+SFI-KSTK').mechanisms).toHaveLength(18);
    expect(found('baseline+vdso').inUser).toEqual(['clock_gettime']);
  });

  it('of a policy or an amendment that does not exist finds nothing', () => {
    expect(['bypass', 'bypage+SFY', 'bypage+', 'bypage-', 'bypagex-SFI'].map(findPolicy)).toEqual(
      Array(5).fill(undefined),
    );
  });

  it('carries what was asked for: a filter of system calls, no IBRS, joined page tables', () => {
    const { options, without } = found('kernelmode+seccomp-ibrs-kpti');

    expect([options, without]).toEqual([['seccomp'], ['ibrs', 'kpti']]);
    expect([...featuresUnder(found('baseline-kpti-ibrs'), new Set<Feature>(['kpti', 'ibrs', 'mds']))]).toEqual(['mds']);
  });

  it('has 21 mechanisms to add and 21 to take away', () => {
    const names = Object.keys(POLICY_AMENDMENTS);
    expect(MECHANISM_NAMES.filter((name) => names.includes(`+${name}`) && names.includes(`-${name}`))).toHaveLength(21);
  });
});

/** Cycles of a call and its return at CPL 3 with split page tables. */
function call(policy: string, machine: string): number {
  const compiled = compilePolicy(found(policy), { profile: machines[machine] }, KPTI);
  return totalOf(compiled.syscallEnter[3]) + totalOf(compiled.syscallExit[3]);
}

describe('a policy that enters by INT 0x80', () => {
  it.each(Object.keys(machines).filter((name) => machines[name].entry === 'syscall'))(
    'takes a gate in and IRET out for SYSCALL and SYSRET on %s, and nothing else changes',
    (name) => {
      const { cost } = machines[name];
      const more = cost.int80Instr!.value + cost.int80Iret!.value - cost.syscallInstr!.value - cost.sysretInstr!.value;

      expect(call('baseline+int80', name) - call('baseline', name)).toBe(more);
    },
  );

  it('is the stock policy where that is the only way in', () => {
    expect(call('baseline+int80', 'northwood-int80')).toBe(call('baseline', 'northwood-int80'));
    expect(call('baseline+int80', 'athlon64')).toBe(call('baseline', 'athlon64'));
  });

  it('costs Torvalds 1135 cycles more than SYSENTER on northwood, to 10 %, and 105 more than a FRED entry on fred', () => {
    expect(Math.abs(call('baseline+int80', 'northwood') - call('baseline', 'northwood') - 1135)).toBeLessThan(114);
    expect(call('baseline+int80', 'fred') - call('baseline', 'fred')).toBe(180 - 75);
  });

  it('takes its gate at CPL 0 too, where the policy keeps its instructions there', () => {
    const { cost } = machines['skylake-sp'];
    const steps = planOf(found('kernelmode-syscall+int80'), 'syscallEnter').cpl0;

    expect(steps).toContain('int80Same');
    expect(steps).not.toContain('syscallInstr');
    expect(cost.int80Same!.value).toBe(200);
  });
});

describe('each mechanism of the hardened reading', () => {
  it.each(MECHANISM_NAMES)('%s has a price or says why it has none, and is obeyed by the rules', (name) => {
    const { free, ...steps } = AMENDMENTS[name];

    expect(free !== undefined).toBe(Object.keys(steps).length === 0);
    expect(rulesOf(found(`bypage+${name}`)).mechanisms[name]).toBe(true);
    expect(rulesOf(found(`bypage-hardened-${name}`)).mechanisms[name]).toBe(false);
  });

  it.each(MECHANISM_NAMES.filter((name) => AMENDMENTS[name].free === undefined))(
    '%s taken away makes bypage-hardened cheaper, added makes bypage dearer',
    (name) => {
      const cet = { profile: { ...machines['toy'], options: ['cet', 'smap'] as const } };
      const price = (policy: string): number => {
        const compiled = compilePolicy(found(policy), cet, KPTI);
        const all = [...CROSSINGS, ...SWITCHES].flatMap((crossing) => [compiled[crossing][0], compiled[crossing][3]]);
        return all.reduce((sum, charge) => sum + totalOf(charge), 0) + inflationOf(found(policy), cet, KPTI)[0];
      };

      expect(price(`bypage-hardened-${name}`)).toBeLessThan(price('bypage-hardened'));
      expect(price(`bypage+${name}`)).toBeGreaterThan(price('bypage'));
    },
  );

  it('taken away, all 21 of them, leaves the steps of bypage', () => {
    const bare = found(`bypage-hardened${MECHANISM_NAMES.map((name) => `-${name}`).join('')}`);
    expect(stepsOf(bare)).toBe(stepsOf(policies['bypage']));
  });
});

/** Times at which notes were taken under a policy on toy. */
function times(
  policy: string,
  body: (note: () => void, env: Parameters<typeof sys>[0]) => Generator<void, void, number>,
) {
  const notes: number[] = [];
  const program = processOf([(env) => body(() => notes.push(env.now()), env)]);
  const system = bootToy([program], { policy: found(policy) });
  system.engine.runUntil(1e6);
  return { notes, value: system.value };
}

describe('instrumented code', () => {
  it('takes 1 % longer for each step of 10 on toy: 10 000 instructions of privbox code 10 100 cycles at CPL 0', () => {
    const { notes } = times('privbox', function* (note, env) {
      yield* enter(env, 'jitAlwaysKernelMode');
      yield* work(env, 'jit', 10);
      note();
      yield* work(env, 'jit', 10000);
      note();
    });

    expect(inflationOf(policies['privbox'], priced, KPTI)).toEqual({ 0: 1.01, 3: 1 });
    expect(notes[1] - notes[0]).toBe(10100);
  });
});

function clock(policy: string): ReturnType<typeof times> {
  return times(policy, function* (note, env) {
    for (let i = 0; i < 3; i++) {
      yield* sys(env, 'clock_gettime');
      note();
    }
  });
}

describe('a call answered in user mode', () => {
  it('costs its 80 instructions and no crossing, and is counted all the same', () => {
    const { notes, value } = clock('baseline+vdso');

    expect(notes[2] - notes[1]).toBe(80);
    expect(value('kernel.calls.clock_gettime')).toBe(3);
  });

  it('costs a crossing of 120 and the 615 instructions of the kernel without a vDSO', () => {
    const { notes } = clock('baseline');
    expect(notes[2] - notes[1]).toBe(735);
  });
});

/** Changes of mode by rule when trusted code calls a native function and goes on after it. */
function changes(policy: string): number[] {
  const { value } = times(policy, function* (_note, env) {
    yield* enter(env, 'jitAlwaysKernelMode');
    yield* work(env, 'jit', 10);
    yield* enter(env, 'nativeUseCallersMode');
    yield* work(env, 'native', 10);
    yield* leave(env);
    yield* work(env, 'jit', 10);
  });
  const rules = ['skj', 'skm1', 'drop', 'downcall', 'upret', 'killed'];
  return rules.map((rule) => value(`semantics.transitions.${rule}`));
}

describe('a native function called by trusted code', () => {
  it('drops it under bypage, is a call out and back under the hardened reading, kills where no frame is held', () => {
    expect(changes('bypage-l0')).toEqual([0, 1, 1, 0, 0, 0]);
    expect(changes('bypage')).toEqual([1, 0, 1, 0, 0, 0]);
    expect(changes('bypage-hardened')).toEqual([1, 0, 0, 1, 1, 0]);
    expect(changes('bypage-hardened-KFRAME')).toEqual([1, 0, 0, 0, 0, 1]);
  });
});

describe('ukl-shortcut', () => {
  it('leaves 46 % of the path of a read and all of a getpid', () => {
    expect(policies['ukl-shortcut'].work['read']?.value).toBe(0.46);
    expect(policies['ukl-shortcut'].bound).toBe('none');
    expect(policies['ukl-bypass'].bound).toBe('free');
  });
});
