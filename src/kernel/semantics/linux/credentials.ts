import { ALL_CAPABILITIES, NO_CAPABILITIES, has, intersect, isSubset } from './capset.ts';
import type { CapSet } from './capset.ts';

/** The four user or group ids of a process. */
export interface Ids {
  readonly real: number;
  readonly effective: number;
  readonly saved: number;
  /** Id that file permissions are checked against. */
  readonly filesystem: number;
}

/** Whether a process may be dumped and traced by its user: 0 no, 1 yes, 2 by root only (PR_GET_DUMPABLE). */
export type Dumpable = 0 | 1 | 2;

/** What decides about the privileges of a process: `struct cred`, with the two flags that Linux keeps beside it. */
export interface Credentials {
  readonly user: Ids;
  readonly group: Ids;
  /** Supplementary groups. */
  readonly groups: readonly number[];
  readonly permitted: CapSet;
  readonly effective: CapSet;
  readonly inheritable: CapSet;
  readonly bounding: CapSet;
  readonly ambient: CapSet;
  /** Switches and locks, see `Securebit`. */
  readonly securebits: number;
  readonly noNewPrivileges: boolean;
  readonly dumpable: Dumpable;
}

/** User id 0, to which Linux grants capabilities unless `Securebit.NOROOT`. */
export const ROOT = 0;

/** What a process becomes when its privileges change: sysctl fs.suid_dumpable at its default, 0. */
export const SUID_DUMPABLE: Dumpable = 0;

/** The four ids, all equal. */
export function equalIds(id: number): Ids {
  return { real: id, effective: id, saved: id, filesystem: id };
}

/** Credentials of the first process: root with every capability. */
export function initialCredentials(): Credentials {
  return {
    user: equalIds(ROOT),
    group: equalIds(ROOT),
    groups: [],
    permitted: ALL_CAPABILITIES,
    effective: ALL_CAPABILITIES,
    inheritable: NO_CAPABILITIES,
    bounding: ALL_CAPABILITIES,
    ambient: NO_CAPABILITIES,
    securebits: 0,
    noNewPrivileges: false,
    dumpable: 1,
  };
}

/** Whether the process may use a capability now (`capable`). */
export function holds(credentials: Credentials, capability: number): boolean {
  return has(credentials.effective, capability);
}

/** Whether a group is the filesystem group or a supplementary one (`in_group_p`). */
export function inGroup(credentials: Credentials, group: number): boolean {
  return group === credentials.group.filesystem || credentials.groups.includes(group);
}

/** Invariant of every reachable state: pA is within pP and pI (`cap_ambient_invariant_ok`). */
export function ambientInvariantHolds(credentials: Credentials): boolean {
  return isSubset(credentials.ambient, intersect(credentials.permitted, credentials.inheritable));
}

/** Whether a change of credentials makes the memory image sensitive: an id it acts with changes, or permitted gains a member. */
function needsProtection(before: Credentials, after: Credentials): boolean {
  return (
    before.user.effective !== after.user.effective ||
    before.group.effective !== after.group.effective ||
    before.user.filesystem !== after.user.filesystem ||
    before.group.filesystem !== after.group.filesystem ||
    !isSubset(after.permitted, before.permitted)
  );
}

/** The new credentials with their effect on `dumpable` (`commit_creds`). */
export function commit(before: Credentials, after: Credentials): Credentials {
  return needsProtection(before, after) ? { ...after, dumpable: SUID_DUMPABLE } : after;
}
