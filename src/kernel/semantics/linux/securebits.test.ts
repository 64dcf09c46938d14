import { describe, expect, it } from 'vitest';
import { ALL_SECUREBITS, ALL_SECUREBIT_LOCKS, Securebit, maySetSecurebits, withSecurebit } from './securebits.ts';

const { NOROOT, KEEP_CAPS, EXEC_RESTRICT_FILE, EXEC_DENY_INTERACTIVE } = Securebit;
const NOROOT_LOCKED = NOROOT << 1;

describe('securebits', () => {
  it('are six switches and six locks in the low 12 bits', () => {
    expect(ALL_SECUREBITS).toBe(0b0101_0101_0101);
    expect(ALL_SECUREBIT_LOCKS).toBe(0b1010_1010_1010);
  });

  it('change with CAP_SETPCAP only, except the two exec bits and their locks', () => {
    expect(maySetSecurebits(0, NOROOT, true)).toBe(true);
    expect(maySetSecurebits(0, NOROOT, false)).toBe(false);
    for (const bit of [
      EXEC_RESTRICT_FILE,
      EXEC_DENY_INTERACTIVE,
      EXEC_RESTRICT_FILE << 1,
      EXEC_DENY_INTERACTIVE << 1,
    ]) {
      expect(maySetSecurebits(0, bit, false)).toBe(true);
    }
    expect(maySetSecurebits(0, EXEC_RESTRICT_FILE | KEEP_CAPS, false)).toBe(false);
  });

  it('set to what they are succeed with CAP_SETPCAP and are refused without', () => {
    expect(maySetSecurebits(NOROOT, NOROOT, true)).toBe(true);
    expect(maySetSecurebits(NOROOT, NOROOT, false)).toBe(false);
  });

  it('keep a locked switch and the lock itself, even for CAP_SETPCAP', () => {
    const locked = NOROOT | NOROOT_LOCKED;
    expect(maySetSecurebits(locked, NOROOT_LOCKED, true)).toBe(false);
    expect(maySetSecurebits(locked, NOROOT, true)).toBe(false);
    expect(maySetSecurebits(locked, locked | KEEP_CAPS, true)).toBe(true);
    expect(maySetSecurebits(NOROOT_LOCKED, locked, true)).toBe(false);
  });

  it('refuse a 13th bit, negative numbers and numbers beyond 32 bits', () => {
    for (const bits of [1 << 12, -1, 2 ** 32]) expect(maySetSecurebits(0, bits, true)).toBe(false);
  });

  it('switch one bit at a time', () => {
    expect(withSecurebit(NOROOT, KEEP_CAPS, true)).toBe(NOROOT | KEEP_CAPS);
    expect(withSecurebit(NOROOT | KEEP_CAPS, KEEP_CAPS, false)).toBe(NOROOT);
  });
});
