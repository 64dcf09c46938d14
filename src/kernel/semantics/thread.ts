import type { Machine } from './machine.ts';

/** Life of a thread slot. */
export const Status = { Free: 0, Running: 1, Dead: 2 } as const;

// Bytes of a thread's head, in the order of `threadBits` in layout.ts.
const STATUS = 0;
const PROCESS = 1;
const CORE = 2;
const RIP = 3;
const MODE = 4;
const MARKS = 5;
const PENDING = 6;
const PENDING_ADDRESS = 7;
const IRQ = 8;
const IRQ_ADDRESS = 9;
const SLOT_COUNT = 10;
const FRAME_COUNT = 11;
const SIGNAL_COUNT = 12;
/** Offsets of the stack depths in a thread, for the stack files. */
export const StackDepth = { Slots: SLOT_COUNT, KernelFrames: FRAME_COUNT, Signals: SIGNAL_COUNT } as const;

/** Offsets in a thread of the registers that views of a thread show. */
export const ThreadByte = { Rip: RIP, Mode: MODE } as const;

// Bits of MODE.
const ENTERED = 2;
const POLICY_SHIFT = 2;
/** Bits of a mode byte: the thread runs at CPL 0; it is `forged`. */
export const ModeBit = { Cpl0: 1, Forged: 16 } as const;
const CPL0 = ModeBit.Cpl0;
const FORGED = ModeBit.Forged;
/** Bits of the mode byte that say at which level a thread runs, and by which authority. */
export const MODE_LEVEL = CPL0 | (3 << POLICY_SHIFT);

/** Bits of a thread's marks: bad stack pointer, DF or AC set, argument is a kernel pointer, one tick without scheduling. */
export const ThreadMark = { BadStack: 1, DirtyFlags: 2, KernelPointer: 4, Ticked: 8 } as const;

/** Bits of a thread's interrupt: inside one, its frame lies on the user stack, the frame was forged. */
export const Interrupt = { Active: 1, OnUserStack: 2, Forged: 4 } as const;

/** First byte of thread `t`. */
export function threadAt(m: Machine, t: number): number {
  return m.threadsAt + t * m.threadSize;
}

/** Whether `t` names a thread that ever lived. */
export function threadExists(m: Machine, t: number): boolean {
  return t >= 0 && t < m.layout.capacity.threads && m.bytes[threadAt(m, t) + STATUS] !== Status.Free;
}

/** Life of a thread (`Status`). */
export function threadStatus(m: Machine, t: number): number {
  return m.bytes[threadAt(m, t) + STATUS];
}

/** Sets the life of a thread (`Status`). */
export function setThreadStatus(m: Machine, t: number, status: number): void {
  m.bytes[threadAt(m, t) + STATUS] = status;
}

/** Process of a thread. */
export function threadProcess(m: Machine, t: number): number {
  return m.bytes[threadAt(m, t) + PROCESS];
}

/** Puts a thread into a process. */
export function setThreadProcess(m: Machine, t: number, process: number): void {
  m.bytes[threadAt(m, t) + PROCESS] = process;
}

/** Core of a thread. */
export function threadCore(m: Machine, t: number): number {
  return m.bytes[threadAt(m, t) + CORE];
}

/** Puts a thread on a core. */
export function setThreadCore(m: Machine, t: number, core: number): void {
  m.bytes[threadAt(m, t) + CORE] = core;
}

/** Address of the next instruction. */
export function rip(m: Machine, t: number): number {
  return m.bytes[threadAt(m, t) + RIP];
}

/** Sets the address of the next instruction. */
export function setRip(m: Machine, t: number, address: number): void {
  m.bytes[threadAt(m, t) + RIP] = address;
}

/** Current privilege level, 0 or 3. */
export function cpl(m: Machine, t: number): 0 | 3 {
  return (m.bytes[threadAt(m, t) + MODE] & CPL0) !== 0 ? 0 : 3;
}

/** Whether the thread came to CPL 0 through the gate (S25). */
export function entered(m: Machine, t: number): boolean {
  return (m.bytes[threadAt(m, t) + MODE] & ENTERED) !== 0;
}

/** Authority with which the thread entered; None is the `-` of the specification. */
export function entryPolicy(m: Machine, t: number): number {
  return (m.bytes[threadAt(m, t) + MODE] >> POLICY_SHIFT) & 3;
}

/** Whether the thread stands in verified code that it reached as verified code never would. */
export function forged(m: Machine, t: number): boolean {
  return (m.bytes[threadAt(m, t) + MODE] & FORGED) !== 0;
}

