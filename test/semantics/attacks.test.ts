import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runAttack, runAttacks } from '../../src/check/attack.ts';
import { readAttacks } from '../../src/check/attackfile.ts';
import { readAttackFile, readRecordedAttacks } from '../../src/check/attackjson.ts';
import { attackTable } from '../../src/check/attacktable.ts';
import { ConfigError } from '../../src/sim/errors.ts';

const CATALOGUE = new URL('../../experiments/attacks/', import.meta.url);
const files = readdirSync(CATALOGUE).filter((name) => name.endsWith('.yaml'));
const catalogue = files.flatMap((name) => readAttacks(readFileSync(new URL(name, CATALOGUE), 'utf8'), name));
const golden = readRecordedAttacks(
  readFileSync(new URL('../data/semantics/golden.json', import.meta.url), 'utf8'),
  'golden.json',
);

/** The mistakes of a file's text. */
function mistakes(text: string): string[] {
  try {
    readAttacks(text, 'a.yaml');
  } catch (error) {
    return (error as ConfigError).message.split('\n');
  }
  return [];
}

describe('catalogue', () => {
  test('every attack has its expected outcome under L0, L1 and H', () => {
    const { cases, outcomes } = runAttacks(catalogue);
    expect(outcomes.filter(({ asExpected }) => asExpected !== true)).toEqual([]);
    expect(cases).toBe(catalogue.length * 3);
  });

  test('holds all 80 recorded programs, with the same steps and outcomes', () => {
    const byId = new Map(catalogue.map((attack) => [attack.id, attack]));
    expect(byId.size).toBe(catalogue.length);
    for (const recorded of golden) {
      const own = byId.get(recorded.id)!;
      for (const profile of ['L0', 'L1', 'H'] as const) {
        const { steps, program } = runAttack(own, profile);
        expect({ id: recorded.id, program, steps }).toEqual({ id: recorded.id, ...pick(runAttack(recorded, profile)) });
      }
    }
  });

  test('explains its form by an example that has its expected outcome under all 3 profiles', () => {
    const [, example] = /```yaml\n(.*?)```/su.exec(readFileSync(new URL('README.md', CATALOGUE), 'utf8'))!;
    const { cases, disagree } = runAttacks(readAttacks(example, 'README.md'));
    expect([cases, disagree]).toEqual([3, 0]);
  });

  test('says of every attack in one sentence what is hoped for', () => {
    for (const { id, hopes } of catalogue)
      expect(`${id}: ${hopes}`).toMatch(/^\w+: The (attacker hopes|program must work).+\.$/);
  });

  test('of the recorded programs H breaks the two that the proposal accepts, T55 and T56', () => {
    const { outcomes } = runAttacks(golden, ['H']);
    expect(outcomes.filter(({ broken }) => broken.length > 0).map(({ id }) => id)).toEqual(['T55', 'T56']);
  });
});

function pick({ program, steps }: ReturnType<typeof runAttack>): { program: string; steps: unknown } {
  return { program, steps };
}

describe('outcome', () => {
  test('names the rule or the mechanism that stopped each step', () => {
    const attack = golden.find(({ id }) => id === 'T08')!;
    expect(runAttack(attack, 'L1').stopped).toEqual([
      { what: 'EACCES', step: 1, rules: ['S21 read-only'] },
      { what: 'SIGSEGV', step: 2, rules: ['S21 read-only'] },
    ]);
    expect(runAttack(attack, 'H').stopped[0]).toEqual({ what: 'EPERM', step: 1, rules: ['SEAL'] });
  });

  test('of a file with an explicit capability that root executes breaks I14 by root emulation in L1, and nothing under CAPX, which has none', () => {
    const [attack] = readAttacks('{id: X, title: x, program: "0:exec {root=1 fP=[B] fE=1}; 0:step"}', 'x.yaml');
    expect(runAttack(attack, 'L1').steps.map(({ violations }) => violations)).toEqual([['I14'], []]);
    expect(runAttack(attack, 'H').steps.map(({ violations }) => violations)).toEqual([[], []]);
  });

  test('is a table of attack by profile with a closing count', () => {
    const report = runAttacks(golden.filter(({ id }) => id === 'T01' || id === 'T02'));
    expect(attackTable(report)).toBe(
      [
        'id   L0                               L1                                     H                          attack',
        'T01  broken I5@2 I6@3                 EACCES@2 S25 entered by the gate only  SIGSEGV@1 SMEPT            jump into a trusted function past its prologue, onto its mode-switch site',
        'T02  ENOSYS@1 no syskerneljump in L0  EINVAL@1 S24 not declared              EINVAL@1 S24 not declared  syskerneljump to a mid-function address',
        '6 cases, 1 broken, 0 not as expected',
      ].join('\n'),
    );
  });

  test('that differs from the expectation is counted, marked, and named with what was expected', () => {
    const [attack] = readAttacks(
      '{id: X, title: x, program: "0:skm 1", expect: {L1: ok, H: EPERM@1 I6, L0: EACCES}}',
      'x.yaml',
    );
    const report = runAttacks([attack]);
    expect(report.outcomes.map(({ profile, asExpected }) => [profile, asExpected])).toEqual([
      ['L0', true],
      ['L1', false],
      ['H', false],
    ]);
    expect(attackTable(report)).toContain('EACCES@1 S25 entered by the gate only !');
    expect(attackTable(report)).toMatch(
      /2 not as expected\nX L1: expected ok, found EACCES@1\nX H: expected EPERM@1 I6, found EACCES@1$/,
    );
  });

  test('ok is expected of a program of which no step is refused, and of no other', () => {
    const outcomes = ['0:step', '0:skj A.M'].map((program) => {
      const [attack] = readAttacks(`{id: X, title: x, program: "${program}", expect: {L1: ok}}`, 'x.yaml');
      return runAttack(attack, 'L1').asExpected;
    });
    expect(outcomes).toEqual([true, false]);
  });
});

