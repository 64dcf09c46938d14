import { Errno } from '../errno.ts';
import { Capability, isCapability } from './capability.ts';
import { NO_CAPABILITIES, capSet, combine, has, intersect, without } from './capset.ts';
import { holds } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import { answer, refuse, succeed } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { Securebit, isLocked, isSecure, maySetSecurebits, withSecurebit } from './securebits.ts';

/** PR_CAPBSET_DROP: X' = X - {capability}. EPERM without CAP_SETPCAP, then EINVAL for an unknown capability. */
export function dropBounding(before: Credentials, capability: number): Outcome {
  if (!holds(before, Capability.CAP_SETPCAP)) return refuse(before, Errno.EPERM);
  if (!isCapability(capability)) return refuse(before, Errno.EINVAL);
  return succeed(before, { ...before, bounding: without(before.bounding, capSet(capability)) });
}

/** PR_CAP_AMBIENT_RAISE: pA' = pA + {capability}. EINVAL unknown; EPERM unless permitted, inheritable and not switched off. */
export function raiseAmbient(before: Credentials, capability: number): Outcome {
  if (!isCapability(capability)) return refuse(before, Errno.EINVAL);
  const eligible = has(intersect(before.permitted, before.inheritable), capability);
  if (!eligible || isSecure(before.securebits, Securebit.NO_CAP_AMBIENT_RAISE)) return refuse(before, Errno.EPERM);
  return succeed(before, { ...before, ambient: combine(before.ambient, capSet(capability)) });
}

/** PR_CAP_AMBIENT_LOWER: pA' = pA - {capability}. EINVAL unknown. */
export function lowerAmbient(before: Credentials, capability: number): Outcome {
  if (!isCapability(capability)) return refuse(before, Errno.EINVAL);
  return succeed(before, { ...before, ambient: without(before.ambient, capSet(capability)) });
}

/** PR_CAP_AMBIENT_IS_SET: returns 1 or 0. EINVAL unknown. */
export function isAmbient(before: Credentials, capability: number): Outcome {
  if (!isCapability(capability)) return refuse(before, Errno.EINVAL);
  return answer(before, has(before.ambient, capability) ? 1 : 0);
}

/** PR_CAP_AMBIENT_CLEAR_ALL: pA' = 0. */
export function clearAmbient(before: Credentials): Outcome {
  return succeed(before, { ...before, ambient: NO_CAPABILITIES });
}

/** PR_SET_SECUREBITS. EPERM where `maySetSecurebits` says no. */
export function setSecurebits(before: Credentials, securebits: number): Outcome {
  const allowed = maySetSecurebits(before.securebits, securebits, holds(before, Capability.CAP_SETPCAP));
  return allowed ? succeed(before, { ...before, securebits }) : refuse(before, Errno.EPERM);
}

/** PR_SET_KEEPCAPS: flag 0 or 1 (EINVAL otherwise); EPERM when the switch is locked. Needs no capability. */
export function setKeepCaps(before: Credentials, flag: number): Outcome {
  if (flag !== 0 && flag !== 1) return refuse(before, Errno.EINVAL);
  if (isLocked(before.securebits, Securebit.KEEP_CAPS)) return refuse(before, Errno.EPERM);
  return succeed(before, { ...before, securebits: withSecurebit(before.securebits, Securebit.KEEP_CAPS, flag === 1) });
}

/** PR_SET_NO_NEW_PRIVS: flag must be 1 (EINVAL otherwise); never undone. */
export function setNoNewPrivileges(before: Credentials, flag: number): Outcome {
  return flag === 1 ? succeed(before, { ...before, noNewPrivileges: true }) : refuse(before, Errno.EINVAL);
}
