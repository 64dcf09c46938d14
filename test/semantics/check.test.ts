import { describe, expect, test, vi } from 'vitest';
import { ALPHABETS } from '../../src/check/alphabet.ts';
import type { AlphabetName } from '../../src/check/alphabet.ts';
import { runAttacks } from '../../src/check/attack.ts';
import { readAttacks } from '../../src/check/attackfile.ts';
import { breaksPromise, runCheck } from '../../src/check/check.ts';
import type { CheckResult } from '../../src/check/check.ts';
import { checkMatrix, checkTable, witnessFile } from '../../src/check/checktable.ts';
import { Explorer } from '../../src/check/explorer.ts';
import { Packing, PackingFull } from '../../src/check/packing.ts';
import { randomWalks } from '../../src/check/walks.ts';
import { makeRules } from '../../src/kernel/semantics/config.ts';
import type { MechanismName, ProfileName } from '../../src/kernel/semantics/config.ts';
import { INVARIANTS } from '../../src/kernel/semantics/invariants.ts';
import { naiveSearch } from '../../bench/naivesearch.ts';

const FAMILIES = [
  'gates',
  'publish',
  'mappings',
  'interrupts',
  'signals',
  'shootdown',
  'capabilities',
  'services',
  'peers',
] as const;

function search(profile: ProfileName): CheckResult[] {
  return FAMILIES.map((alphabet) => runCheck({ profile, alphabet }));
}

function brokenBy(results: readonly CheckResult[]): string[] {
  const ids = new Set<string>(results.flatMap(({ broken }) => broken.map(({ invariant }) => invariant)));
  return Object.keys(INVARIANTS).filter((id) => ids.has(id));
}

describe('exhaustive search', () => {
  const l0 = search('L0');
  const l1 = search('L1');
  const h = search('H');

  test('of every family under H is complete and breaks nothing', () => {
    expect(h.map(({ complete, broken }) => [complete, broken])).toEqual(FAMILIES.map(() => [true, []]));
  });

  test('under L0 and L1 reaches every invariant that the specification lists as reachable, and no other', () => {
    const reachable = 'I1 I2 I4 I5 I6 I8 I10 I11 I14 I15 I16 I17 I18 I19 I20 I21 I22 I24 I25 I26 I27'.split(' ');
    expect(brokenBy(l0)).toEqual(reachable);
    expect(brokenBy(l1)).toEqual(reachable);
  });

  test('gives the shortest program: L0 breaks I5 by jumping onto the mode switch', () => {
    const [gates] = l0;
    expect(gates.broken[0]).toMatchObject({ invariant: 'I5', depth: 2, program: '0:jump A.K; 0:skm 1' });
    expect(breaksPromise(h[0])).toBe(false);
    expect(breaksPromise(l1.find(({ alphabet }) => alphabet === 'mappings')!)).toBe(true);
  });

  test('prints witnesses as an attack file that replays as expected', () => {
    const { outcomes, disagree } = runAttacks(readAttacks(witnessFile([...l0, ...l1]), 'witnesses.yaml'));
    expect(outcomes).toHaveLength(42);
    expect(disagree).toBe(0);
  });

  test('reports a matrix of profile by invariant and what each search covered', () => {
    const matrix = checkMatrix([...l0, ...l1, ...h]).split('\n');
    expect(matrix[1]).toMatch(/^I1 +S +broken in 6 +broken in 8 +holds/);
    expect(matrix[3]).toMatch(/^I3 +S +holds +holds +holds/);
    expect(checkTable(h)).toMatch(/H +gates +\d+ +\d+ +nothing +all states; \d+ steps beyond the bound of slots/);
  });
});

test('all operations of one thread under H, with nested entries: complete, nothing broken', () => {
  const result = runCheck({ profile: 'H', alphabet: 'nested1' });
  expect(result).toMatchObject({ complete: true, broken: [], stopped: '' });
  expect(result.states).toBeGreaterThan(50_000);
});

describe('a mechanism removed from H', () => {
  const cases: readonly (readonly [readonly MechanismName[], AlphabetName, readonly string[]])[] = [
    [['SHOOT'], 'shootdown', ['I1', 'I17']],
    [['ALIAS'], 'publish', ['I2', 'I4']],
    [['VPUB'], 'publish', ['I2', 'I10']],
    [['KSTK', 'SHSTK'], 'smash', ['I6']],
    [['SHSTK'], 'smash', []],
    [['CAPX'], 'capabilities', ['I8', 'I14']],
  ];
  test.each(cases)('%s shows in %s as %s', (names, alphabet, expected) => {
    const mechanisms = Object.fromEntries(names.map((name) => [name, false]));
    const { broken } = runCheck({ profile: 'H', alphabet, mechanisms, beyond: true });
    expect(broken.map(({ invariant }) => invariant)).toEqual(expect.arrayContaining([...expected]));
    if (expected.length === 0) expect(broken).toEqual([]);
  });
});

/** What was broken, and in how many steps. */
function depths({ broken }: CheckResult): unknown {
  return broken.map(({ invariant, depth }) => [invariant, depth]);
}