describe('mistakes in attack files', () => {
  test('are listed all at once, with file, line, what is allowed and the nearest name', () => {
    const text = [
      'id: X',
      'title: x',
      'setup: {cap: [Q]}',
      'program: |',
      '  0:skj A.E',
      '  1:smsh t0 A.M',
      '  0:jump Q.E',
      'expect:',
      '  L1: EPREM@1',
      '  L2: ok',
      'colour: red',
    ].join('\n');
    expect(mistakes(text)).toEqual([
      expect.stringMatching(/^a\.yaml:11 \[0\]: unknown key colour \(allowed: id, title/),
      expect.stringMatching(/^a\.yaml:3 \[0\]\.setup: unknown capability Q \(allowed: K, B\)$/),
      expect.stringMatching(
        /^a\.yaml:6 \[0\]\.program: unknown operation smsh; did you mean smash\? \(allowed: step, jump/,
      ),
      expect.stringMatching(/^a\.yaml:7 \[0\]\.program: unknown page Q \(allowed: A, B, C, W/),
      expect.stringMatching(/^a\.yaml:9 \[0\]\.expect\.L1: unknown event EPREM; did you mean EPERM\?/),
      expect.stringMatching(/^a\.yaml:10 \[0\]\.expect: unknown profile L2; did you mean L0\?/),
    ]);
  });

  test.each([
    ['0:skj', /address|page is missing/],
    ['0:skm 1 2', /skm: surplus value/],
    ['skm 1', /is no step such as 0:skj A\.E/],
    ['0:exec {fP=[B}', /unbalanced brackets/],
    ['0:jump A.E sideways', /unknown transfer sideways \(allowed: jmp, local, ijmp, icall\)/],
  ])('program %s is refused', (program, message) => {
    expect(mistakes(JSON.stringify({ id: 'X', title: 'x', program }))[0]).toMatch(message);
  });

  test('YAML that cannot be read is one line, with its number', () => {
    expect(mistakes('id: X\ntitle: [')).toEqual([expect.stringMatching(/^a\.yaml:2 \(syntax\): /)]);
  });

  test('an alias without its anchor is one, with its line', () => {
    expect(mistakes('id: X\ntitle: x\nsetup: *z\nprogram: "0:step"\n')).toEqual([
      expect.stringMatching(/^a\.yaml:3 \[0\]\.setup: Unresolved alias .*: z$/),
    ]);
  });

  test('what is missing is said at the line of its attack', () => {
    expect(mistakes('- {id: A, title: a, program: "0:step"}\n- id: B\n')).toEqual([
      'a.yaml:2 [1].title: title is missing, not a text',
      'a.yaml:2 [1].program: program is missing',
    ]);
  });
});

describe('mistakes in recorded rows', () => {
  const steps = { steps: [['step', 0]], ret: [0], effects: [[]], violations: [[]], final: [] };
  test.each([
    [null, 'the row is no JSON object'],
    [{ id: 'X', profiles: {} }, 'profiles is empty'],
    [{ id: 'X', profiles: { L0: null } }, 'L0 is no JSON object'],
    [{ id: 'X', profiles: { L0: { ...steps, final: [null] } } }, 'thread null is not a record'],
    [{ id: 'X', profile: '' }, 'unknown profile "" (allowed: L0, L1, H)'],
    [{ id: 'X', profiles: { L0: { ...steps, ret: ['EPREM'] } } }, 'unknown return value EPREM; did you mean EPERM?'],
  ])('%j is one', (row, message) => {
    expect(() => readRecordedAttacks(JSON.stringify([row]), 'a.json')).toThrow(message);
  });

  test('are looked for in packed files too', () => {
    expect(() => readAttackFile('[null]', 'a.json.gz')).toThrow('the row is no JSON object');
  });
});
