import { Errno } from '../errno.ts';
import type { Machine } from '../machine.ts';
import { Content, Effect, Result } from '../names.ts';
import type { Operation } from '../operation.ts';
import { FrameBit, SECOND_VERSION, frameHas, frameOf, newFrame, writeFrame } from '../frame.ts';
import { PageBit, isPresent, isTrusted, mapPage, pageFlags, pageFrame, spaceOf } from '../page.ts';
import { kill } from '../fetch.ts';
import { decideForcedWrite } from '../trace.ts';
import { pinCount, pinFrame, pinnedFrame } from '../system.ts';
import { threadCore } from '../thread.ts';
import { flushAll, translationAt } from '../tlb.ts';
import { isCopyOnWrite } from '../sharing.ts';

const NATIVE = frameOf(Content.Native);
/** What `store` may write, by the operand's number: D, N, V, V2. */
export const STORABLE: readonly number[] = [Content.Data, NATIVE, frameOf(Content.Verified), SECOND_VERSION];

/** Gives a page a private copy with new content; its flags, and trust of the mapping, stay. */
function writeCopy(m: Machine, space: number, page: number, content: number): void {
  mapPage(m, space, page, newFrame(m, content), pageFlags(m, space, page));
  flushAll(m, space, page);
}

/** Writes a writable page: in place, or into a private copy when a fork still shares the frame. */
function writePage(m: Machine, space: number, page: number, content: number): void {
  if (isCopyOnWrite(m, space, page)) writeCopy(m, space, page, content);
  else writeFrame(m, pageFrame(m, space, page), content);
}

/** `store a=page b=content`: an ordinary store; needs the right in this core's translation or in the page table. */
export function store(m: Machine, t: number, op: Operation): number {
  const space = spaceOf(m, t);
  const at = translationAt(m, threadCore(m, t), space, op.a);
  const content = STORABLE[op.b];
  if ((pageFlags(m, space, op.a) & PageBit.Writable) !== 0) {
    writePage(m, space, op.a, content);
    return 0;
  }
  if ((m.bytes[at] & PageBit.Writable) !== 0) {
    writeFrame(m, m.bytes[at + 1], content);
    return 0;
  }
  kill(m, t, Effect.Kill);
  return Result.SIGSEGV;
}

/** A forced write (FOLL_FORCE): read-only private pages get a private copy, read-only shared ones refuse (NOFORCE: trusted ones too). */
function forceWrite(m: Machine, space: number, page: number): number {
  const flags = pageFlags(m, space, page);
  const writable = (flags & PageBit.Writable) !== 0;
  const trusted = isTrusted(m, space, page);
  const present = isPresent(m, space, page);
  const refused = decideForcedWrite(m.rules, present, writable, trusted, (flags & PageBit.Shared) !== 0);
  if (refused !== Errno.OK) return -refused;
  if (writable) writePage(m, space, page, NATIVE);
  else writeCopy(m, space, page, NATIVE);
  return 0;
}

/** `procmem a=page`: writing native code through /proc/self/mem, which 2004 did not have. */
export function procmem(m: Machine, t: number, op: Operation): number {
  return m.rules.era === '2004' ? -Errno.EINVAL : forceWrite(m, spaceOf(m, t), op.a);
}

/** A debugger's forced write into another process; the permission was checked. */
export function pokeSpace(m: Machine, space: number, page: number): number {
  return forceWrite(m, space, page);
}

/** `pvmw a=page`: process_vm_writev, which is not forced. */
export function pvmw(m: Machine, t: number, op: Operation): number {
  if (m.rules.era === '2004') return -Errno.ENOSYS;
  const space = spaceOf(m, t);
  if ((pageFlags(m, space, op.a) & PageBit.Writable) === 0) return -Errno.EFAULT;
  writePage(m, space, op.a, NATIVE);
  return 0;
}

/** `filewrite a=page`: write(2) to the file behind a page-cache frame. */
export function filewrite(m: Machine, t: number, op: Operation): number {
  const space = spaceOf(m, t);
  if (!isPresent(m, space, op.a)) return -Errno.EBADF;
  const frame = pageFrame(m, space, op.a);
  if (!frameHas(m, frame, FrameBit.PageCache)) return -Errno.EBADF;
  writeFrame(m, frame, NATIVE);
  return 0;
}

/** `pin a=page b=dma`: a device or io_uring takes a writable page's frame. */
export function pin(m: Machine, t: number, op: Operation): number {
  if (m.rules.era === '2004' && op.b !== 1) return -Errno.ENOSYS;
  const space = spaceOf(m, t);
  if ((pageFlags(m, space, op.a) & PageBit.Writable) === 0) return -Errno.EFAULT;
  pinFrame(m, pageFrame(m, space, op.a));
  return 0;
}

/** `asyncWrite a=pin`: the device writes the pinned frame, whatever is mapped there now. */
export function asyncWrite(m: Machine, _t: number, op: Operation): number {
  if (op.a >= pinCount(m)) return -Errno.EBADF;
  writeFrame(m, pinnedFrame(m, op.a), NATIVE);
  return 0;
}
