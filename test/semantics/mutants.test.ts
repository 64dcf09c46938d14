import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { MECHANISM_NAMES } from '../../src/kernel/semantics/config.ts';
import type { MechanismName, ProfileName, Variant } from '../../src/kernel/semantics/config.ts';
import type * as Gate from '../../src/kernel/semantics/gate.ts';
import type * as Thread from '../../src/kernel/semantics/thread.ts';

const golden = readFileSync(new URL('../data/semantics/golden.json', import.meta.url), 'utf8');
const GATE = '../../src/kernel/semantics/gate.ts';
const THREAD = '../../src/kernel/semantics/thread.ts';

/** The one invariant that is neither security nor availability. */
const FUNCTIONAL = 'I16';

interface Change {
  readonly variant?: Partial<Variant>;
  readonly without?: MechanismName;
}

/** Ids of the golden rows that, with a change of the rules, break other security or availability invariants than were recorded. */
async function flipped(profile: ProfileName, { variant = {}, without }: Change = {}): Promise<string[]> {
  const { readRecordedAttacks } = await import('../../src/check/attackjson.ts');
  const { playAttack } = await import('../../src/check/attack.ts');
  const { verdictOf } = await import('../../src/check/verdict.ts');
  return readRecordedAttacks(golden, 'golden.json').flatMap((attack) => {
    if (profile !== 'H' && Object.keys(attack.variant).length > 0) return [];
    const changed = { ...attack, variant: { ...attack.variant, ...variant } };
    const { steps } = playAttack(changed, profile, without === undefined ? {} : { [without]: false });
    const recorded = new Set(attack.expect[profile]!.map(({ what }) => what));
    const fresh = verdictOf(steps).broken.filter(({ what }) => what !== FUNCTIONAL && !recorded.has(what));
    return fresh.length > 0 ? [attack.id] : [];
  });
}

/** Runs with functions of a module replaced, as a fault in them would. */
async function withFault<Module>(
  path: string,
  fault: (original: Module) => Partial<Module>,
  run: () => Promise<void>,
): Promise<void> {
  vi.resetModules();
  vi.doMock(path, async (importOriginal) => {
    const original = (await importOriginal()) as Module;
    return { ...original, ...fault(original) };
  });
  await run();
}

afterEach(() => {
  vi.doUnmock(GATE);
  vi.doUnmock(THREAD);
  vi.resetModules();
});

describe('each mechanism of H is needed by the rows that name it, and by no other', () => {
  const rows = JSON.parse(golden) as readonly { id: string; needs: string }[];

  /** Rows that the catalogue says re-open without the mechanism; positive programs and variant rows name none. */
  function naming(name: MechanismName): string[] {
    const names = ({ needs }: (typeof rows)[number]): boolean => needs.replaceAll('ᵃ', '').split(' ').includes(name);
    return rows.filter((row) => !row.needs.startsWith('any of') && names(row)).map(({ id }) => id);
  }
  /** Rows of variants, which H does not know, and programs that must work: they flip too, but the catalogue names nothing for them. */
  const unnamed: Partial<Record<MechanismName, string[]>> = { KSTK: ['P12'], FAULTC: ['P14'] };

  test.each(MECHANISM_NAMES)('%s', async (without) => {
    const expected = [...naming(without), ...(unnamed[without] ?? [])].sort();
    expect((await flipped('H', { without })).sort()).toEqual(expected);
  });
});

describe('a rule left out of L1 or L0 shows in the rows that depend on it', () => {
  test('without the check of declared entries: T02 T03 T38 T82', async () => {
    await withFault<typeof Gate>(
      GATE,
      ({ decideSyskerneljump: decide }) => ({
        decideSyskerneljump: (rules, authority, mapped, executable, trusted, _declared, ...rest) =>
          decide(rules, authority, mapped, executable, trusted, true, ...rest),
      }),
      async () => expect(await flipped('L1')).toEqual(['T02', 'T03', 'T38', 'T82']),
    );
  });

  test('without the capability check of syskerneljump: T05', async () => {
    await withFault<typeof Gate>(
      GATE,
      ({ decideSyskerneljump: decide }) => ({
        decideSyskerneljump: (rules, _authority, ...rest) => decide(rules, 2, ...rest),
      }),
      async () => expect(await flipped('L1')).toContain('T05'),
    );
  });

  test('without "entered through the gate" in syskernelmode: T01 T40', async () => {
    await withFault<typeof Gate>(
      GATE,
      ({ decideSyskernelmode: decide }) => ({
        decideSyskernelmode: (rules, authority, flag, trusted) => decide(rules, authority, flag, trusted, 0, true),
      }),
      async () => expect(await flipped('L1')).toEqual(['T01', 'T40']),
    );
  });

  test('without the caller-page check of syskernelmode in L0: T04 T06 T26 T81 break I7', async () => {
    await withFault<typeof Gate>(
      GATE,
      ({ decideSyskernelmode: decide }) => ({
        decideSyskernelmode: (rules, authority, flag, _trusted, ...rest) =>
          decide(rules, authority, flag, true, ...rest),
      }),
      async () => {
        expect(await flipped('L0')).toEqual(expect.arrayContaining(['T04', 'T06', 'T26', 'T81']));
      },
    );
  });

  test('without forced user mode at sigreturn: T18 T19', async () => {
    expect(await flipped('L1', { variant: { sig: 'restore' } })).toEqual(['T18', 'T19']);
  });

  test('without the reset of the mode at execve: T20 breaks I13', async () => {
    await withFault<typeof Thread>(
      THREAD,
      ({ resetThread: reset, modeByte, setModeByte }) => ({
        resetThread: (m, t, address) => {
          const mode = modeByte(m, t);
          reset(m, t, address);
          setModeByte(m, t, mode);
        },
      }),
      async () => expect(await flipped('L1')).toContain('T20'),
    );
  });

  test('without the trust check of syskerneljump nothing breaks while leaving drops, and T26 breaks when leaving stays', async () => {
    await withFault<typeof Gate>(
      GATE,
      ({ decideSyskerneljump: decide }) => ({
        decideSyskerneljump: (rules, authority, mapped, executable, _trusted, ...rest) =>
          decide(rules, authority, mapped, executable, true, ...rest),
      }),
      async () => {
        expect(await flipped('L1')).toEqual([]);
        expect(await flipped('L1', { variant: { leave: 'stay' } })).toContain('T26');
      },
    );
  });
});
