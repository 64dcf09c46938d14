import { Authority, brokenAtCpl0, Leave, leaveRule } from './gate.ts';
import { Inv } from './invariants.ts';
import type { Machine } from './machine.ts';
import { Effect, pageOf } from './names.ts';
import { isVerified } from './frame.ts';
import { PageBit, isTrusted, pageFlags, spaceOf } from './page.ts';
import { policyOf } from './process.ts';
import { fillTranslation, translationAt } from './tlb.ts';
import { Status, cpl, demote, entered, entryPolicy, forged, rip, setThreadStatus, threadCore } from './thread.ts';

/** Ends a thread by a fault. At CPL 0 it is an oops of the kernel unless FAULTC makes it a signal (I21). */
export function kill(m: Machine, t: number, effect: Effect): false {
  m.effects.add(effect);
  setThreadStatus(m, t, Status.Dead);
  if (cpl(m, t) === 0 && !m.rules.mechanisms.FAULTC) m.violations.add(Inv.I21);
  return false;
}

/** Demotes a thread and says why. */
export function demoteFor(m: Machine, t: number, effect: Effect): void {
  m.effects.add(effect);
  demote(m, t);
}

/** This core's translation of the thread's page, filled when absent; 0 when the page cannot be executed. */
function translate(m: Machine, t: number, space: number, page: number): number {
  const core = threadCore(m, t);
  const at = translationAt(m, core, space, page);
  if ((m.bytes[at] & PageBit.Executable) === 0) {
    if ((pageFlags(m, space, page) & PageBit.Present) === 0) return 0;
    fillTranslation(m, core, space, page);
  }
  return (m.bytes[at] & PageBit.Executable) === 0 ? 0 : at;
}

/** SMEPT: CPL 3 cannot fetch trusted pages, CPL 0 by page authority cannot fetch others. False when the thread died. */
function supervisorGuard(m: Machine, t: number, trusted: boolean): boolean {
  if (cpl(m, t) === 3) return trusted ? kill(m, t, Effect.Kill) : true;
  if (entryPolicy(m, t) !== Authority.ByPage || trusted) return true;
  return kill(m, t, Effect.TrustFault);
}

/** The leave rule (A8) on the core's copy of the trust bit. False when the thread died. */
function leave(m: Machine, t: number, trusted: boolean): boolean {
  const decision = leaveRule(m.rules, entryPolicy(m, t) as Authority, cpl(m, t), trusted);
  if (decision === Leave.Fault) return kill(m, t, Effect.TrustFault);
  if (decision === Leave.Drop) demoteFor(m, t, Effect.Drop);
  return true;
}

/** I1, I2, I6, I8, I9 and I24 of a thread that goes on at CPL 0 with the translation at `at`. */
function checkFetch(m: Machine, t: number, space: number, at: number): void {
  const authority = entryPolicy(m, t) as Authority;
  const trusted = isTrusted(m, space, pageOf(rip(m, t)));
  m.violations.addAll(brokenAtCpl0(m.rules, policyOf(m, t) as Authority, authority, entered(m, t), trusted));
  if (authority !== Authority.ByPage) return;
  if (!isVerified(m, m.bytes[at + 1])) m.violations.add(Inv.I2);
  if (forged(m, t)) m.violations.add(Inv.I6);
}

/**
 * What happens before every instruction: translate, the supervisor guard (SMEPT), revocation (CAPX), the leave rule, and the invariants of
 * code at CPL 0. False when the thread died.
 */
export function fetch(m: Machine, t: number): boolean {
  const space = spaceOf(m, t);
  const at = translate(m, t, space, pageOf(rip(m, t)));
  if (at === 0) return kill(m, t, Effect.Kill);
  const trusted = (m.bytes[at] & PageBit.Trusted) !== 0;
  if (m.rules.mechanisms.SMEPT && !supervisorGuard(m, t, trusted)) return false;
  if (cpl(m, t) === 3) return true;
  if (m.rules.mechanisms.CAPX && policyOf(m, t) === Authority.None) demoteFor(m, t, Effect.Revoke);
  if (!leave(m, t, trusted)) return false;
  if (cpl(m, t) === 0) checkFetch(m, t, space, at);
  return true;
}
