import { amendmentOf, POLICY_AMENDMENTS, splitPolicy } from '../kernel/policies/find.ts';
import { unknownName } from './messages.ts';
import { nearest } from '../sim/nearest.ts';
import type { Finding } from './problem.ts';

/** What is wrong with the name of a policy: one of `listed`, or one with amendments such as `bypage-hardened-SFI`. */
export function policyFinding(name: string, listed: readonly string[]): Finding | undefined {
  const { base, amendments } = splitPolicy(name);
  if (listed.includes(name) || (listed.includes(base) && amendments.every(isAmendment))) return undefined;
  const wrong = amendments.find((amendment) => !isAmendment(amendment));
  const known = Object.keys(POLICY_AMENDMENTS);
  const isSlip = wrong !== undefined && nearest(wrong, known) !== undefined;
  return isSlip ? unknownName('amendment of a policy', wrong, known) : unknownName('policy', name, listed);
}

function isAmendment(name: string): boolean {
  return amendmentOf(name) !== undefined;
}
