import { Authority, MAX_ENTRY_DEPTH, decideSyskerneljump, decideSyskernelmode } from '../gate.ts';
import { Errno } from '../errno.ts';
import { Inv } from '../invariants.ts';
import type { Machine } from '../machine.ts';
import { Effect, OFFSET_E, OFFSET_R, Result, addressOf, pageOf } from '../names.ts';
import type { Operation } from '../operation.ts';
import { PageBit, isDeclared, isEntry, isTrusted, pageFlags, spaceOf } from '../page.ts';
import { policyOf } from '../process.ts';
import { fetch, kill } from '../fetch.ts';
import {
  KernelFrame,
  dropKernelFrame,
  dropSlot,
  framePolicy,
  kernelFrameAt,
  kernelFrameCount,
  pushKernelFrame,
  slotCount,
} from '../stacks.ts';
import {
  ThreadMark,
  clearPending,
  cpl,
  demote,
  entered,
  entryPolicy,
  forged,
  markThread,
  pending,
  pendingAddress,
} from '../thread.ts';
import { pendingPolicy, privilege, rip, setForged, setPending, setRip, threadMarked } from '../thread.ts';

/** Post-state of an honoured `syskernelmode(1)`; under the gated reading page authority is there already. */
function enterByFlag(m: Machine, t: number, policy: Authority): void {
  if (policy === Authority.ByPage) {
    if (!isTrusted(m, spaceOf(m, t), pageOf(rip(m, t)))) m.violations.add(Inv.I7);
    const again = m.rules.gated && cpl(m, t) === 0 && entered(m, t);
    if (again) return;
    if (forged(m, t)) m.violations.add(Inv.I5);
  }
  privilege(m, t, policy, false);
}

/** Drops the top kernel frame and, with it, the supervisor stack above it. */
function unwind(m: Machine, t: number): void {
  const below = m.bytes[kernelFrameAt(m, t, kernelFrameCount(m, t) - 1) + 2];
  while (slotCount(m, t) > below) dropSlot(m, t);
  dropKernelFrame(m, t);
}

/** Post-state of an honoured `syskernelmode(0)`. */
function leaveByFlag(m: Machine, t: number): void {
  if (m.rules.mechanisms.KFRAME && cpl(m, t) === 0 && kernelFrameCount(m, t) > 0) unwind(m, t);
  demote(m, t);
}

/** `skm a=flag`: syskernelmode (S7 to S9). Refusing to leave kernel mode breaks I15. */
export function skm(m: Machine, t: number, op: Operation): number {
  const policy = policyOf(m, t) as Authority;
  const trusted = isTrusted(m, spaceOf(m, t), pageOf(rip(m, t)));
  const errno = decideSyskernelmode(m.rules, policy, op.a, trusted, cpl(m, t), entered(m, t));
  if (errno !== Errno.OK) {
    if (op.a === 0 && cpl(m, t) === 0) m.violations.add(Inv.I15);
    return -errno;
  }
  if (op.a === 0) leaveByFlag(m, t);
  else enterByFlag(m, t, policy);
  return 0;
}

/** `skjCheck a=target b=argument`: all checks of syskerneljump; leaves the entry pending. */
export function skjCheck(m: Machine, t: number, op: Operation): number {
  if (op.b >= 0) markThread(m, t, ThreadMark.KernelPointer, op.b === 1);
  const policy = policyOf(m, t) as Authority;
  const space = spaceOf(m, t);
  const flags = pageFlags(m, space, pageOf(op.a));
  const errno = decideSyskerneljump(
    m.rules,
    policy,
    (flags & PageBit.Present) !== 0,
    (flags & PageBit.Executable) !== 0,
    isTrusted(m, space, pageOf(op.a)),
    isDeclared(m, space, op.a),
    isEntry(m, space, op.a),
    !threadMarked(m, t, ThreadMark.KernelPointer),
    kernelFrameCount(m, t),
    cpl(m, t),
  );
  if (errno !== Errno.OK) return -errno;
  setPending(m, t, policy, op.a);
  return 0;
}

/** Under KFRAME the kernel remembers where and how the thread came in. */
function rememberEntry(m: Machine, t: number): void {
  const atCpl0 = cpl(m, t) === 0;
  const address = addressOf(pageOf(rip(m, t)), atCpl0 ? OFFSET_R : OFFSET_E);
  pushKernelFrame(m, t, address, atCpl0 ? KernelFrame.Cpl0 : 0, entryPolicy(m, t));
}

