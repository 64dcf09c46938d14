import type { Rules } from './config.ts';
import { Authority } from './gate.ts';

/** By what a sigreturn decides the mode: CPL 3 by itself, what the frame in user memory says, or what the kernel recorded. */
export const Resume = { User: 0, Frame: 1, Record: 2 } as const;
/** How a thread goes on after a signal. */
export type Resume = (typeof Resume)[keyof typeof Resume];

/** What was true of the thread when the signal came: it ran at CPL 0; a fault of its own was the cause. */
export interface SignalRecord {
  readonly atCpl0: boolean;
  readonly isFault: boolean;
}

/** CPL at which the handler of a signal runs that interrupts code at `cpl` (A18). */
export function handlerCpl(rules: Rules, cpl: 0 | 3): 0 | 3 {
  return rules.variant.sig === 'sameMode' ? cpl : 3;
}

/** Whether a fault of user code at `cpl` becomes a signal of its process; else it is an oops (A17, FAULTC). */
export function faultIsSignal(rules: Rules, cpl: 0 | 3): boolean {
  return cpl === 3 || rules.mechanisms.FAULTC;
}

/**
 * What a sigreturn goes by. `asksCpl0`: the frame in user memory does; `isUntouched`: it leads where the signal came; `isPad`: it leads to a landing
 * pad that the process registered. Under SIGREC the kernel's record vouches for CPL 0 while the process has authority, at the address where
 * the signal came, or after a fault at a landing pad; otherwise A18 decides.
 */
export function decideSigreturn(
  rules: Rules,
  authority: number,
  record: SignalRecord,
  asksCpl0: boolean,
  isUntouched: boolean,
  isPad: boolean,
): Resume {
  if (!rules.mechanisms.SIGREC) return rules.variant.sig === 'restore' && asksCpl0 ? Resume.Frame : Resume.User;
  if (!record.atCpl0 || authority === Authority.None) return Resume.User;
  return isUntouched || (record.isFault && isPad) ? Resume.Record : Resume.User;
}
