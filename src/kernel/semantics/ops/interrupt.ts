import { Errno } from '../errno.ts';
import { Inv } from '../invariants.ts';
import type { Machine } from '../machine.ts';
import { Result } from '../names.ts';
import type { Operation } from '../operation.ts';
import { spaceOf } from '../page.ts';
import { sharesSpace } from '../process.ts';
import { fetch } from '../fetch.ts';
import { SystemBit, setSystemBit } from '../system.ts';
import { isForgedTarget } from '../transfer.ts';
import {
  Interrupt,
  Status,
  ThreadMark,
  cpl,
  interrupt,
  interruptAddress,
  markThread,
  rip,
  setForged,
} from '../thread.ts';
import { setInterrupt, setRip, setThreadStatus, threadMarked } from '../thread.ts';

/** `irq`: a device interrupts. At CPL 0 without KSTK the frame lands on the user stack (I11); a bad stack pointer is a double fault. */
export function irq(m: Machine, t: number): number {
  if (interrupt(m, t) !== 0) return Result.BUSY;
  if (cpl(m, t) === 3 || m.rules.mechanisms.KSTK) {
    setInterrupt(m, t, Interrupt.Active, rip(m, t));
    return 0;
  }
  if (threadMarked(m, t, ThreadMark.BadStack)) {
    setSystemBit(m, SystemBit.Panic);
    return 0;
  }
  m.violations.add(Inv.I11);
  setInterrupt(m, t, Interrupt.Active | Interrupt.OnUserStack, rip(m, t));
  return 0;
}

/** `smashIrq a=victim b=address`: rewrites the victim's interrupt frame, if it lies in memory that the attacker can write. */
export function smashIrq(m: Machine, t: number, op: Operation): number {
  if (!sharesSpace(m, t, op.a)) return Result.SIGSEGV;
  const bits = interrupt(m, op.a);
  if ((bits & Interrupt.OnUserStack) === 0) return Result.SIGSEGV;
  setInterrupt(m, op.a, bits | Interrupt.Forged, op.b);
  return 0;
}

/** `iret`: the interrupt ends; the thread goes on where the frame says, in its old mode. */
export function iret(m: Machine, t: number): number {
  const bits = interrupt(m, t);
  if (bits === 0) return -Errno.EINVAL;
  const address = interruptAddress(m, t);
  setInterrupt(m, t, 0, 0);
  setRip(m, t, address);
  if ((bits & Interrupt.Forged) !== 0) {
    setForged(m, t, isForgedTarget(m, spaceOf(m, t), address));
    if (cpl(m, t) === 0) m.violations.add(Inv.I11);
  }
  fetch(m, t);
  return 0;
}

/** `tick`: the timer ticks; without PREEMPT nothing is scheduled at CPL 0, so a second tick in a row breaks I18. */
export function tick(m: Machine, t: number): number {
  if (cpl(m, t) === 3 || m.rules.mechanisms.PREEMPT) return 0;
  if (threadMarked(m, t, ThreadMark.Ticked)) m.violations.add(Inv.I18);
  markThread(m, t, ThreadMark.Ticked, true);
  return 0;
}

/** `irqFpu`: an interrupt whose handler uses vector registers; without PREEMPT they are not reloaded at CPL 0 (I16). */
export function irqFpu(m: Machine, t: number): number {
  if (cpl(m, t) === 0 && !m.rules.mechanisms.PREEMPT) m.violations.add(Inv.I16);
  return 0;
}

/** `redzone`: an interrupt while data lies below the stack pointer; without KSTK the frame overwrites it at CPL 0 (I11). */
export function redzone(m: Machine, t: number): number {
  if (cpl(m, t) === 0 && !m.rules.mechanisms.KSTK) m.violations.add(Inv.I11);
  return 0;
}

/** `sigkill`: SIGKILL; without PREEMPT code at CPL 0 does not notice (I25), else the thread ends. */
export function sigkill(m: Machine, t: number): number {
  if (cpl(m, t) === 0 && !m.rules.mechanisms.PREEMPT) m.violations.add(Inv.I25);
  else setThreadStatus(m, t, Status.Dead);
  return 0;
}
