import { describe, expect, it } from 'vitest';
import { Errno } from '../errno.ts';
import { CAP_KERNELMODE, CAP_KRNLMODEBYPAGE, Capability } from './capability.ts';
import { ALL_CAPABILITIES, NO_CAPABILITIES, capSet, without } from './capset.ts';
import type { CapSet } from './capset.ts';
import { equalIds, initialCredentials } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import { execCredentials } from './exec.ts';
import type { FileCapabilities } from './filecaps.ts';
import type { ExecutableFile } from './filemode.ts';
import { Securebit } from './securebits.ts';

const NONE = NO_CAPABILITIES;
const K = capSet(CAP_KERNELMODE);
const B = capSet(CAP_KRNLMODEBYPAGE);
const root = initialCredentials();
const user: Credentials = { ...root, user: equalIds(1000), group: equalIds(1000), permitted: NONE, effective: NONE };
const plain: ExecutableFile = { owner: 0, group: 0, mode: 0o755, capabilities: null };
const setuidRoot: ExecutableFile = { ...plain, mode: 0o4755 };

function capable(permitted: CapSet, inheritable: CapSet, effective: boolean): FileCapabilities {
  return { version: 2, permitted, inheritable, effective, rootId: 0 };
}
function withCapabilities(permitted: CapSet, inheritable: CapSet, effective: boolean): ExecutableFile {
  return { ...plain, capabilities: capable(permitted, inheritable, effective) };
}
function permittedAndEffective(before: Credentials, file: ExecutableFile): [CapSet, CapSet] {
  const { permitted, effective } = execCredentials(before, file).credentials;
  return [permitted, effective];
}

function dumpable(before: Credentials, file: ExecutableFile): number {
  return execCredentials(before, file).credentials.dumpable;
}

describe('execve of a file with capabilities', () => {
  it('gives a user CAP_KERNELMODE from fP, in effect only with fE', () => {
    expect(permittedAndEffective(user, withCapabilities(K, NONE, false))).toEqual([K, NONE]);
    expect(permittedAndEffective(user, withCapabilities(K, NONE, true))).toEqual([K, K]);
  });

  it('gives from fI only what is inheritable', () => {
    expect(permittedAndEffective({ ...user, inheritable: B }, withCapabilities(NONE, K | B, true))).toEqual([B, B]);
  });

  it('is limited by the bounding set, and refused with EPERM where fE makes the program rely on it', () => {
    const bounded = { ...user, bounding: without(ALL_CAPABILITIES, K) };
    expect(permittedAndEffective(bounded, withCapabilities(K, NONE, false))).toEqual([NONE, NONE]);
    const refused = execCredentials(bounded, withCapabilities(K, NONE, true));
    expect([refused.errno, refused.value, refused.secure]).toEqual([Errno.EPERM, -1, null]);
    expect(refused.credentials).toBe(bounded);
  });

  it('clears ambient capabilities, which a file without attribute keeps in effect', () => {
    const before = { ...user, permitted: K, inheritable: K, ambient: K };
    expect(permittedAndEffective(before, plain)).toEqual([K, K]);
    expect(execCredentials(before, withCapabilities(NONE, NONE, false)).credentials.ambient).toBe(NONE);
  });

  it('ignores a version 3 attribute of another namespace', () => {
    const foreign = { ...plain, capabilities: { ...capable(K, NONE, true), version: 3 as const, rootId: 1000 } };
    expect(permittedAndEffective(user, foreign)).toEqual([NONE, NONE]);
  });
});

describe('execve and user id 0', () => {
  it('gives root and a set-user-id-root program the bounding set and the inheritable set', () => {
    const bounded = { ...user, bounding: K, inheritable: B };
    expect(permittedAndEffective(bounded, setuidRoot)).toEqual([K | B, K | B]);
    expect(permittedAndEffective(user, plain)).toEqual([NONE, NONE]);
  });

  it('leaves effective empty when only the real id is 0', () => {
    const before = { ...root, user: { ...equalIds(1000), real: 0 } };
    expect(permittedAndEffective(before, plain)).toEqual([ALL_CAPABILITIES, NONE]);
  });

  it('gives a user of a set-user-id-root program with capabilities only those', () => {
    expect(permittedAndEffective(user, { ...setuidRoot, capabilities: capable(K, NONE, true) })).toEqual([K, K]);
  });

  it('gives nothing under NOROOT', () => {
    expect(permittedAndEffective({ ...root, securebits: Securebit.NOROOT }, plain)).toEqual([NONE, NONE]);
  });
});

