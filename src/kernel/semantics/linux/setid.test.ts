import { describe, expect, it } from 'vitest';
import { Errno } from '../errno.ts';
import { Capability } from './capability.ts';
import { ALL_CAPABILITIES, FILESYSTEM_CAPABILITIES, NO_CAPABILITIES, capSet, without } from './capset.ts';
import { equalIds, initialCredentials } from './credentials.ts';
import type { Credentials, Ids } from './credentials.ts';
import { changeIds } from './idcalls.ts';
import type { IdCallName } from './idcalls.ts';
import { Securebit } from './securebits.ts';

const root = initialCredentials();
const user: Credentials = { ...root, user: equalIds(1000), permitted: NO_CAPABILITIES, effective: NO_CAPABILITIES };
const setuidProgram: Credentials = { ...user, user: { real: 1000, effective: 1001, saved: 1001, filesystem: 1001 } };

function userIds(before: Credentials, name: IdCallName, ...wanted: number[]): Ids {
  return changeIds(before, name, wanted).credentials.user;
}

describe('the set*id family', () => {
  it('setuid sets all four ids of a privileged process, two of another', () => {
    expect(userIds(root, 'setuid', 1000)).toEqual(equalIds(1000));
    expect(userIds(setuidProgram, 'setuid', 1000)).toEqual({
      real: 1000,
      effective: 1000,
      saved: 1001,
      filesystem: 1000,
    });
  });

  it('setuid refuses a user another id with EPERM, and -1 for anyone with EINVAL', () => {
    const refused = changeIds(user, 'setuid', [0]);
    expect([refused.errno, refused.value]).toEqual([Errno.EPERM, -1]);
    expect(refused.credentials).toBe(user);
    expect(changeIds(root, 'setuid', [-1]).errno).toBe(Errno.EINVAL);
    expect(changeIds(root, 'seteuid', [-1]).errno).toBe(Errno.EINVAL);
  });

  it('setreuid swaps real and effective, and the saved id follows', () => {
    expect(userIds(setuidProgram, 'setreuid', 1001, 1000)).toEqual({
      real: 1001,
      effective: 1000,
      saved: 1000,
      filesystem: 1000,
    });
    expect(userIds(setuidProgram, 'setreuid', -1, 1000)).toEqual({
      real: 1000,
      effective: 1000,
      saved: 1001,
      filesystem: 1000,
    });
  });

  it('setresuid with nothing new leaves a changed filesystem id, with anything new resets it', () => {
    const other = changeIds(root, 'setfsuid', [1000]).credentials;
    expect(userIds(other, 'setresuid', -1, -1, 0)).toEqual({ ...equalIds(0), filesystem: 1000 });
    expect(userIds(other, 'setresuid', -1, 0, -1)).toEqual(equalIds(0));
  });

  it('setfsuid returns the old id and never fails', () => {
    const changed = changeIds(root, 'setfsuid', [1000]);
    expect([changed.value, changed.errno, changed.credentials.user.filesystem]).toEqual([0, Errno.OK, 1000]);
    const refused = changeIds(user, 'setfsuid', [0]);
    expect([refused.value, refused.errno, refused.credentials.user.filesystem]).toEqual([1000, Errno.OK, 1000]);
  });

  it('group calls follow CAP_SETGID and leave the five sets alone', () => {
    const withoutSetgid = { ...root, effective: without(root.effective, capSet(Capability.CAP_SETGID)) };
    expect(changeIds(withoutSetgid, 'setgid', [1000]).errno).toBe(Errno.EPERM);
    const { credentials } = changeIds(root, 'setregid', [1000, 1000]);
    expect(credentials).toEqual({ ...root, group: equalIds(1000), dumpable: 0 });
  });
});

describe('capabilities when user ids change', () => {
  it('leaving root drops permitted, effective and ambient; KEEP_CAPS saves permitted', () => {
    const left = changeIds(root, 'setuid', [1000]).credentials;
    expect([left.permitted, left.effective]).toEqual([NO_CAPABILITIES, NO_CAPABILITIES]);
    const ambient = { ...root, inheritable: capSet(41), ambient: capSet(41), securebits: Securebit.KEEP_CAPS };
    const kept = changeIds(ambient, 'setuid', [1000]).credentials;
    expect([kept.permitted, kept.effective, kept.ambient]).toEqual([
      ALL_CAPABILITIES,
      NO_CAPABILITIES,
      NO_CAPABILITIES,
    ]);
  });

  it('the effective id alone turns effective off and on', () => {
    const off = changeIds(root, 'seteuid', [1000]).credentials;
    expect([off.permitted, off.effective]).toEqual([ALL_CAPABILITIES, NO_CAPABILITIES]);
    expect(changeIds(off, 'seteuid', [0]).credentials.effective).toBe(ALL_CAPABILITIES);
  });

  it('the filesystem id turns the 8 filesystem capabilities off and on', () => {
    const off = changeIds(root, 'setfsuid', [1000]).credentials;
    expect(off.effective).toBe(without(ALL_CAPABILITIES, FILESYSTEM_CAPABILITIES));
    expect(changeIds(off, 'setfsuid', [0]).credentials.effective).toBe(ALL_CAPABILITIES);
  });

  it('nothing follows under NO_SETUID_FIXUP', () => {
    const before = { ...root, securebits: Securebit.NO_SETUID_FIXUP };
    expect(changeIds(before, 'setuid', [1000]).credentials.effective).toBe(ALL_CAPABILITIES);
    expect(changeIds(before, 'setfsuid', [1000]).credentials.effective).toBe(ALL_CAPABILITIES);
  });
});