/** Whether KFRAME has no room for one more frame of the thread. */
function isDeep(m: Machine, t: number): boolean {
  return m.rules.mechanisms.KFRAME && kernelFrameCount(m, t) >= MAX_ENTRY_DEPTH;
}

/** `skjGo`: makes the pending entry (S23). ARGV passes the copy of the argument that was checked. */
export function skjGo(m: Machine, t: number): number {
  if (!pending(m, t)) return -Errno.EINVAL;
  if (m.rules.mechanisms.CAPX && policyOf(m, t) === Authority.None) return -Errno.EPERM;
  if (isDeep(m, t)) return -Errno.EAGAIN;
  const address = pendingAddress(m, t);
  const space = spaceOf(m, t);
  if (m.rules.mechanisms.KFRAME) rememberEntry(m, t);
  privilege(m, t, pendingPolicy(m, t), true);
  clearPending(m, t);
  if (m.rules.mechanisms.ARGV) markThread(m, t, ThreadMark.KernelPointer, false);
  setRip(m, t, address);
  const wrong = isTrusted(m, space, pageOf(address)) && !isEntry(m, space, address);
  setForged(m, t, wrong);
  if (wrong) m.violations.add(Inv.I5);
  fetch(m, t);
  return 0;
}

/** `skj a=target b=argument`: check and go in one step. */
export function skj(m: Machine, t: number, op: Operation): number {
  const checked = skjCheck(m, t, op);
  return checked === 0 ? skjGo(m, t) : checked;
}

/** Restores what the top kernel frame says; without a frame of CPL 0, or when `always`, at CPL 3. */
function popKernelFrame(m: Machine, t: number, always: boolean): void {
  const at = kernelFrameAt(m, t, kernelFrameCount(m, t) - 1);
  const address = m.bytes[at];
  const bits = m.bytes[at + 1];
  unwind(m, t);
  if (always || (bits & KernelFrame.Cpl0) === 0) demote(m, t);
  else privilege(m, t, framePolicy(bits), true);
  if (m.rules.mechanisms.ARGV) markThread(m, t, ThreadMark.KernelPointer, false);
  setRip(m, t, address);
  setForged(m, t, false);
  fetch(m, t);
}

/** The end of an entry under KFRAME: a thread without a frame has nowhere to return to. */
export function returnByKernelFrame(m: Machine, t: number): number {
  if (kernelFrameCount(m, t) === 0) {
    kill(m, t, Effect.Kill);
    return Result.SIGSEGV;
  }
  popKernelFrame(m, t, false);
  return 0;
}

/** `kret`: leaves the entry by the kernel's frame, to CPL 3. */
export function kret(m: Machine, t: number): number {
  if (!m.rules.mechanisms.KFRAME) return -Errno.ENOSYS;
  if (kernelFrameCount(m, t) === 0) return -Errno.EINVAL;
  popKernelFrame(m, t, true);
  return 0;
}

/** `downcall a=target`: calls native code from CPL 0; the kernel keeps the way back. */
export function downcall(m: Machine, t: number, op: Operation): number {
  if (!m.rules.mechanisms.KFRAME) return -Errno.ENOSYS;
  if (cpl(m, t) !== 0) return -Errno.EINVAL;
  if (isDeep(m, t)) return -Errno.EAGAIN;
  const address = addressOf(pageOf(rip(m, t)), OFFSET_R);
  pushKernelFrame(m, t, address, KernelFrame.Cpl0 | KernelFrame.Down, entryPolicy(m, t));
  demote(m, t);
  setRip(m, t, op.a);
  setForged(m, t, false);
  fetch(m, t);
  return 0;
}

/** `upret`: returns from native code into the kernel-mode caller. */
export function upret(m: Machine, t: number): number {
  const count = kernelFrameCount(m, t);
  if (count === 0 || (m.bytes[kernelFrameAt(m, t, count - 1) + 1] & KernelFrame.Down) === 0) return -Errno.EINVAL;
  if (policyOf(m, t) === Authority.None) return -Errno.EPERM;
  popKernelFrame(m, t, false);
  return 0;
}
