import { KERNEL_FRAME_BYTES, SIGNAL_BYTES, SLOT_BYTES } from './layout.ts';
import type { Machine } from './machine.ts';
import { ModeBit, StackDepth, threadAt } from './thread.ts';

/** Bits of a return slot: on the supervisor stack; the call was made at CPL 0. */
export const Slot = { Private: 1, FromCpl0: 2 } as const;

/** Bits of a kernel frame: the state to return to is CPL 0; made by `downcall`. Its policy lies two bits above the first. */
export const KernelFrame = { Cpl0: 1, Down: 8 } as const;
const FRAME_POLICY_SHIFT = 1;

/**
 * Bits of a signal: the user frame says CPL 0; the kernel's record says CPL 0; the record is of a fault at CPL 0. The mode byte's entered, policy
 * and forged bits of the interrupted code follow in order; last, whether its argument was a kernel pointer.
 */
export const Signal = { FrameCpl0: 1, RecordCpl0: 2, Fault: 4, KernelPointer: 128 } as const;
const SIGNAL_MODE_SHIFT = 2;
/** Entered, policy and forged bits of a mode byte. */
const MODE_BESIDE_LEVEL = 30;

/** Number of return slots of a thread. */
export function slotCount(m: Machine, t: number): number {
  return m.bytes[threadAt(m, t) + StackDepth.Slots];
}

/** First byte of return slot `i` (address, bits of `Slot`, true address). */
export function slotAt(m: Machine, t: number, i: number): number {
  return threadAt(m, t) + m.layout.slots + i * SLOT_BYTES;
}

/** Pushes a return slot and its true copy. */
export function pushSlot(m: Machine, t: number, address: number, bits: number): void {
  const count = slotCount(m, t);
  if (count >= m.layout.capacity.slots) return m.exceed('slots');
  const at = slotAt(m, t, count);
  m.bytes[at] = address;
  m.bytes[at + 1] = bits;
  m.bytes[at + 2] = address;
  m.bytes[threadAt(m, t) + StackDepth.Slots] = count + 1;
}

/** Drops the top return slot; its bytes are cleared so that equal states have equal bytes. */
export function dropSlot(m: Machine, t: number): void {
  const count = slotCount(m, t) - 1;
  const at = slotAt(m, t, count);
  m.bytes[at] = m.bytes[at + 1] = m.bytes[at + 2] = 0;
  m.bytes[threadAt(m, t) + StackDepth.Slots] = count;
}

/** Number of kernel-held frames of a thread. */
export function kernelFrameCount(m: Machine, t: number): number {
  return m.bytes[threadAt(m, t) + StackDepth.KernelFrames];
}

/** First byte of kernel frame `i` (address, bits of `KernelFrame` and policy, return slots below it). */
export function kernelFrameAt(m: Machine, t: number, i: number): number {
  return threadAt(m, t) + m.layout.kernelFrames + i * KERNEL_FRAME_BYTES;
}

/** Policy stored in a kernel frame's bits. */
export function framePolicy(bits: number): number {
  return (bits >> FRAME_POLICY_SHIFT) & 3;
}

/** Pushes a kernel-held frame at the current depth of return slots. */
export function pushKernelFrame(m: Machine, t: number, address: number, bits: number, policy: number): void {
  const count = kernelFrameCount(m, t);
  if (count >= m.layout.capacity.kernelFrames) return m.exceed('kernelFrames');
  const at = kernelFrameAt(m, t, count);
  m.bytes[at] = address;
  m.bytes[at + 1] = bits | (policy << FRAME_POLICY_SHIFT);
  m.bytes[at + 2] = slotCount(m, t);
  m.bytes[threadAt(m, t) + StackDepth.KernelFrames] = count + 1;
}

/** Drops the top kernel frame. */
export function dropKernelFrame(m: Machine, t: number): void {
  const count = kernelFrameCount(m, t) - 1;
  const at = kernelFrameAt(m, t, count);
  m.bytes[at] = m.bytes[at + 1] = m.bytes[at + 2] = 0;
  m.bytes[threadAt(m, t) + StackDepth.KernelFrames] = count;
}

/** Number of unreturned signals of a thread. */
export function signalCount(m: Machine, t: number): number {
  return m.bytes[threadAt(m, t) + StackDepth.Signals];
}

/** First byte of signal `i` (address in the user frame, recorded address, bits). */
export function signalAt(m: Machine, t: number, i: number): number {
  return threadAt(m, t) + m.layout.signals + i * SIGNAL_BYTES;
}

/** Pushes a signal that interrupts code at `address` in `mode` (a thread's mode byte); `more`: bits of `Signal`. */
export function pushSignal(m: Machine, t: number, address: number, mode: number, more: number): void {
  const count = signalCount(m, t);
  if (count >= m.layout.capacity.signals) return m.exceed('signals');
  const at = signalAt(m, t, count);
  const level = (mode & ModeBit.Cpl0) !== 0 ? Signal.FrameCpl0 | Signal.RecordCpl0 : 0;
  m.bytes[at] = address;
  m.bytes[at + 1] = address;
  m.bytes[at + 2] = level | more | ((mode & ~ModeBit.Cpl0) << SIGNAL_MODE_SHIFT);
  m.bytes[threadAt(m, t) + StackDepth.Signals] = count + 1;
}

/** Mode byte that a signal's record holds. */
export function recordedMode(bits: number): number {
  return ((bits >> SIGNAL_MODE_SHIFT) & MODE_BESIDE_LEVEL) | ((bits & Signal.RecordCpl0) !== 0 ? ModeBit.Cpl0 : 0);
}

/** Drops the top signal. */
export function dropSignal(m: Machine, t: number): void {
  const count = signalCount(m, t) - 1;
  const at = signalAt(m, t, count);
  m.bytes[at] = m.bytes[at + 1] = m.bytes[at + 2] = 0;
  m.bytes[threadAt(m, t) + StackDepth.Signals] = count;
}
