import { ALPHABETS } from './alphabet.ts';
import type { AlphabetName } from './alphabet.ts';
import { askOurs } from './ours.ts';
import type { Opinion } from './outcome.ts';
import type { Policy } from './policies.ts';
import { askSpin } from './spin.ts';

/** Two opinions on one question. */
export interface Comparison {
  readonly alphabet: AlphabetName;
  readonly policy: Policy;
  readonly spin: Opinion;
  readonly ours: Opinion;
}

/** What one side met and the other did not. */
export interface Disagreement {
  /** Numbers of invariants. */
  readonly broken: readonly number[];
  /** Printed outcomes. */
  readonly outcomes: readonly string[];
}

/** Asks both sides. Throws when a tool fails. */
export function compare(alphabet: AlphabetName, policy: Policy): Comparison {
  const question = ALPHABETS[alphabet];
  return { alphabet, policy, spin: askSpin(policy, question), ours: askOurs(policy, question) };
}

/** What `one` met and `other` did not. */
export function beyond(one: Opinion, other: Opinion): Disagreement {
  return {
    broken: one.broken.filter((invariant) => !other.broken.includes(invariant)),
    outcomes: [...one.outcomes].filter((outcome) => !other.outcomes.has(outcome)).sort(),
  };
}

/** Whether both searches were complete and met the same. */
export function isAgreed({ spin, ours }: Comparison): boolean {
  const differences = [beyond(spin, ours), beyond(ours, spin)];
  return spin.complete && ours.complete && differences.every(({ outcomes }) => outcomes.length === 0);
}
