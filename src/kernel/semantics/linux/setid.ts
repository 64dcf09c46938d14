import { Errno } from '../errno.ts';
import { equalIds } from './credentials.ts';
import type { Ids } from './credentials.ts';

/** Argument that leaves an id as it is: (uid_t) -1. */
export const UNCHANGED = 0xffff_ffff;

/** New ids, or the error. `privileged`: CAP_SETUID for user ids, CAP_SETGID for group ids. Source: kernel/sys.c. */
export type IdRule = (ids: Ids, privileged: boolean, wanted: readonly number[]) => Ids | Errno;

/** The wanted id, or the old one where the argument says to leave it. */
function chosen(wanted: number, old: number): number {
  return wanted === UNCHANGED ? old : wanted;
}

/** Whether an argument asks for no change, or for one of the given ids. */
function isAmong(wanted: number, ...ids: readonly number[]): boolean {
  return wanted === UNCHANGED || ids.includes(wanted);
}

/** setuid, setgid: all four ids when privileged; else effective and filesystem, to the real or saved id. */
function setId(ids: Ids, privileged: boolean, [id = UNCHANGED]: readonly number[]): Ids | Errno {
  if (id === UNCHANGED) return Errno.EINVAL;
  if (privileged) return equalIds(id);
  return isAmong(id, ids.real, ids.saved) ? { ...ids, effective: id, filesystem: id } : Errno.EPERM;
}

/** setreuid, setregid: the saved id follows when the real id is given, or the effective one becomes other than the old real id. */
function setRealEffective(ids: Ids, privileged: boolean, wanted: readonly number[]): Ids | Errno {
  const [real = UNCHANGED, effective = UNCHANGED] = wanted;
  const own = isAmong(real, ids.real, ids.effective) && isAmong(effective, ids.real, ids.effective, ids.saved);
  if (!privileged && !own) return Errno.EPERM;
  const next = chosen(effective, ids.effective);
  const savedFollows = real !== UNCHANGED || (effective !== UNCHANGED && effective !== ids.real);
  return { real: chosen(real, ids.real), effective: next, saved: savedFollows ? next : ids.saved, filesystem: next };
}

/** setresuid, setresgid. A call that asks for nothing new leaves the filesystem id too; any other sets it to the effective id. */
function setRealEffectiveSaved(ids: Ids, privileged: boolean, wanted: readonly number[]): Ids | Errno {
  const [real = UNCHANGED, effective = UNCHANGED, saved = UNCHANGED] = wanted;
  const sameEffective = isAmong(effective, ids.effective) && isAmong(effective, ids.filesystem);
  if (isAmong(real, ids.real) && sameEffective && isAmong(saved, ids.saved)) return ids;
  const own = [real, effective, saved].every((id) => isAmong(id, ids.real, ids.effective, ids.saved));
  if (!privileged && !own) return Errno.EPERM;
  const next = chosen(effective, ids.effective);
  return { real: chosen(real, ids.real), effective: next, saved: chosen(saved, ids.saved), filesystem: next };
}

/** seteuid, setegid as the C library makes them: setresuid(-1, id, -1), EINVAL for -1. */
function setEffective(ids: Ids, privileged: boolean, [id = UNCHANGED]: readonly number[]): Ids | Errno {
  return id === UNCHANGED ? Errno.EINVAL : setRealEffectiveSaved(ids, privileged, [UNCHANGED, id, UNCHANGED]);
}

/** setfsuid, setfsgid: never fails; an id that is not allowed changes nothing, nor does the filesystem id itself. */
function setFilesystem(ids: Ids, privileged: boolean, [id = UNCHANGED]: readonly number[]): Ids {
  const allowed = id !== UNCHANGED && (privileged || isAmong(id, ids.real, ids.effective, ids.saved));
  return allowed ? { ...ids, filesystem: id } : ids;
}

/** The rule of each kind of call, the same for user and group ids, and how many ids it takes. */
export const ID_RULES = {
  id: { apply: setId, arity: 1 },
  effective: { apply: setEffective, arity: 1 },
  realEffective: { apply: setRealEffective, arity: 2 },
  realEffectiveSaved: { apply: setRealEffectiveSaved, arity: 3 },
  filesystem: { apply: setFilesystem, arity: 1 },
} as const satisfies Record<string, { readonly apply: IdRule; readonly arity: number }>;
/** Name of a rule for ids. */
export type IdRuleName = keyof typeof ID_RULES;
