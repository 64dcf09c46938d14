/**
 * Securebits of a process: each switches a privilege of user id 0 off (or is an agreement with interpreters, the exec bits of Linux 6.14),
 * and each has a lock one bit higher. Source: include/uapi/linux/securebits.h.
 */
export const Securebit = {
  NOROOT: 1 << 0,
  NO_SETUID_FIXUP: 1 << 2,
  KEEP_CAPS: 1 << 4,
  NO_CAP_AMBIENT_RAISE: 1 << 6,
  EXEC_RESTRICT_FILE: 1 << 8,
  EXEC_DENY_INTERACTIVE: 1 << 10,
} as const;
/** A bit of the securebits. */
export type Securebit = (typeof Securebit)[keyof typeof Securebit];

/** All switches (SECURE_ALL_BITS) and all locks (SECURE_ALL_LOCKS). */
export const ALL_SECUREBITS: number = Object.values(Securebit).reduce<number>((mask, bit) => mask | bit, 0);
/** The locks of all securebits: each lies above its bit. */
export const ALL_SECUREBIT_LOCKS: number = ALL_SECUREBITS << 1;

/** Switches and locks that bind user space only, so anyone may change them (SECURE_ALL_UNPRIVILEGED and their locks). */
const UNPRIVILEGED_SWITCHES: number = Securebit.EXEC_RESTRICT_FILE | Securebit.EXEC_DENY_INTERACTIVE;
const UNPRIVILEGED: number = UNPRIVILEGED_SWITCHES | (UNPRIVILEGED_SWITCHES << 1);

/** Whether a switch is on. */
export function isSecure(securebits: number, bit: Securebit): boolean {
  return (securebits & bit) !== 0;
}

/** Whether a switch can no longer be changed. */
export function isLocked(securebits: number, bit: Securebit): boolean {
  return (securebits & (bit << 1)) !== 0;
}

/** The securebits with one switch on or off; whether it may be changed is the caller's question. */
export function withSecurebit(securebits: number, bit: Securebit, on: boolean): number {
  return on ? securebits | bit : securebits & ~bit;
}

/** Whether `wanted` names only known bits, leaves locked switches alone and keeps every lock. */
function respectsLocks(current: number, wanted: number): boolean {
  const known = wanted >= 0 && wanted <= (ALL_SECUREBITS | ALL_SECUREBIT_LOCKS);
  const locks = current & ALL_SECUREBIT_LOCKS;
  return known && ((locks >> 1) & (current ^ wanted)) === 0 && (locks & ~wanted) === 0;
}

/**
 * Whether prctl(PR_SET_SECUREBITS) may replace `current` by `wanted`; `privileged` means CAP_SETPCAP is effective. Without it a change of the
 * exec bits alone is allowed, and setting the same value again is refused (kept by Linux for compatibility).
 */
export function maySetSecurebits(current: number, wanted: number, privileged: boolean): boolean {
  if (!respectsLocks(current, wanted)) return false;
  const changed = current ^ wanted;
  return privileged || (changed !== 0 && (changed & ~UNPRIVILEGED) === 0);
}
