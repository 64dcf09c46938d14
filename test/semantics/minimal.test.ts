import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { playAttack } from '../../src/check/attack.ts';
import { readRecordedAttacks } from '../../src/check/attackjson.ts';
import { verdictOf } from '../../src/check/verdict.ts';
import { MECHANISM_NAMES, type MechanismName, type Mechanisms } from '../../src/kernel/semantics/config.ts';
import { policies } from '../../src/kernel/policies/index.ts';

const GOLDEN = new URL('../data/semantics/golden.json', import.meta.url);
const attacks = readRecordedAttacks(readFileSync(GOLDEN, 'utf8'), 'golden.json');
const { mechanisms } = policies['bypage-hardened-minimal'];

/** Ids of attacks that break what the full set keeps, and of programs that must work and come out otherwise, with these mechanisms. */
function worse(names: readonly MechanismName[]): string[] {
  const set = Object.fromEntries(MECHANISM_NAMES.map((name) => [name, names.includes(name)])) as Mechanisms;
  return attacks.flatMap((attack) => {
    const played = playAttack(attack, 'H', set);
    const recorded = new Set(attack.expect.H!.map(({ what }) => what));
    const breaks = verdictOf(played.steps).broken.some(({ what }) => !recorded.has(what));
    const mustWork = attack.id.startsWith('P');
    const differs = mustWork && JSON.stringify(played) !== JSON.stringify(playAttack(attack, 'H'));
    return breaks || differs ? [attack.id] : [];
  });
}

describe('the mechanisms of bypage-hardened-minimal', () => {
  test('are 18 and keep all that the 21 keep in every recorded program', () => {
    expect(mechanisms).toHaveLength(18);
    expect(worse(mechanisms)).toEqual([]);
  });

  test.each(mechanisms)('need %s', (name) => {
    expect(worse(mechanisms.filter((other) => other !== name)).length).toBeGreaterThan(0);
  });
});