describe('execve and ids', () => {
  it('takes effective, saved and filesystem id from a set-id file', () => {
    const { user: ids, group } = execCredentials(user, {
      ...plain,
      owner: 1001,
      group: 1002,
      mode: 0o6755,
    }).credentials;
    expect(ids).toEqual({ real: 1000, effective: 1001, saved: 1001, filesystem: 1001 });
    expect(group).toEqual({ real: 1000, effective: 1002, saved: 1002, filesystem: 1002 });
  });

  it('ignores set-group-id without group execute', () => {
    expect(execCredentials(user, { ...plain, group: 1002, mode: 0o2705 }).credentials.group).toEqual(equalIds(1000));
  });

  it('under no_new_privs ignores set-id bits and keeps permitted within what it was', () => {
    const before = { ...user, permitted: B, noNewPrivileges: true };
    const { credentials } = execCredentials(before, { ...setuidRoot, capabilities: capable(K | B, NONE, true) });
    expect(credentials.user).toEqual(equalIds(1000));
    expect([credentials.permitted, credentials.effective]).toEqual([B, B]);
  });

  it('turns KEEP_CAPS off, even when it is locked', () => {
    const locked = Securebit.KEEP_CAPS << 1;
    const before = { ...root, securebits: Securebit.KEEP_CAPS | locked };
    expect(execCredentials(before, plain).credentials.securebits).toBe(locked);
  });
});

describe('execve, AT_SECURE and dumpable', () => {
  it('distrusts a program that gains ids or capabilities, and trusts root and one with ambient capabilities only', () => {
    const ambient = { ...user, permitted: K, inheritable: K, ambient: K };
    const secure = [user, ambient, root].map((before) => execCredentials(before, plain).secure);
    expect(secure).toEqual([false, false, false]);
    expect(execCredentials(user, setuidRoot).secure).toBe(true);
    expect(execCredentials(user, withCapabilities(K, NONE, false)).secure).toBe(true);
    expect(execCredentials(root, withCapabilities(K, NONE, true)).secure).toBe(false);
  });

  it('does not call a set-group-id file a change when the process is in that group already', () => {
    const file = { ...plain, group: 1002, mode: 0o2755 };
    const member = { ...user, groups: [1002], permitted: K, inheritable: K, ambient: K };
    expect(execCredentials(member, file).credentials.ambient).toBe(K);
    expect(execCredentials({ ...member, groups: [] }, file).credentials.ambient).toBe(NONE);
  });

  it('makes a program dumpable again unless it gains, its caller had unequal ids, or it cannot be read', () => {
    expect(dumpable({ ...user, dumpable: 0 }, plain)).toBe(1);
    expect(dumpable(user, setuidRoot)).toBe(0);
    expect(dumpable({ ...user, user: { ...user.user, effective: 1001 } }, plain)).toBe(0);
    expect(dumpable(user, { ...plain, mode: 0o711 })).toBe(0);
    expect(dumpable({ ...user, groups: [0] }, { ...plain, mode: 0o750 })).toBe(1);
  });

  it('fails with EACCES without the right to execute; CAP_DAC_OVERRIDE needs one execute bit', () => {
    const override = { ...user, effective: capSet(Capability.CAP_DAC_OVERRIDE) };
    const errno = (before: Credentials, mode: number) => execCredentials(before, { ...plain, mode }).errno;
    expect([errno(user, 0o700), errno(override, 0o700), errno(root, 0o644)]).toEqual([
      Errno.EACCES,
      Errno.OK,
      Errno.EACCES,
    ]);
    expect(execCredentials(user, { ...plain, owner: 1000, mode: 0o077 }).errno).toBe(Errno.EACCES);
  });
});
