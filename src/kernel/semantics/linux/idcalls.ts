import { Capability } from './capability.ts';
import { holds } from './credentials.ts';
import type { Credentials, Ids } from './credentials.ts';
import { refuse, succeed } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { ID_RULES } from './setid.ts';
import type { IdRuleName } from './setid.ts';
import { fixGroup, fixSetfsuid, fixSetuid } from './setidfixup.ts';
import type { Fixup } from './setidfixup.ts';

/** One call of the family: whose ids, by which rule, and what follows for the capability sets. */
interface IdCall {
  readonly whose: 'user' | 'group';
  readonly rule: IdRuleName;
  readonly fixup: Fixup;
}

/** Capability that frees each kind of id. */
const PRIVILEGE = { user: Capability.CAP_SETUID, group: Capability.CAP_SETGID } as const;

/** The set*id family. */
export const ID_CALLS = {
  setuid: { whose: 'user', rule: 'id', fixup: fixSetuid },
  seteuid: { whose: 'user', rule: 'effective', fixup: fixSetuid },
  setreuid: { whose: 'user', rule: 'realEffective', fixup: fixSetuid },
  setresuid: { whose: 'user', rule: 'realEffectiveSaved', fixup: fixSetuid },
  setfsuid: { whose: 'user', rule: 'filesystem', fixup: fixSetfsuid },
  setgid: { whose: 'group', rule: 'id', fixup: fixGroup },
  setegid: { whose: 'group', rule: 'effective', fixup: fixGroup },
  setregid: { whose: 'group', rule: 'realEffective', fixup: fixGroup },
  setresgid: { whose: 'group', rule: 'realEffectiveSaved', fixup: fixGroup },
  setfsgid: { whose: 'group', rule: 'filesystem', fixup: fixGroup },
} as const satisfies Record<string, IdCall>;
/** Name of such a call. */
export type IdCallName = keyof typeof ID_CALLS;

/** Ids as the kernel takes them: -1 is 0xffffffff. */
function asIds(wanted: readonly number[]): number[] {
  return wanted.map((id) => id >>> 0);
}

/** Only setfsuid and setfsgid return an id: the old one, whether it changed or not. */
function returned(rule: IdRuleName, old: Ids): number {
  return rule === 'filesystem' ? old.filesystem : 0;
}

/** Makes one call of the family. EPERM for ids that are neither own nor allowed by the capability, EINVAL for -1 where an id is needed. */
export function changeIds(before: Credentials, name: IdCallName, wanted: readonly number[]): Outcome {
  const { whose, rule, fixup }: IdCall = ID_CALLS[name];
  const ids = ID_RULES[rule].apply(before[whose], holds(before, PRIVILEGE[whose]), asIds(wanted));
  if (typeof ids === 'number') return refuse(before, ids);
  return succeed(before, fixup(before, { ...before, [whose]: ids }), returned(rule, before[whose]));
}
