import { Errno } from './errno.ts';
import type { Rules } from './config.ts';
import { Inv } from './invariants.ts';

/** How far a thread's capabilities reach (S6, S20): nowhere, any code, or code in trusted pages. */
export const Authority = { None: 0, KernelMode: 1, ByPage: 2 } as const;
/** Number of an authority. */
export type Authority = (typeof Authority)[keyof typeof Authority];

/** What a fetch does to a thread at CPL 0: go on, demote to CPL 3, or kill (A8). */
export const Leave = { Stay: 0, Drop: 1, Fault: 2 } as const;
/** Number of an outcome of the leave rule. */
export type Leave = (typeof Leave)[keyof typeof Leave];

/** Attribute of a function (S26). `None` is a function without one (A15). */
export const Attribute = { None: 0, AlwaysKernelMode: 1, AlwaysUserMode: 2, UseCallersMode: 3 } as const;
/** Number of an attribute. */
export type Attribute = (typeof Attribute)[keyof typeof Attribute];

/** Most kernel-held entry frames of a thread under KFRAME; one more is EAGAIN. */
export const MAX_ENTRY_DEPTH = 4;

/** Authority of the effective capabilities CAP_KERNELMODE and CAP_KRNLMODEBYPAGE; holding both is A6, and CAPX lets the page restrict. */
export function authorityOf(holdsKernelMode: boolean, holdsByPage: boolean, rules: Rules): Authority {
  if (!holdsKernelMode) return holdsByPage ? Authority.ByPage : Authority.None;
  if (!holdsByPage) return Authority.KernelMode;
  const restricted = rules.mechanisms.CAPX || rules.variant.both === 'Brestricts';
  return restricted ? Authority.ByPage : Authority.KernelMode;
}

/** The error that a refusal of `syskernelmode` or `syskerneljump` shows (A29). */
function refusal(rules: Rules, errno: Errno): Errno {
  return rules.variant.errnos === 'eperm' ? Errno.EPERM : errno;
}

/** Whether the holder of ByPage authority may run `syskernelmode(1)` from where it stands (S19, S25, A7, A16). */
function mayEnterByPage(rules: Rules, pageTrusted: boolean, cpl: number, entered: boolean): boolean {
  if (!pageTrusted) return false;
  if (!rules.gated || rules.variant.skm === 'page') return true;
  return entered && (cpl === 0 || rules.variant.entSticky);
}

/**
 * `syskernelmode(flag)`: the error, or OK when it is honoured (then CPL 0 for flag 1, CPL 3 for flag 0). `pageTrusted`: trust of the
 * caller's page; `entered`: the thread came to CPL 0 through the gate (S7 to S9, S19, S25).
 */
export function decideSyskernelmode(
  rules: Rules,
  authority: Authority,
  flag: number,
  pageTrusted: boolean,
  cpl: number,
  entered: boolean,
): Errno {
  const offIsFree = rules.mechanisms.CAPX || !rules.variant.offCap;
  if (authority === Authority.None && !(flag === 0 && offIsFree)) return Errno.EPERM;
  if (flag === 0) return Errno.OK;
  if (flag !== 1 && rules.variant.flag === 'einval') return refusal(rules, Errno.EINVAL);
  if (authority === Authority.KernelMode) return Errno.OK;
  return mayEnterByPage(rules, pageTrusted, cpl, entered) ? Errno.OK : refusal(rules, Errno.EACCES);
}

/** The checks that only mechanisms add to the gate: stale entry (GENENT), bad argument (ARGV), depth (KFRAME), and A14. */
function refuseHardened(rules: Rules, trueEntry: boolean, argumentValid: boolean, depth: number, cpl: number): Errno {
  if (rules.mechanisms.GENENT && !trueEntry) return Errno.ESTALE;
  if (rules.mechanisms.ARGV && !argumentValid) return Errno.EFAULT;
  if (rules.mechanisms.KFRAME && depth >= MAX_ENTRY_DEPTH) return Errno.EAGAIN;
  return rules.variant.nest === 'busy' && cpl === 0 ? Errno.EBUSY : Errno.OK;
}

