import type { Rules } from './config.ts';
import { Errno } from './errno.ts';
import { Authority } from './gate.ts';

/** What the rule of A2 asks of the thread that wants to set or withdraw trust. */
export interface Publisher {
  readonly authority: number;
  readonly cpl: number;
  /** Whether it came to CPL 0 through the gate. */
  readonly entered: boolean;
  /** Trust of the page whose code runs. */
  readonly pageTrusted: boolean;
}

/** Who may set and withdraw trust (A2), given a policy other than None. */
const MAY_SET: Readonly<Record<Rules['variant']['setter'], (by: Publisher) => boolean>> = {
  any: () => true,
  kernel: () => true,
  page: ({ pageTrusted }) => pageTrusted,
  priv: ({ authority, cpl, entered, pageTrusted }) =>
    cpl === 0 && (authority === Authority.KernelMode || (entered && pageTrusted)),
};

/**
 * The error of setting KERNELTRUST on a page, or OK (S16 to S18, A2, A3). `present`: the page is mapped; `verified`: the verifier accepts its
 * bytes, asked under VPUB only. The bytes need no owner: under ALIAS they are copied, so that a writable mapping of the source does no harm.
 */
export function decidePublish(rules: Rules, by: Publisher, present: boolean, verified: boolean): Errno {
  if (!present) return Errno.ENOMEM;
  if (by.authority === Authority.None) return Errno.EPERM;
  if (rules.mechanisms.VPUB && !verified) return Errno.EINVAL;
  return MAY_SET[rules.variant.setter](by) ? Errno.OK : Errno.EACCES;
}

/**
 * The error of withdrawing trust from a page, or OK. `trusted`: the page is mapped and trusted; `referenced`: another thread of the address space
 * executes the page at CPL 0, is about to enter it or will return into it, asked under SHOOT only.
 */
export function decideUnpublish(rules: Rules, by: Publisher, trusted: boolean, referenced: boolean): Errno {
  if (!trusted) return Errno.EINVAL;
  if (by.authority === Authority.None) return Errno.EPERM;
  if (!MAY_SET[rules.variant.setter](by)) return Errno.EACCES;
  return rules.mechanisms.SHOOT && referenced ? Errno.EBUSY : Errno.OK;
}

/** Whether SEAL forbids any change of the mapping of a page: unmapping, moving, emptying, replacing, changing its rights. */
export function isSealed(rules: Rules, trusted: boolean): boolean {
  return rules.mechanisms.SEAL && trusted;
}

/** The error of making a mapped page writable or read-only, or OK (A11). `kernelOwned`: its frame is one that ALIAS gave to published code. */
export function decideProtect(rules: Rules, trusted: boolean, kernelOwned: boolean, writable: boolean): Errno {
  if (isSealed(rules, trusted)) return Errno.EPERM;
  if (!writable) return Errno.OK;
  if (trusted && rules.variant.ro === 'sticky') return Errno.EACCES;
  return rules.mechanisms.ALIAS && kernelOwned ? Errno.EACCES : Errno.OK;
}
