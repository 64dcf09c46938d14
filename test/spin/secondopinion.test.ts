import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import { ALPHABETS, ALPHABET_NAMES, GROUPS } from './alphabet.ts';
import type { AlphabetName } from './alphabet.ts';
import { beyond, compare, isAgreed } from './comparison.ts';
import { modelDigest, readDocument } from './document.ts';
import type { RecordedRow } from './document.ts';
import { askOurs } from './ours.ts';
import { POLICIES, printPolicy } from './policies.ts';
import type { Policy } from './policies.ts';
import { askSpin, missingTools } from './spin.ts';

const HERE = import.meta.dirname;
const MISSING = missingTools();
const RECORDED = readDocument(readFileSync(join(HERE, '../../docs/second-opinion.md'), 'utf8'));

const H: Policy = { profile: 'H', without: [] };
const WITHOUT_STACKS: Policy = { profile: 'H', without: ['KSTK', 'SHSTK'] };
/** What Spin is asked here: a verifier each, which takes seconds to compile. */
const ASKED: readonly (readonly [AlphabetName, Policy])[] = [
  ['nesting', { profile: 'L0', without: [] }],
  ['nesting', { profile: 'L1', without: [] }],
  ['returns', H],
  ['returns', WITHOUT_STACKS],
];

/** Conditions as alphabet.pml writes them, by their names in alphabet.ts. */
const CONDITIONS: Readonly<Record<string, string>> = {
  room: 'room',
  '!ME.called': 'notCalled',
  'callable(PA)': 'callableA',
  'callable(PW)': 'callableW',
  '!page[PY].there': 'freeY',
  '!OTHER.dead': 'victim',
  'ME.pending': 'pending',
};
const ISSUERS: Readonly<Record<string, string>> = {
  able: 'any',
  ready: 'any',
  attacker: 'attacker',
  verified: 'verified',
};

/** Issuer and conditions of each operation in alphabet.pml, by group. */
function guardsOfModel(): Record<string, string[][]> {
  const guards: Record<string, string[][]> = { gates: [] };
  let group = 'gates';
  for (const line of readFileSync(join(HERE, 'alphabet.pml'), 'utf8').split('\n')) {
    if (line.startsWith('#ifdef ')) guards[(group = line.slice(7).toLowerCase())] = [];
    const guard = /^ {2}may\((.*?), [A-Z]+, /.exec(line)?.[1];
    if (guard === undefined) continue;
    const [issuer, ...conditions] = guard.split(' && ');
    guards[group].push([ISSUERS[issuer], ...conditions.map((condition) => CONDITIONS[condition])]);
  }
  return guards;
}

function skipWithoutTools(context: TestContext): void {
  if (MISSING.length > 0) context.skip(`not installed: ${MISSING.join(', ')}`);
}

function recordedRow(alphabet: AlphabetName, policy: Policy): RecordedRow | undefined {
  return RECORDED.rows.find((row) => row.alphabet === alphabet && row.policy === printPolicy(policy));
}

/** Invariants that a recorded row says are broken. */
function brokenIn({ cells }: RecordedRow): number[] {
  const heads = Object.keys(cells).filter((head) => /^I\d+$/.test(head) && cells[head] === 'both');
  return heads.map((head) => Number(head.slice(1)));
}

describe('the Promela model', () => {
  it('lets threads issue operations under the 9 groups of guards of alphabet.ts', () => {
    const ours = Object.entries(GROUPS).map(([name, choices]) => [name, choices.map(([, ...guard]) => guard)]);
    expect(guardsOfModel()).toEqual(Object.fromEntries(ours));
  });

  it.for(ASKED)('meets the same outcomes as our semantics: %o', ([alphabet, policy], context) => {
    skipWithoutTools(context);
    const comparison = compare(alphabet, policy);
    const { spin, ours } = comparison;
    expect(beyond(spin, ours)).toEqual({ broken: [], outcomes: [] });
    expect(beyond(ours, spin)).toEqual({ broken: [], outcomes: [] });
    expect(isAgreed(comparison)).toBe(true);
  });

  it('disagrees about I6 when it lacks the two stack mechanisms that our H has', (context) => {
    skipWithoutTools(context);
    const spin = askSpin(WITHOUT_STACKS, ALPHABETS.returns);
    expect(beyond(spin, askOurs(H, ALPHABETS.returns)).broken).toEqual([6]);
  });
});

describe('the recorded second opinion', () => {
  it('is of the model as it is now (else run test/spin/compare.ts)', () => {
    expect(RECORDED.model).toBe(modelDigest());
  });

  it('has a row for every alphabet and policy, each agreed and complete', () => {
    const expected = ALPHABET_NAMES.flatMap((name) =>
      POLICIES[name].map((policy) => `${name}, ${printPolicy(policy)}`),
    );
    expect(RECORDED.rows.map(({ alphabet, policy }) => `${alphabet}, ${policy}`)).toEqual(expected);
    const cells = RECORDED.rows.flatMap((row) => Object.values(row.cells));
    expect(cells.filter((cell) => /only|cut/.test(cell))).toEqual([]);
  });

  it.each(['nesting', 'change'] as const)('is what our semantics reach today: %s', (alphabet) => {
    for (const policy of POLICIES[alphabet]) {
      const row = recordedRow(alphabet, policy);
      const { broken, outcomes } = askOurs(policy, ALPHABETS[alphabet]);
      expect([printPolicy(policy), broken, String(outcomes.size)]).toEqual([
        row?.policy,
        row && brokenIn(row),
        row?.cells['outcomes'],
      ]);
    }
  });
});
