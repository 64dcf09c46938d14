import { Authority } from '../gate.ts';
import { Inv } from '../invariants.ts';
import type { Machine } from '../machine.ts';
import { ADDRESS_A_X, ADDRESS_B_E, Effect, Result } from '../names.ts';
import type { Operation } from '../operation.ts';
import { SpaceBit, spaceHas, spaceOf } from '../page.ts';
import { policyOf } from '../process.ts';
import { fetch, kill } from '../fetch.ts';
import { decideSigreturn, faultIsSignal, handlerCpl, Resume } from '../signal.ts';
import { isForgedTarget } from '../transfer.ts';
import { Signal, dropSignal, pushSignal, recordedMode, signalAt, signalCount } from '../stacks.ts';
import {
  ModeBit,
  ThreadMark,
  cpl,
  demote,
  markThread,
  modeByte,
  privilege,
  rip,
  setForged,
  setModeByte,
  setRip,
} from '../thread.ts';
import { threadMarked } from '../thread.ts';

/** Bits of a frame given to `sigreturn`: it asks for CPL 0; the program's own handler of a fault chose the address. */
export const GivenFrame = { Cpl0: 1, Legitimate: 2 } as const;

/** Delivers a signal: frame on the user stack, record in the kernel, handler in native code, in user mode unless A18 keeps the mode. */
function deliver(m: Machine, t: number, fault: boolean): void {
  const pointer = threadMarked(m, t, ThreadMark.KernelPointer) ? Signal.KernelPointer : 0;
  const more = cpl(m, t) === 0 ? (fault ? Signal.Fault : 0) | pointer : 0;
  pushSignal(m, t, rip(m, t), modeByte(m, t), more);
  if (handlerCpl(m.rules, cpl(m, t)) === 3) demote(m, t);
  setRip(m, t, ADDRESS_B_E);
  setForged(m, t, false);
  fetch(m, t);
}

/** `signal`: an asynchronous signal arrives. */
export function signal(m: Machine, t: number): number {
  deliver(m, t, false);
  return 0;
}

/** `nullFault`: an implicit null check of managed code faults. At CPL 0 without FAULTC that is an oops. */
export function nullFault(m: Machine, t: number): number {
  if (!faultIsSignal(m.rules, cpl(m, t))) {
    kill(m, t, Effect.Kill);
    return 0;
  }
  deliver(m, t, true);
  return 0;
}

/** CPL 0 by a frame that asks for it (A18 `restore`), whoever wrote it; I12 if no record matches. */
function resumeByFrame(m: Machine, t: number, matches: boolean): void {
  privilege(m, t, policyOf(m, t), true);
  if (!matches) m.violations.add(Inv.I12);
}

/** Moves the thread to the frame's address. An untouched frame resumes what was interrupted, forged or not. */
function resumeAt(m: Machine, t: number, address: number, bits: number, untouched: boolean, allowed: boolean): void {
  setRip(m, t, address);
  if (allowed && !untouched) setForged(m, t, false);
  else if (untouched) setForged(m, t, (recordedMode(bits) & ModeBit.Forged) !== 0);
  else setForged(m, t, isForgedTarget(m, spaceOf(m, t), address));
}

/** Chooses the mode; returns whether the kernel's record vouches for the address. */
function resumeMode(
  m: Machine,
  t: number,
  bits: number,
  recorded: number,
  address: number,
  asksCpl0: boolean,
): boolean {
  const record = { atCpl0: (bits & Signal.RecordCpl0) !== 0, isFault: (bits & Signal.Fault) !== 0 };
  const isPad = address === ADDRESS_A_X && spaceHas(m, spaceOf(m, t), SpaceBit.Pads);
  const by = decideSigreturn(m.rules, policyOf(m, t), record, asksCpl0, address === recorded, isPad);
  if (by === Resume.User) demote(m, t);
  else if (by === Resume.Record) restoreRecord(m, t, bits);
  else resumeByFrame(m, t, record.atCpl0 && address === recorded);
  return by === Resume.Record;
}

/** SIGREC: mode and argument as the kernel recorded them, whatever the handler left in registers and frame. */
function restoreRecord(m: Machine, t: number, bits: number): void {
  setModeByte(m, t, recordedMode(bits));
  markThread(m, t, ThreadMark.KernelPointer, (bits & Signal.KernelPointer) !== 0);
}

/** Whether the loss of kernel mode at sigreturn is the revocation that SIGREC and CAPX promise, not a fault of the system. */
function isRevoked(m: Machine, t: number): boolean {
  return m.rules.mechanisms.SIGREC && policyOf(m, t) === Authority.None;
}

/**
 * `sigreturn a=address or −1 b=GivenFrame bits`: returns by the top frame, or by a frame that the caller forged over it. Without any frame
 * the thread dies. A record at CPL 0 that ends at CPL 3 though the frame was honest breaks I16.
 */
export function sigreturn(m: Machine, t: number, op: Operation): number {
  const count = signalCount(m, t);
  if (count === 0 && op.a < 0) {
    kill(m, t, Effect.Kill);
    return Result.SIGSEGV;
  }
  const at = signalAt(m, t, count - 1);
  const bits = count === 0 ? 0 : m.bytes[at + 2];
  const recorded = count === 0 ? -1 : m.bytes[at + 1];
  const address = op.a < 0 ? m.bytes[at] : op.a;
  const asksCpl0 = op.a < 0 ? (bits & Signal.FrameCpl0) !== 0 : (op.b & GivenFrame.Cpl0) !== 0;
  if (count > 0) dropSignal(m, t);
  const allowed = resumeMode(m, t, bits, recorded, address, asksCpl0);
  resumeAt(m, t, address, bits, address === recorded, allowed);
  const honest = op.a < 0 || ((op.b & GivenFrame.Legitimate) !== 0 && (bits & Signal.Fault) !== 0);
  const lost = (bits & Signal.RecordCpl0) !== 0 && cpl(m, t) !== 0;
  if (honest && lost && !isRevoked(m, t)) m.violations.add(Inv.I16);
  fetch(m, t);
  return 0;
}
