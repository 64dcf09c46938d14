import { Capability } from './capability.ts';
import { holds, inGroup } from './credentials.ts';
import type { Credentials, Ids } from './credentials.ts';
import type { FileCapabilities } from './filecaps.ts';

/** What execve looks at in a file. */
export interface ExecutableFile {
  readonly owner: number;
  readonly group: number;
  /** Permission and set-id bits, such as 0o4755. */
  readonly mode: number;
  /** The `security.capability` attribute; null without one. */
  readonly capabilities: FileCapabilities | null;
}

/** Bits of `mode` (stat(2)). */
const SET_USER_ID = 0o4000;
const SET_GROUP_ID = 0o2000;
const GROUP_EXECUTE = 0o010;
const ANY_EXECUTE = 0o111;

/** A right of one class of users in `mode`. */
const Right = { Execute: 1, Read: 4 } as const;
type Right = (typeof Right)[keyof typeof Right];

/** Rights that the mode gives this process: as owner, else as member of the group, else as anyone (`acl_permission_check`). */
function rightsOf(credentials: Credentials, file: ExecutableFile): number {
  if (credentials.user.filesystem === file.owner) return (file.mode >> 6) & 7;
  return inGroup(credentials, file.group) ? (file.mode >> 3) & 7 : file.mode & 7;
}

function isGiven(credentials: Credentials, file: ExecutableFile, right: Right): boolean {
  return (rightsOf(credentials, file) & right) !== 0;
}

/** Whether the file may be executed; CAP_DAC_OVERRIDE needs at least one execute bit (`generic_permission`). */
export function mayExecute(credentials: Credentials, file: ExecutableFile): boolean {
  if (isGiven(credentials, file, Right.Execute)) return true;
  return (file.mode & ANY_EXECUTE) !== 0 && holds(credentials, Capability.CAP_DAC_OVERRIDE);
}

/** Whether the file may be read; an unreadable program must not be dumped (`would_dump`). */
export function mayRead(credentials: Credentials, file: ExecutableFile): boolean {
  const overrides = [Capability.CAP_DAC_OVERRIDE, Capability.CAP_DAC_READ_SEARCH];
  return isGiven(credentials, file, Right.Read) || overrides.some((capability) => holds(credentials, capability));
}

/** User ids of the new program before limits: effective from a set-user-id file (`bprm_fill_uid`). */
export function userIdOf(ids: Ids, file: ExecutableFile): number {
  return (file.mode & SET_USER_ID) !== 0 ? file.owner : ids.effective;
}

/** Group id likewise; the bit counts only with group execute (without, it once meant mandatory locking). */
export function groupIdOf(ids: Ids, file: ExecutableFile): number {
  const mask = SET_GROUP_ID | GROUP_EXECUTE;
  return (file.mode & mask) === mask ? file.group : ids.effective;
}
