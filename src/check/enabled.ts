import type { Machine } from '../kernel/semantics/machine.ts';
import { Transfer } from '../kernel/semantics/names.ts';
import type { Operation } from '../kernel/semantics/operation.ts';
import { OPERATION_CODES, SPECS } from '../kernel/semantics/operations.ts';
import { refuseWithdrawal } from '../kernel/semantics/ops/trust.ts';
import { spaceOf } from '../kernel/semantics/page.ts';
import { forged, interrupt, pending, rip } from '../kernel/semantics/thread.ts';
import { isForgedTarget, isVerifiedAt } from '../kernel/semantics/transfer.ts';
import { NATIVE_ONLY, SIGRETURN, TRANSFERS } from './alphabet.ts';

const { iret: IRET, skjGo: SKJ_GO, unpublish: UNPUBLISH } = OPERATION_CODES;

/** What kind of step an operation is, worked out once per alphabet: bits of `Kind`. Bits 128 and 256 are modes of a thread (`Stepper`), which go with them. */
export const Kind = {
  Code: 1,
  NativeOnly: 2,
  Transfer: 4,
  Iret: 8,
  Go: 16,
  Device: 32,
  Event: 64,
  Withdrawal: 512,
} as const;

/** The kind of an operation. A sigreturn with a frame of the program's own making is native; a transfer through a pointer may be corrupted. */
export function kindOf(op: Operation): number {
  const by = SPECS[op.code].by;
  const ownFrame = op.code === SIGRETURN && op.a >= 0 && (op.b & 2) === 0;
  const direct = TRANSFERS.has(op.code) && op.b === Transfer.Jump;
  return (
    (by === 'code' ? Kind.Code : 0) |
    (by === 'device' ? Kind.Device : 0) |
    (by === 'kernel' && op.code !== IRET ? Kind.Event : 0) |
    (NATIVE_ONLY.has(op.code) || ownFrame ? Kind.NativeOnly : 0) |
    (direct ? Kind.Transfer : 0) |
    (op.code === IRET ? Kind.Iret : 0) |
    (op.code === SKJ_GO ? Kind.Go : 0) |
    (op.code === UNPUBLISH ? Kind.Withdrawal : 0)
  );
}

/** Whether the thread stands in verified code that it reached legitimately, so that it does what verified code does (S11). */
export function runsVerified(m: Machine, t: number): boolean {
  return !forged(m, t) && isVerifiedAt(m, spaceOf(m, t), rip(m, t));
}

/**
 * Kinds that a thread cannot perform now: inside an interrupt it can only end it; between check and entry of syskerneljump it is inside
 * that call, so only the entry is left of what it does itself (see `isPendingOnly`).
 */
export function excludedKinds(m: Machine, t: number): number {
  if (interrupt(m, t) !== 0) return Kind.Code | Kind.Event;
  const own = runsVerified(m, t) ? Kind.NativeOnly : 0;
  return own | Kind.Iret | (pending(m, t) ? 0 : Kind.Go);
}

/** Whether verified code would make this transfer: to a true entry, or out of verified code. */
export function isLegitimate(m: Machine, t: number, op: Operation): boolean {
  return !isForgedTarget(m, spaceOf(m, t), op.a);
}

/** Whether page and thread allow one of some withdrawals of trust; whether a thread still uses the page depends on more, and is left open. */
export function mayWithdraw(m: Machine, t: number, withdrawals: readonly Operation[]): boolean {
  return withdrawals.some((op) => op.thread === t && refuseWithdrawal(m, t, op.a, false) === 0);
}
