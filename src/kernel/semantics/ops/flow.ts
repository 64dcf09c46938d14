import { Errno } from '../errno.ts';
import { Inv } from '../invariants.ts';
import type { Machine } from '../machine.ts';
import { ADDRESS_B_E, Effect, OFFSET_R, Result, addressOf, pageOf } from '../names.ts';
import type { Operation } from '../operation.ts';
import { isEntry, spaceOf } from '../page.ts';
import { sharesSpace } from '../process.ts';
import { fetch, kill } from '../fetch.ts';
import { crossPages, isExecutable, isVerifiedAt, transfer } from '../transfer.ts';
import { Slot, dropSlot, kernelFrameAt, kernelFrameCount, pushSlot, slotAt, slotCount } from '../stacks.ts';
import { cpl, rip, setForged, setRip } from '../thread.ts';
import { returnByKernelFrame } from './entry.ts';

/** `step`: one instruction that only is fetched. */
export function step(): number {
  return 0;
}

/** Kills a thread that went where nothing can be executed. */
function fallOff(m: Machine, t: number): number {
  kill(m, t, Effect.Kill);
  return Result.SIGSEGV;
}

/** `jump a=target b=kind`: plain transfer, then the fetch rule of the target. */
export function jump(m: Machine, t: number, op: Operation): number {
  if (!isExecutable(m, spaceOf(m, t), op.a)) return fallOff(m, t);
  if (transfer(m, t, op.a, op.b)) fetch(m, t);
  return 0;
}

/** `call a=target b=kind c=offset to return to`: as jump, with a return slot; on the supervisor stack at CPL 0 under KSTK. */
export function call(m: Machine, t: number, op: Operation): number {
  const atCpl0 = cpl(m, t) === 0;
  const bits = (atCpl0 && m.rules.mechanisms.KSTK ? Slot.Private : 0) | (atCpl0 ? Slot.FromCpl0 : 0);
  pushSlot(m, t, addressOf(pageOf(rip(m, t)), op.c < 0 ? OFFSET_R : op.c), bits);
  return jump(m, t, op);
}

/**
 * Return slots that the thread can reach: under KFRAME those above its top kernel frame, since a frame begins a new stack; at CPL 3 none
 * while the top one lies on the supervisor stack.
 */
function ownSlots(m: Machine, t: number): number {
  const count = slotCount(m, t);
  if (count > 0 && cpl(m, t) === 3 && (m.bytes[slotAt(m, t, count - 1) + 1] & Slot.Private) !== 0) return 0;
  const frames = m.rules.mechanisms.KFRAME ? kernelFrameCount(m, t) : 0;
  const below = frames === 0 ? 0 : m.bytes[kernelFrameAt(m, t, frames - 1) + 2];
  return Math.max(count - below, 0);
}

/** Moves a thread to a popped return address; `matches`: the slot is what the call left. */
function returnTo(m: Machine, t: number, address: number, matches: boolean): void {
  const space = spaceOf(m, t);
  const forge = isVerifiedAt(m, space, address) && !matches && !isEntry(m, space, address);
  crossPages(m, t, space, address);
  setRip(m, t, address);
  setForged(m, t, forge);
  fetch(m, t);
}

/** `ret`: to the top return slot, or to native code when there is none; by the kernel's frame at the bottom of an entry. */
export function ret(m: Machine, t: number): number {
  const isEmpty = ownSlots(m, t) === 0;
  if (isEmpty && m.rules.mechanisms.KFRAME && cpl(m, t) === 0) return returnByKernelFrame(m, t);
  const count = isEmpty ? 0 : slotCount(m, t);
  const at = slotAt(m, t, count - 1);
  const address = count === 0 ? ADDRESS_B_E : m.bytes[at];
  const truth = count === 0 ? ADDRESS_B_E : m.bytes[at + 2];
  const calledAtCpl0 = count > 0 && (m.bytes[at + 1] & Slot.FromCpl0) !== 0;
  if (count > 0) dropSlot(m, t);
  if (!isExecutable(m, spaceOf(m, t), address)) return fallOff(m, t);
  if (m.rules.mechanisms.SHSTK && cpl(m, t) === 0 && address !== truth) {
    kill(m, t, Effect.ControlProtection);
    return 0;
  }
  returnTo(m, t, address, address === truth);
  if (address === truth && calledAtCpl0 && cpl(m, t) !== 0) m.violations.add(Inv.I16);
  return 0;
}

/** `smash a=victim b=address`: overwrites the victim's top return slot, if it lies in memory that the attacker can write. */
export function smash(m: Machine, t: number, op: Operation): number {
  if (!sharesSpace(m, t, op.a) || slotCount(m, op.a) === 0) return -Errno.EFAULT;
  const at = slotAt(m, op.a, slotCount(m, op.a) - 1);
  if ((m.bytes[at + 1] & Slot.Private) !== 0) return fallOff(m, t);
  m.bytes[at] = op.b;
  return 0;
}
