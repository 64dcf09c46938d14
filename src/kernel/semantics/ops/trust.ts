import { Errno } from '../errno.ts';
import { Inv } from '../invariants.ts';
import type { Machine } from '../machine.ts';
import { Content, OFFSET_E, PAGE_D, addressOf, pageOf } from '../names.ts';
import type { Operation } from '../operation.ts';
import { decidePublish, decideUnpublish, type Publisher } from '../publish.ts';
import { FrameBit, frameOf, isVerified, newFrame, trueEntries } from '../frame.ts';
import {
  PageBit,
  READ_EXECUTE,
  declareEntry,
  declaredEntries,
  isPresent,
  isTrusted,
  mapPage,
  pageFlags,
  pageFrame,
} from '../page.ts';
import { setDeclaredEntries, setTrusted, spaceOf } from '../page.ts';
import { policyOf } from '../process.ts';
import { Slot, kernelFrameAt, kernelFrameCount, slotAt, slotCount } from '../stacks.ts';
import { Status, cpl, entered, forged, pending, pendingAddress, rip, threadCore, threadStatus } from '../thread.ts';
import { flushAll, flushOn, trustedElsewhere } from '../tlb.ts';

/** What the rules ask of a thread that sets or withdraws trust. */
function publisherOf(m: Machine, t: number): Publisher {
  const pageTrusted = isTrusted(m, spaceOf(m, t), pageOf(rip(m, t)));
  return { authority: policyOf(m, t), cpl: cpl(m, t), entered: entered(m, t), pageTrusted };
}

/** The error of publishing a page; 0 when allowed. */
function refusePublish(m: Machine, t: number, space: number, page: number): number {
  const present = isPresent(m, space, page);
  return -decidePublish(m.rules, publisherOf(m, t), present, present && isVerified(m, pageFrame(m, space, page)));
}

/** ALIAS: the published bytes move to a fresh frame that only the kernel owns and nobody else maps. */
function moveToKernelFrame(m: Machine, space: number, page: number): void {
  const bits = m.bytes[m.layout.frames + pageFrame(m, space, page)];
  const copy = newFrame(m, (bits & ~(FrameBit.PageCache | FrameBit.Trusted)) | FrameBit.KernelOwned);
  mapPage(m, space, page, copy, pageFlags(m, space, page) & ~PageBit.Shared);
}

/** `publish a=page`: sets KERNELTRUST (A2, A3, S16 to S18). */
export function publish(m: Machine, t: number, op: Operation): number {
  const space = spaceOf(m, t);
  const page = op.a;
  const refused = refusePublish(m, t, space, page);
  if (refused !== 0) return refused;
  const isForged = forged(m, t) && !m.rules.mechanisms.VPUB;
  if (isForged || !isVerified(m, pageFrame(m, space, page))) m.violations.add(Inv.I10);
  if (m.rules.mechanisms.ALIAS) moveToKernelFrame(m, space, page);
  const kept = pageFlags(m, space, page) & ~PageBit.Writable;
  mapPage(m, space, page, pageFrame(m, space, page), kept | PageBit.Executable);
  setTrusted(m, space, page, true);
  flushAll(m, space, page);
  if (m.rules.variant.etScope === 'pub') {
    const entries = trueEntries(m, pageFrame(m, space, page));
    setDeclaredEntries(m, space, page, declaredEntries(m, space, page) | entries);
  }
  return 0;
}

/** Whether a thread's supervisor stack or kernel frames lead back into the page. */
function returnsInto(m: Machine, t: number, page: number): boolean {
  for (let i = 0; i < slotCount(m, t); i++) {
    const at = slotAt(m, t, i);
    if ((m.bytes[at + 1] & Slot.Private) !== 0 && pageOf(m.bytes[at]) === page) return true;
  }
  for (let i = 0; i < kernelFrameCount(m, t); i++) if (pageOf(m.bytes[kernelFrameAt(m, t, i)]) === page) return true;
  return false;
}

