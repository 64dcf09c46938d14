import { Errno } from '../errno.ts';
import { NO_CAPABILITIES, combine, intersect, isSubset } from './capset.ts';
import type { CapSet } from './capset.ts';
import { ROOT, SUID_DUMPABLE, commit, inGroup } from './credentials.ts';
import type { Credentials, Dumpable } from './credentials.ts';
import { countsHere } from './filecaps.ts';
import { groupIdOf, mayExecute, mayRead, userIdOf } from './filemode.ts';
import type { ExecutableFile } from './filemode.ts';
import { refuse } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { Securebit, isSecure, withSecurebit } from './securebits.ts';

/** What the new program is about to get: effective ids, permitted set before ambient, and whether all of it takes effect. */
interface Grant {
  readonly userId: number;
  readonly groupId: number;
  readonly permitted: CapSet;
  readonly allEffective: boolean;
  readonly hasFileCapabilities: boolean;
}

/** From the file: ids of its set-id bits (none under no_new_privs), and P' = (X and fP) + (pI and fI). */
function grantOfFile(before: Credentials, file: ExecutableFile): Grant {
  const counted = file.capabilities !== null && countsHere(file.capabilities) ? file.capabilities : null;
  const forced = intersect(before.bounding, counted?.permitted ?? NO_CAPABILITIES);
  const inherited = intersect(before.inheritable, counted?.inheritable ?? NO_CAPABILITIES);
  return {
    userId: before.noNewPrivileges ? before.user.effective : userIdOf(before.user, file),
    groupId: before.noNewPrivileges ? before.group.effective : groupIdOf(before.group, file),
    permitted: combine(forced, inherited),
    allEffective: counted?.effective ?? false,
    hasFileCapabilities: counted !== null,
  };
}

/** A program with fE knows nothing of capabilities, so it is not started with less than all of its fP: EPERM. */
function lacksForced(file: ExecutableFile, grant: Grant): boolean {
  const forced = file.capabilities?.permitted ?? NO_CAPABILITIES;
  return grant.hasFileCapabilities && grant.allEffective && !isSubset(forced, grant.permitted);
}

/**
 * User id 0, unless NOROOT: P' = X + pI when the real or effective id is root, and all of it in effect when the effective one is. A
 * set-user-id root file that has capabilities gives a user only those (`handle_privileged_root`).
 */
function withRoot(before: Credentials, grant: Grant): Grant {
  const isReal = before.user.real === ROOT;
  const isEffective = grant.userId === ROOT;
  const onlyFile = grant.hasFileCapabilities && isEffective && !isReal;
  if (isSecure(before.securebits, Securebit.NOROOT) || onlyFile || !(isReal || isEffective)) return grant;
  const permitted = combine(before.bounding, before.inheritable);
  return { ...grant, permitted, allEffective: grant.allEffective || isEffective };
}

/** Whether the program acts for others than before: another effective user, or a group that the process was not in. */
function changesIds(before: Credentials, grant: Grant): boolean {
  return grant.userId !== before.user.effective || !inGroup(before, grant.groupId);
}

/** Under no_new_privs a grant that would gain falls back to the real ids and P' = P' and pP. */
function withoutGain(before: Credentials, grant: Grant): Grant {
  const gains = changesIds(before, grant) || !isSubset(grant.permitted, before.permitted);
  if (!before.noNewPrivileges || !gains) return grant;
  const permitted = intersect(grant.permitted, before.permitted);
  return { ...grant, userId: before.user.real, groupId: before.group.real, permitted };
}

/** Dumpable by its user unless the old ids differ or the program may not be read (`begin_new_exec`); `commit` may take it away again. */
function dumpableOf(before: Credentials, file: ExecutableFile): Dumpable {
  const { user, group } = before;
  const ordinary = user.effective === user.real && group.effective === group.real && mayRead(before, file);
  return ordinary ? 1 : SUID_DUMPABLE;
}

/** pA' = 0 with file capabilities or changed ids, else pA; P' = P' + pA'; E' = P' if all takes effect, else pA'; KEEP_CAPS off. */
function program(before: Credentials, file: ExecutableFile, grant: Grant, ambient: CapSet): Credentials {
  const permitted = combine(grant.permitted, ambient);
  const { userId, groupId } = grant;
  return {
    ...before,
    user: { real: before.user.real, effective: userId, saved: userId, filesystem: userId },
    group: { real: before.group.real, effective: groupId, saved: groupId, filesystem: groupId },
    permitted,
    effective: grant.allEffective ? permitted : ambient,
    ambient,
    securebits: withSecurebit(before.securebits, Securebit.KEEP_CAPS, false),
    dumpable: dumpableOf(before, file),
  };
}

/** AT_SECURE: the C library must distrust its environment. True for changed or unequal ids, and for a user's program that gets more than ambient. */
function isSecureExec(idsChanged: boolean, after: Credentials, allEffective: boolean): boolean {
  const { user, group } = after;
  const unequal = user.effective !== user.real || group.effective !== group.real;
  const more = user.real !== ROOT && (allEffective || !isSubset(after.permitted, after.ambient));
  return idsChanged || unequal || more;
}

/**
 * Credentials after execve(2) of a file (`cap_bprm_creds_from_file` of Linux 6.18). EACCES when the mode forbids it, EPERM when the bounding
 * set withholds what a file with fE demands. `secure` is AT_SECURE. User namespaces, tracers and shared `fs_struct` are not modelled.
 */
export function execCredentials(before: Credentials, file: ExecutableFile): Outcome {
  if (!mayExecute(before, file)) return refuse(before, Errno.EACCES);
  const ofFile = grantOfFile(before, file);
  if (lacksForced(file, ofFile)) return refuse(before, Errno.EPERM);
  const wanted = withRoot(before, ofFile);
  const idsChanged = changesIds(before, wanted);
  const grant = withoutGain(before, wanted);
  const ambient = grant.hasFileCapabilities || idsChanged ? NO_CAPABILITIES : before.ambient;
  const after = program(before, file, grant, ambient);
  const secure = isSecureExec(idsChanged, after, grant.allEffective);
  return { credentials: commit(before, after), errno: Errno.OK, value: 0, secure };
}