/** Says whether the thread is `forged`. */
export function setForged(m: Machine, t: number, on: boolean): void {
  const at = threadAt(m, t) + MODE;
  m.bytes[at] = on ? m.bytes[at] | FORGED : m.bytes[at] & ~FORGED;
}

/** Goes to CPL 0 with an entry policy; `gate`: through the gate, which sets `entered`. Otherwise `entered` stays. */
export function privilege(m: Machine, t: number, policy: number, gate: boolean): void {
  const at = threadAt(m, t) + MODE;
  const kept = m.bytes[at] & (FORGED | ENTERED);
  m.bytes[at] = kept | CPL0 | (policy << POLICY_SHIFT) | (gate ? ENTERED : 0);
}

/** Goes to CPL 3, without entry policy; `entered` is cleared unless A16 keeps it. */
export function demote(m: Machine, t: number): void {
  const at = threadAt(m, t) + MODE;
  m.bytes[at] = m.bytes[at] & (m.rules.variant.entSticky ? FORGED | ENTERED : FORGED);
}

/** All of the mode byte, to save and restore. */
export function modeByte(m: Machine, t: number): number {
  return m.bytes[threadAt(m, t) + MODE];
}

/** Restores a mode byte that was saved. */
export function setModeByte(m: Machine, t: number, mode: number): void {
  m.bytes[threadAt(m, t) + MODE] = mode;
}

/** Whether a mark (`ThreadMark`) is set. */
export function threadMarked(m: Machine, t: number, mark: number): boolean {
  return (m.bytes[threadAt(m, t) + MARKS] & mark) !== 0;
}

/** Sets or clears a mark (`ThreadMark`). */
export function markThread(m: Machine, t: number, mark: number, on: boolean): void {
  const at = threadAt(m, t) + MARKS;
  m.bytes[at] = on ? m.bytes[at] | mark : m.bytes[at] & ~mark;
}

/** Whether an entry was checked and not yet made. */
export function pending(m: Machine, t: number): boolean {
  return m.bytes[threadAt(m, t) + PENDING] !== 0;
}

/** Policy at the time of the pending check. */
export function pendingPolicy(m: Machine, t: number): number {
  return m.bytes[threadAt(m, t) + PENDING] >> 1;
}

/** Address of the pending entry. */
export function pendingAddress(m: Machine, t: number): number {
  return m.bytes[threadAt(m, t) + PENDING_ADDRESS];
}

/** Notes an entry that was checked, with the policy at that time. */
export function setPending(m: Machine, t: number, policy: number, address: number): void {
  const at = threadAt(m, t);
  m.bytes[at + PENDING] = 1 | (policy << 1);
  m.bytes[at + PENDING_ADDRESS] = address;
}

/** Forgets the pending entry. */
export function clearPending(m: Machine, t: number): void {
  const at = threadAt(m, t);
  m.bytes[at + PENDING] = 0;
  m.bytes[at + PENDING_ADDRESS] = 0;
}

/** Bits of `Interrupt`; 0 outside an interrupt. */
export function interrupt(m: Machine, t: number): number {
  return m.bytes[threadAt(m, t) + IRQ];
}

/** Address at which the thread was interrupted. */
export function interruptAddress(m: Machine, t: number): number {
  return m.bytes[threadAt(m, t) + IRQ_ADDRESS];
}

/** Puts a thread into an interrupt (`Interrupt`), or with 0 out of it. */
export function setInterrupt(m: Machine, t: number, bits: number, address: number): void {
  const at = threadAt(m, t);
  m.bytes[at + IRQ] = bits;
  m.bytes[at + IRQ_ADDRESS] = address;
}

/** Clears all that a new program does not inherit; stacks, marks, mode, pending entry. Leaves life, process and core. */
export function resetThread(m: Machine, t: number, address: number): void {
  const at = threadAt(m, t);
  m.bytes.fill(0, at + RIP, at + m.threadSize);
  m.bytes[at + RIP] = address;
}

/** A free thread slot made running in a process, on a core, at an address; −1 when there is none. */
export function newThread(m: Machine, process: number, core: number, address: number): number {
  for (let t = 0; t < m.layout.capacity.threads; t++) {
    if (threadStatus(m, t) !== Status.Free) continue;
    resetThread(m, t, address);
    setThreadStatus(m, t, Status.Running);
    setThreadProcess(m, t, process);
    setThreadCore(m, t, core);
    return t;
  }
  m.exceed('threads');
  return -1;
}

/** Copies everything of a thread but its life, process and core. */
export function copyThread(m: Machine, from: number, to: number): void {
  const source = threadAt(m, from);
  m.bytes.copyWithin(threadAt(m, to) + RIP, source + RIP, source + m.threadSize);
}
