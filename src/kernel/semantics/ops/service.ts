import { Authority } from '../gate.ts';
import { Errno } from '../errno.ts';
import { Inv } from '../invariants.ts';
import type { Machine } from '../machine.ts';
import { Effect, Result } from '../names.ts';
import type { Operation } from '../operation.ts';
import { SpaceBit, setSpaceBit, spaceHas, spaceOf } from '../page.ts';
import { isFiltered, sharesSpace } from '../process.ts';
import { kill } from '../fetch.ts';
import { SystemBit, hasForeignEntry, setForeignEntry, setSystemBit, systemHas } from '../system.ts';
import {
  ThreadMark,
  cpl,
  demote,
  entryPolicy,
  markThread,
  threadCore,
  threadMarked,
  threadProcess,
} from '../thread.ts';

/** Kills a thread that did at CPL 3 what only CPL 0 may. */
function segfault(m: Machine, t: number): number {
  kill(m, t, Effect.Kill);
  return Result.SIGSEGV;
}

function byPageAtCpl0(m: Machine, t: number): boolean {
  return cpl(m, t) === 0 && entryPolicy(m, t) === Authority.ByPage;
}

/** `directCall`: a kernel service by plain call (S3, G9). GATE mediates it; without it filters are bypassed and flags leak in. */
export function directCall(m: Machine, t: number): number {
  if (cpl(m, t) === 3) return segfault(m, t);
  const filtered = isFiltered(m, threadProcess(m, t));
  if (m.rules.mechanisms.GATE) return filtered ? -Errno.EPERM : 0;
  if (filtered) m.violations.add(Inv.I19);
  if (threadMarked(m, t, ThreadMark.DirtyFlags)) m.violations.add(Inv.I26);
  return 0;
}

/** `useArg`: verified code follows the pointer that its caller passed. */
export function useArg(m: Machine, t: number): number {
  if (byPageAtCpl0(m, t) && threadMarked(m, t, ThreadMark.KernelPointer)) m.violations.add(Inv.I20);
  return 0;
}

/** `kmem`: native code writes kernel memory. */
export function kmem(m: Machine, t: number): number {
  if (cpl(m, t) === 3) return segfault(m, t);
  m.violations.add(Inv.I20);
  return 0;
}

/** `cli`: native code disables interrupts. */
export function cli(m: Machine, t: number): number {
  if (cpl(m, t) === 3) return segfault(m, t);
  m.violations.add(Inv.I18);
  return 0;
}

/** `sysInsn`: the SYSCALL instruction. At CPL 0 only entry code that knows of it keeps registers and mode (A26). */
export function sysInsn(m: Machine, t: number): number {
  const { sysInsn: reading } = m.rules.variant;
  if (cpl(m, t) === 3 || m.rules.mechanisms.GATE || reading === 'aware') return 0;
  if (reading === 'unsafe') m.violations.add(Inv.I26);
  demote(m, t);
  m.violations.add(Inv.I16);
  return 0;
}

/** `regCb`: registers user code as a kernel callback. */
export function regCb(m: Machine, t: number): number {
  if (m.rules.mechanisms.GATE) return -Errno.EPERM;
  if (cpl(m, t) === 0) setSystemBit(m, SystemBit.Callback);
  return 0;
}

/** `fireCb`: the kernel calls the registered callback on behalf of whoever runs (I24). */
export function fireCb(m: Machine): number {
  if (systemHas(m, SystemBit.Callback)) m.violations.add(Inv.I24);
  return 0;
}

/** `switch`: the core leaves the thread; A27 decides whether its entry registers stay behind. */
export function switchAway(m: Machine, t: number): number {
  if (m.rules.variant.msr === 'naive' && !m.rules.mechanisms.GATE) {
    setForeignEntry(m, threadCore(m, t), cpl(m, t) === 0);
  }
  return 0;
}

/** `baseSyscall`: a process without capabilities makes a system call on this core (I26 when it enters by another's registers). */
export function baseSyscall(m: Machine, t: number): number {
  if (hasForeignEntry(m, threadCore(m, t))) m.violations.add(Inv.I26);
  return 0;
}

/** `setRsp`: loads a stack pointer at which nothing can be stored. */
export function setRsp(m: Machine, t: number): number {
  markThread(m, t, ThreadMark.BadStack, true);
  return 0;
}

/** `setDF`: sets the direction and alignment flags. */
export function setDF(m: Machine, t: number): number {
  markThread(m, t, ThreadMark.DirtyFlags, true);
  return 0;
}

/** `setArg a=argument`: 1 is a pointer into the kernel, 0 anything else. */
export function setArg(m: Machine, t: number, op: Operation): number {
  markThread(m, t, ThreadMark.KernelPointer, op.a === 1);
  return 0;
}

/** `flipArg a=victim`: changes the victim's argument after it was checked; ARGV copied it. */
export function flipArg(m: Machine, t: number, op: Operation): number {
  if (!sharesSpace(m, t, op.a)) return -Errno.EFAULT;
  if (!m.rules.mechanisms.ARGV) markThread(m, op.a, ThreadMark.KernelPointer, true);
  return 0;
}

/** `corruptHeap`: native code writes a managed object; HEAPI makes that a fault. */
export function corruptHeap(m: Machine, t: number): number {
  if (m.rules.mechanisms.HEAPI) return segfault(m, t);
  setSpaceBit(m, spaceOf(m, t), SpaceBit.CorruptHeap);
  return 0;
}

/** `useHeap`: verified code uses that object; SFI confines the damage. */
export function useHeap(m: Machine, t: number): number {
  if (!spaceHas(m, spaceOf(m, t), SpaceBit.CorruptHeap) || m.rules.mechanisms.SFI) return 0;
  if (byPageAtCpl0(m, t)) m.violations.add(Inv.I27);
  return 0;
}
