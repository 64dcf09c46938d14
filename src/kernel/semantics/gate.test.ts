import { describe, expect, test } from 'vitest';
import { makeRules } from './config.ts';
import { Errno, errnoName } from './errno.ts';
import { Attribute, Authority, Leave, attributeHonoured, attributeOf, authorityOf, calleeCpl } from './gate.ts';
import { decideSyskerneljump, decideSyskernelmode, leaveRule } from './gate.ts';

const L0 = makeRules('L0');
const L1 = makeRules('L1');
const H = makeRules('H');
const { None, KernelMode, ByPage } = Authority;
const { AlwaysKernelMode, AlwaysUserMode, UseCallersMode } = Attribute;

describe('authority', () => {
  test('holding both capabilities is KernelMode in L1 and ByPage in H (A6)', () => {
    expect([L0, L1, H].map((rules) => authorityOf(true, true, rules))).toEqual([KernelMode, KernelMode, ByPage]);
    expect([L0, L1, H].map((rules) => authorityOf(false, false, rules))).toEqual([None, None, None]);
  });
});

describe('syskernelmode', () => {
  test('refuses in the order EPERM, EINVAL, EACCES (S9, A4, S19)', () => {
    expect(errnoName(decideSyskernelmode(L1, None, 2, false, 3, false))).toBe('EPERM');
    expect(errnoName(decideSyskernelmode(L1, ByPage, 2, false, 3, false))).toBe('EINVAL');
    expect(errnoName(decideSyskernelmode(L1, ByPage, 1, false, 3, false))).toBe('EACCES');
  });

  test('honours a trusted page in L0 at CPL 3 and in L1 only after entry by the gate (S25, A7)', () => {
    expect(decideSyskernelmode(L0, ByPage, 1, true, 3, false)).toBe(Errno.OK);
    expect(decideSyskernelmode(L1, ByPage, 1, true, 3, false)).toBe(Errno.EACCES);
    expect(decideSyskernelmode(L1, ByPage, 1, true, 0, true)).toBe(Errno.OK);
    expect(decideSyskernelmode(makeRules('L1', { skm: 'page' }), ByPage, 1, true, 3, false)).toBe(Errno.OK);
  });

  test('leaving needs the capability in L1 and never fails in H (A5)', () => {
    expect(decideSyskernelmode(L1, None, 0, false, 0, false)).toBe(Errno.EPERM);
    expect(decideSyskernelmode(H, None, 0, false, 0, false)).toBe(Errno.OK);
    expect(decideSyskernelmode(H, None, 1, false, 0, false)).toBe(Errno.EPERM);
  });

  test('with A29 eperm every refusal reads EPERM', () => {
    const one = makeRules('L1', { errnos: 'eperm' });
    expect(decideSyskernelmode(one, ByPage, 1, false, 3, false)).toBe(Errno.EPERM);
    expect(decideSyskerneljump(one, ByPage, false, false, false, false)).toBe(Errno.EPERM);
  });
});

describe('syskerneljump', () => {
  test('refuses in the order ENOSYS, EPERM, EFAULT, EACCES, EINVAL (S23, S24)', () => {
    expect(errnoName(decideSyskerneljump(L0, ByPage, true, true, true, true))).toBe('ENOSYS');
    expect(errnoName(decideSyskerneljump(L1, None, false, false, false, false))).toBe('EPERM');
    expect(errnoName(decideSyskerneljump(L1, ByPage, true, false, false, false))).toBe('EFAULT');
    expect(errnoName(decideSyskerneljump(L1, ByPage, true, true, false, false))).toBe('EACCES');
    expect(errnoName(decideSyskerneljump(L1, ByPage, true, true, true, false))).toBe('EINVAL');
    expect(errnoName(decideSyskerneljump(L1, ByPage, true, true, true, true, false, false, 9))).toBe('OK');
  });

  test('the hardened gate then refuses ESTALE, EFAULT, EAGAIN at depth 4', () => {
    expect(errnoName(decideSyskerneljump(H, ByPage, true, true, true, true, false, false, 4))).toBe('ESTALE');
    expect(errnoName(decideSyskerneljump(H, ByPage, true, true, true, true, true, false, 4))).toBe('EFAULT');
    expect(errnoName(decideSyskerneljump(H, ByPage, true, true, true, true, true, true, 4))).toBe('EAGAIN');
    expect(errnoName(decideSyskerneljump(H, ByPage, true, true, true, true, true, true, 3))).toBe('OK');
  });
});

describe('leave rule', () => {
  test('acts only on ByPage at CPL 0 in an untrusted page; drops by default, faults under SMEPT (A8)', () => {
    expect(leaveRule(L1, ByPage, 0, false)).toBe(Leave.Drop);
    expect(leaveRule(H, ByPage, 0, false)).toBe(Leave.Fault);
    expect(leaveRule(makeRules('L1', { leave: 'stay' }), ByPage, 0, false)).toBe(Leave.Stay);
    expect(leaveRule(L1, ByPage, 0, true)).toBe(Leave.Stay);
    expect(leaveRule(L1, KernelMode, 0, false)).toBe(Leave.Stay);
    expect(leaveRule(L1, ByPage, 3, false)).toBe(Leave.Stay);
  });
});

describe('attribute matrix', () => {
  test.each([
    [None, true, AlwaysKernelMode, 3, 3],
    [KernelMode, false, AlwaysKernelMode, 3, 0],
    [KernelMode, false, AlwaysUserMode, 0, 3],
    [KernelMode, false, UseCallersMode, 0, 0],
    [KernelMode, false, UseCallersMode, 3, 3],
    [ByPage, true, AlwaysKernelMode, 3, 0],
    [ByPage, true, AlwaysUserMode, 0, 3],
    [ByPage, true, UseCallersMode, 0, 0],
    [ByPage, false, AlwaysKernelMode, 0, 3],
    [ByPage, false, UseCallersMode, 0, 3],
  ] as const)(
    'authority %i, verified %s, attribute %i, caller %i: callee %i',
    (authority, verified, attribute, caller, callee) => {
      expect(calleeCpl(authority, verified, attribute, caller)).toBe(callee);
    },
  );

  test('attributes count for verified code under ByPage and for all under KernelMode (S30, S31); none is A15', () => {
    expect(attributeHonoured(ByPage, false)).toBe(false);
    expect(attributeHonoured(KernelMode, false)).toBe(true);
    expect(attributeOf(L1, Attribute.None)).toBe(UseCallersMode);
    expect(attributeOf(makeRules('L1', { bare: 'AlwaysUserMode' }), Attribute.None)).toBe(AlwaysUserMode);
  });
});