/**
 * `syskerneljump(address)`: the error, or OK when the thread may enter at the address (S23, S24). `mapped`, `executable`, `trusted` and
 * `declared` describe the target. The last four matter under mechanisms (and the CPL for A14): the target is a true entry of the current
 * bytes, the argument is no kernel pointer, kernel-held frames of the thread, its CPL.
 */
export function decideSyskerneljump(
  rules: Rules,
  authority: Authority,
  mapped: boolean,
  executable: boolean,
  trusted: boolean,
  declared: boolean,
  trueEntry = true,
  argumentValid = true,
  depth = 0,
  cpl = 3,
): Errno {
  if (!rules.gated) return Errno.ENOSYS;
  if (authority === Authority.None) return Errno.EPERM;
  if (!mapped || !executable) return refusal(rules, Errno.EFAULT);
  if (!trusted) return refusal(rules, Errno.EACCES);
  if (!declared) return refusal(rules, Errno.EINVAL);
  return refuseHardened(rules, trueEntry, argumentValid, depth, cpl);
}

/**
 * The leave rule (A8): what a fetch does to a thread that entered with `entryAuthority` and now reads code of a page with the given
 * trust. Only CPL 0 under ByPage in an untrusted page is subject to it. SMEPT makes the fetch itself fault.
 */
export function leaveRule(rules: Rules, entryAuthority: Authority, cpl: number, pageTrusted: boolean): Leave {
  if (cpl !== 0 || entryAuthority !== Authority.ByPage || pageTrusted) return Leave.Stay;
  if (rules.mechanisms.SMEPT || rules.variant.leave === 'fault') return Leave.Fault;
  return rules.variant.leave === 'drop' ? Leave.Drop : Leave.Stay;
}

/** Whether a function's attribute counts: everywhere under KernelMode (S31), for verified code only under ByPage (S30). */
export function attributeHonoured(authority: Authority, verified: boolean): boolean {
  return authority === Authority.KernelMode || (authority === Authority.ByPage && verified);
}

/** The attribute that a function without one has (A15). */
export function attributeOf(rules: Rules, attribute: Attribute): Attribute {
  if (attribute !== Attribute.None) return attribute;
  return rules.variant.bare === 'AlwaysUserMode' ? Attribute.AlwaysUserMode : Attribute.UseCallersMode;
}

/**
 * CPL that a callee's body must run in (S27 to S31). Without authority nothing ever switches; native code under ByPage ignores attributes
 * and its page lies outside the trusted ones, so it runs at CPL 3.
 */
export function calleeCpl(authority: Authority, verified: boolean, attribute: Attribute, callerCpl: number): 0 | 3 {
  if (!attributeHonoured(authority, verified) || attribute === Attribute.AlwaysUserMode) return 3;
  if (attribute === Attribute.AlwaysKernelMode) return 0;
  return callerCpl === 0 ? 0 : 3;
}

/**
 * Invariants that a thread breaks which goes on at CPL 0, as bits by number (`1 << Inv.I1`): I1 in a page that is not trusted, I8 without
 * authority now, I9 by page authority without the gate, I24 when it never had authority.
 */
export function brokenAtCpl0(
  rules: Rules,
  authority: Authority,
  entryAuthority: Authority,
  entered: boolean,
  pageTrusted: boolean,
): number {
  const byPage = entryAuthority === Authority.ByPage;
  const untrusted = byPage && !pageTrusted ? 1 << Inv.I1 : 0;
  const lost = authority === Authority.None ? 1 << Inv.I8 : 0;
  const ungated = rules.gated && byPage && !entered ? 1 << Inv.I9 : 0;
  return untrusted | lost | ungated | (entryAuthority === Authority.None ? 1 << Inv.I24 : 0);
}
