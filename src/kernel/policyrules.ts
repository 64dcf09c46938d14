import type { Policy } from './policy.ts';
import { makeRules, MECHANISM_NAMES, type Rules } from './semantics/config.ts';

/** The rules under which a policy's changes of privilege are decided: its reading with exactly its mechanisms. */
export function rulesOf({ semantics, mechanisms }: Pick<Policy, 'semantics' | 'mechanisms'>): Rules {
  const inForce = Object.fromEntries(MECHANISM_NAMES.map((name) => [name, mechanisms.includes(name)]));
  return makeRules(semantics, {}, inForce);
}