/** Whether a thread executes the page at CPL 0, is about to enter it, or will return into it. */
function refersTo(m: Machine, t: number, page: number): boolean {
  if (cpl(m, t) === 0 && pageOf(rip(m, t)) === page) return true;
  if (pending(m, t) && pageOf(pendingAddress(m, t)) === page) return true;
  return returnsInto(m, t, page);
}

/** Whether another running thread of the address space refers to the page. */
function isReferenced(m: Machine, t: number, space: number, page: number): boolean {
  for (let other = 0; other < m.layout.capacity.threads; other++) {
    if (other === t || threadStatus(m, other) !== Status.Running || spaceOf(m, other) !== space) continue;
    if (refersTo(m, other, page)) return true;
  }
  return false;
}

/** The error of withdrawing trust from a page that another thread refers to or not; 0 when allowed. */
export function refuseWithdrawal(m: Machine, t: number, page: number, isReferred: boolean): number {
  const space = spaceOf(m, t);
  const trusted = isPresent(m, space, page) && isTrusted(m, space, page);
  return -decideUnpublish(m.rules, publisherOf(m, t), trusted, isReferred);
}

/** `unpublish a=page`: clears KERNELTRUST; without SHOOT other cores may go on trusting it (A12, I17). */
export function unpublish(m: Machine, t: number, op: Operation): number {
  const space = spaceOf(m, t);
  const page = op.a;
  const isReferred = m.rules.mechanisms.SHOOT && isReferenced(m, t, space, page);
  const refused = refuseWithdrawal(m, t, page, isReferred);
  if (refused !== 0) return refused;
  setTrusted(m, space, page, false);
  const frame = m.rules.mechanisms.ALIAS ? newFrame(m, Content.Data) : pageFrame(m, space, page);
  mapPage(m, space, page, frame, pageFlags(m, space, page) | PageBit.Writable);
  if (m.rules.mechanisms.SHOOT) flushAll(m, space, page);
  else flushOn(m, threadCore(m, t), space, page);
  if (trustedElsewhere(m, threadCore(m, t), space, page)) m.violations.add(Inv.I17);
  if (m.rules.mechanisms.GENENT) setDeclaredEntries(m, space, page, 0);
  return 0;
}

/** `etwrite a=address`: native code writes the entry table, where A20 puts it in user memory. */
export function etwrite(m: Machine, t: number, op: Operation): number {
  if (m.rules.variant.et !== 'usermem') return -Errno.EFAULT;
  declareEntry(m, spaceOf(m, t), op.a);
  return 0;
}

/** Gives one half of a huge page the trust of the whole (I10 if its bytes are not verified). */
function collapse(m: Machine, space: number, page: number, trusted: boolean): void {
  setTrusted(m, space, page, trusted);
  flushAll(m, space, page);
  if (trusted && !isVerified(m, pageFrame(m, space, page))) m.violations.add(Inv.I10);
}

/** `thp a=page b=page`: collapse into one huge page; A25 decides whose trust it has. */
export function thp(m: Machine, t: number, op: Operation): number {
  const space = spaceOf(m, t);
  if (m.rules.variant.thp !== 'pteOr') return -Errno.EINVAL;
  if (!isPresent(m, space, op.a) || !isPresent(m, space, op.b)) return -Errno.EINVAL;
  const either = isTrusted(m, space, op.a) || isTrusted(m, space, op.b);
  collapse(m, space, op.a, either);
  collapse(m, space, op.b, either);
  return 0;
}

/** `dlopenDecl`: loads a library page that declares itself trusted; A21 decides whether that counts. */
export function dlopenDecl(m: Machine, t: number): number {
  const space = spaceOf(m, t);
  const frame = newFrame(m, frameOf(Content.Native) | FrameBit.PageCache);
  const honoured = m.rules.variant.etScope === 'libs' && !m.rules.mechanisms.VPUB;
  mapPage(m, space, PAGE_D, frame, READ_EXECUTE | (honoured ? PageBit.Trusted : 0));
  flushAll(m, space, PAGE_D);
  if (!honoured) return 0;
  declareEntry(m, space, addressOf(PAGE_D, OFFSET_E));
  m.violations.add(Inv.I10);
  return 0;
}