describe('the search', () => {
  test.each([
    ['gates', 'L1', false],
    ['mappings', 'L0', false],
    ['publish', 'H', false],
    ['interrupts', 'H', false],
    ['interrupts', 'H', true],
    ['peers', 'H', false],
    ['capabilities', 'L1', false],
    ['signals', 'L1', false],
    ['services', 'H', true],
    ['interrupts', 'L1', true],
  ] as const)(
    'of %s under %s (symmetry %s) finds as many states as one without any optimisation',
    (name, profile, symmetry) => {
      const rules = makeRules(profile);
      const naive = naiveSearch(rules, ALPHABETS[name], symmetry);
      const explorer = new Explorer({ rules, alphabet: ALPHABETS[name], beyond: true, symmetry, reduce: false });
      explorer.run(Number.MAX_SAFE_INTEGER);
      const broken = [...explorer.findings.found.keys()].reduce((mask, invariant) => mask | (1 << invariant), 0);
      expect({ states: explorer.store.count, broken }).toEqual({ states: naive.states, broken: naive.broken });
    },
  );

  test('ends with what it has found when a part has more contents than its number has bits for', () => {
    const request = { profile: 'L1', alphabet: 'gates' } as const;
    const whole = runCheck(request);
    const put = Reflect.get(Packing.prototype, 'put');
    const narrow = vi.spyOn(Packing.prototype, 'put').mockImplementation(function (this: Packing, part, number) {
      if (number > 5) throw new PackingFull(`part ${part}`);
      return put.call(this, part, number);
    });
    const ended = runCheck(request);
    narrow.mockRestore();
    expect(ended).toMatchObject({ complete: false, stopped: 'parts' });
    expect(ended.expanded).toBeGreaterThan(0);
    expect(ended.states).toBeLessThan(whole.states);
    expect(checkTable([ended])).toContain('parts limit');
  });

  test('with its reductions finds the same violations at the same depth in fewer states', () => {
    const [reduced, full] = [true, false].map((on) =>
      runCheck({ profile: 'L1', alphabet: 'interrupts', symmetry: on, reduce: on }),
    );
    expect(depths(reduced)).toEqual(depths(full));
    expect(reduced.states).toBeLessThan(full.states * 0.6);
  });

  test.each([
    ['shootdown', 'L1'],
    ['services', 'L0'],
  ] as const)(
    'of %s under %s breaks the same at the same depth, whether alike threads are exchanged or not',
    (alphabet, profile) => {
      const [exchanged, full] = [true, false].map((symmetry) => runCheck({ profile, alphabet, symmetry }));
      expect(depths(exchanged)).toEqual(depths(full));
      expect(exchanged.states).toBeLessThan(full.states * 0.6);
    },
  );

  test('cannot exchange the trusted pages A and C: no alphabet is the same with their names exchanged', () => {
    const other: Readonly<Record<string, string>> = { A: 'C', C: 'A' };
    const exchanged = (step: string): string => step.replaceAll(/\b[AC]\b/g, (page) => other[page]);
    for (const { steps } of Object.values(ALPHABETS)) {
      expect(steps.map(exchanged).toSorted()).not.toEqual([...steps].toSorted());
    }
  });

  test('stops cleanly at a limit of memory or states, or when told to, and says what was not covered', () => {
    const memory = runCheck({ profile: 'L1', alphabet: 'smash', limits: { memory: 2 ** 20 } });
    expect(memory).toMatchObject({ complete: false, stopped: 'memory' });
    expect(memory.bytes).toBeLessThanOrEqual(2 ** 20);
    const states = runCheck({ profile: 'L1', alphabet: 'smash', limits: { states: 5000 } });
    expect(states).toMatchObject({ complete: false, stopped: 'states', expanded: 5000 });
    expect(checkTable([states])).toMatch(/5000 of \d+ found states, all programs to \d+ steps \(states limit\)/);
    expect(runCheck({ profile: 'L1', alphabet: 'smash' }, () => false).stopped).toBe('interrupted');
  });
});

describe('random walks', () => {
  test('of H break nothing beyond the bounds of the search, 400 walks of 60 steps', () => {
    const { programs, steps } = randomWalks({
      rules: makeRules('H'),
      alphabet: ALPHABETS.all2,
      seed: 1,
      walks: 400,
      length: 60,
    });
    expect(steps).toBeGreaterThan(400);
    expect([...programs.keys()]).toEqual([]);
  });

  test('of L1 find violations, shortened, and the same ones for the same seed', () => {
    const [first, again] = [0, 1].map(() =>
      randomWalks({ rules: makeRules('L1'), alphabet: ALPHABETS.all2, seed: 7, walks: 60, length: 60 }),
    );
    expect([...first.programs]).toEqual([...again.programs]);
    expect([...first.programs.keys()]).toEqual(expect.arrayContaining(['I10', 'I14']));
    expect(first.programs.get('I10')!.length).toBeLessThanOrEqual(4);
  });
});
