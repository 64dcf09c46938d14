import { describe, expect, it } from 'vitest';
import { Errno } from '../errno.ts';
import { CAP_KERNELMODE, CAP_KRNLMODEBYPAGE, Capability } from './capability.ts';
import { ALL_CAPABILITIES, NO_CAPABILITIES, capSet, has, without } from './capset.ts';
import { capset } from './capsetcall.ts';
import { initialCredentials } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import {
  dropBounding,
  isAmbient,
  lowerAmbient,
  raiseAmbient,
  setKeepCaps,
  setNoNewPrivileges,
  setSecurebits,
} from './prctl.ts';
import { Securebit } from './securebits.ts';

const root = initialCredentials();
const KERNELMODE = capSet(CAP_KERNELMODE);
const inheriting: Credentials = { ...root, inheritable: KERNELMODE };
const withoutSetpcap: Credentials = { ...root, effective: without(root.effective, capSet(Capability.CAP_SETPCAP)) };

describe('prctl on capabilities', () => {
  it('drops CAP_KERNELMODE from the bounding set, and nothing else', () => {
    expect(dropBounding(root, CAP_KERNELMODE).credentials).toEqual({
      ...root,
      bounding: without(ALL_CAPABILITIES, KERNELMODE),
    });
  });

  it('asks for CAP_SETPCAP before it looks at the number: EPERM, then EINVAL', () => {
    expect(dropBounding(withoutSetpcap, 43).errno).toBe(Errno.EPERM);
    expect(dropBounding(root, 43).errno).toBe(Errno.EINVAL);
  });

  it('raises ambient only what is permitted and inheritable, and not under NO_CAP_AMBIENT_RAISE', () => {
    expect(raiseAmbient(inheriting, CAP_KERNELMODE).credentials.ambient).toBe(KERNELMODE);
    expect(raiseAmbient(inheriting, CAP_KRNLMODEBYPAGE).errno).toBe(Errno.EPERM);
    expect(raiseAmbient({ ...inheriting, permitted: NO_CAPABILITIES }, CAP_KERNELMODE).errno).toBe(Errno.EPERM);
    const switchedOff = { ...inheriting, securebits: Securebit.NO_CAP_AMBIENT_RAISE };
    expect(raiseAmbient(switchedOff, CAP_KERNELMODE).errno).toBe(Errno.EPERM);
    expect(raiseAmbient(inheriting, 43).errno).toBe(Errno.EINVAL);
  });

  it('tells whether a capability is ambient by 1 and 0, and lowers it', () => {
    const raised = raiseAmbient(inheriting, CAP_KERNELMODE).credentials;
    expect([isAmbient(raised, CAP_KERNELMODE).value, isAmbient(raised, CAP_KRNLMODEBYPAGE).value]).toEqual([1, 0]);
    expect(lowerAmbient(raised, CAP_KERNELMODE).credentials.ambient).toBe(NO_CAPABILITIES);
    expect([isAmbient(raised, 43).errno, lowerAmbient(raised, -1).errno]).toEqual([Errno.EINVAL, Errno.EINVAL]);
  });

  it('keeps capabilities on flag 1 without any capability, unless locked', () => {
    expect(setKeepCaps(withoutSetpcap, 1).credentials.securebits).toBe(Securebit.KEEP_CAPS);
    expect(setKeepCaps(root, 2).errno).toBe(Errno.EINVAL);
    const locked = setSecurebits(root, Securebit.KEEP_CAPS << 1).credentials;
    expect([setKeepCaps(locked, 1).errno, setKeepCaps(locked, 2).errno]).toEqual([Errno.EPERM, Errno.EINVAL]);
  });

  it('sets no_new_privs by flag 1 only', () => {
    expect(setNoNewPrivileges(root, 1).credentials.noNewPrivileges).toBe(true);
    expect(setNoNewPrivileges(root, 0).errno).toBe(Errno.EINVAL);
  });
});

describe('capset', () => {
  const sets = { effective: KERNELMODE, permitted: KERNELMODE, inheritable: KERNELMODE };

  it('replaces three sets and trims ambient to what stays permitted and inheritable', () => {
    const before = { ...root, inheritable: capSet(5, CAP_KERNELMODE), ambient: capSet(5, CAP_KERNELMODE) };
    expect(capset(before, sets).credentials).toEqual({ ...root, ...sets, ambient: KERNELMODE });
  });

  it('needs pP prime within pP, pE prime within pP prime, and pI prime within pI and the bounding set', () => {
    const before = { ...root, permitted: without(ALL_CAPABILITIES, KERNELMODE) };
    expect(capset(before, sets).errno).toBe(Errno.EPERM);
    expect(capset(root, { ...sets, permitted: NO_CAPABILITIES }).errno).toBe(Errno.EPERM);
    expect(capset({ ...root, bounding: NO_CAPABILITIES }, sets).errno).toBe(Errno.EPERM);
  });

  it('makes inheritable what is not permitted only with CAP_SETPCAP', () => {
    const wanted = { ...sets, effective: NO_CAPABILITIES, permitted: NO_CAPABILITIES };
    const poor = { ...root, permitted: capSet(Capability.CAP_SETPCAP), effective: capSet(Capability.CAP_SETPCAP) };
    expect(capset(poor, wanted).errno).toBe(Errno.OK);
    expect(capset({ ...poor, effective: NO_CAPABILITIES }, wanted).errno).toBe(Errno.EPERM);
  });

  it('drops bits that name no capability', () => {
    const { credentials, errno } = capset(root, { ...sets, permitted: capSet(CAP_KERNELMODE, 43, 63) });
    expect([errno, has(credentials.permitted, 43), credentials.permitted]).toEqual([Errno.OK, false, KERNELMODE]);
  });
});
