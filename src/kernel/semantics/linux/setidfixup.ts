import { FILESYSTEM_CAPABILITIES, NO_CAPABILITIES, combine, intersect, without } from './capset.ts';
import { ROOT } from './credentials.ts';
import type { Credentials, Ids } from './credentials.ts';
import { Securebit, isSecure } from './securebits.ts';

/** How the capability sets follow a change of user ids: `next` is the process with its new ids and old sets. */
export type Fixup = (old: Credentials, next: Credentials) => Credentials;

function isAnyRoot(ids: Ids): boolean {
  return ids.real === ROOT || ids.effective === ROOT || ids.saved === ROOT;
}

/** The last of real, effective and saved root id goes: pA' = 0, and pP' = pE' = 0 unless capabilities are kept. */
function afterLeavingRoot(old: Credentials, next: Credentials): Credentials {
  if (!isAnyRoot(old.user) || isAnyRoot(next.user)) return next;
  const ambient = NO_CAPABILITIES;
  if (isSecure(old.securebits, Securebit.KEEP_CAPS)) return { ...next, ambient };
  return { ...next, ambient, permitted: NO_CAPABILITIES, effective: NO_CAPABILITIES };
}

/** The effective id leaves root: pE' = 0; it becomes root: pE' = pP'. */
function afterEffectiveId(old: Credentials, next: Credentials): Credentials {
  const wasRoot = old.user.effective === ROOT;
  const isRoot = next.user.effective === ROOT;
  if (wasRoot === isRoot) return next;
  return { ...next, effective: isRoot ? next.permitted : NO_CAPABILITIES };
}

/** setuid, seteuid, setreuid, setresuid (`cap_emulate_setxuid`), unless NO_SETUID_FIXUP. */
export function fixSetuid(old: Credentials, next: Credentials): Credentials {
  if (isSecure(old.securebits, Securebit.NO_SETUID_FIXUP)) return next;
  return afterEffectiveId(old, afterLeavingRoot(old, next));
}

/** setfsuid, unless NO_SETUID_FIXUP: F = the filesystem capabilities; leaving root pE' = pE - F, becoming root pE' = pE + (pP and F). */
export function fixSetfsuid(old: Credentials, next: Credentials): Credentials {
  const wasRoot = old.user.filesystem === ROOT;
  const isRoot = next.user.filesystem === ROOT;
  if (wasRoot === isRoot || isSecure(old.securebits, Securebit.NO_SETUID_FIXUP)) return next;
  const effective = isRoot
    ? combine(next.effective, intersect(next.permitted, FILESYSTEM_CAPABILITIES))
    : without(next.effective, FILESYSTEM_CAPABILITIES);
  return { ...next, effective };
}

/** Group ids carry no capabilities. */
export function fixGroup(_old: Credentials, next: Credentials): Credentials {
  return next;
}
