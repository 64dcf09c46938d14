import { Errno } from '../errno.ts';
import type { Machine } from '../machine.ts';
import { Content } from '../names.ts';
import type { Operation } from '../operation.ts';
import { decideProtect, isSealed as sealed } from '../publish.ts';
import { FrameBit, frameContent, frameHas, frameOf, newFrame, writeFrame } from '../frame.ts';
import {
  PageBit,
  isPresent,
  isTrusted,
  mapPage,
  pageAt,
  pageFlags,
  pageFrame,
  setTrusted,
  spaceOf,
  unmapPage,
} from '../page.ts';
import { threadCore } from '../thread.ts';
import { flushAll, flushOn } from '../tlb.ts';

const RIGHTS = PageBit.Writable | PageBit.Executable;

function isSealed(m: Machine, space: number, page: number): boolean {
  return sealed(m.rules, isTrusted(m, space, page));
}

/** Whether the page's frame belongs to the kernel, which ALIAS never maps writable. */
function isKernelOwned(m: Machine, space: number, page: number): boolean {
  return m.rules.mechanisms.ALIAS && frameHas(m, pageFrame(m, space, page), FrameBit.KernelOwned);
}

/** The error of making a page writable or not; 0 when allowed. */
function refuseProtect(m: Machine, space: number, page: number, writable: boolean): number {
  if (!isPresent(m, space, page)) return -Errno.ENOMEM;
  return -decideProtect(m.rules, isTrusted(m, space, page), isKernelOwned(m, space, page), writable);
}

/** `mprotect a=page b=writable c=executable`: reductions flush every core, increases only this one (A11, A12). */
export function mprotect(m: Machine, t: number, op: Operation): number {
  const space = spaceOf(m, t);
  const writable = op.b === 1;
  const refused = refuseProtect(m, space, op.a, writable);
  if (refused !== 0) return refused;
  if (writable && m.rules.variant.ro === 'autoClear') setTrusted(m, space, op.a, false);
  const old = pageFlags(m, space, op.a);
  const rights = (writable ? PageBit.Writable : 0) | (op.c === 0 ? 0 : PageBit.Executable);
  m.bytes[pageAt(m, space, op.a)] = (old & ~RIGHTS) | rights;
  if ((old & RIGHTS & ~rights) !== 0) flushAll(m, space, op.a);
  else flushOn(m, threadCore(m, t), space, op.a);
  return 0;
}

/** `mmapAlias a=new page b=page`: a second, writable mapping of a shared page's frame. */
export function mmapAlias(m: Machine, t: number, op: Operation): number {
  const space = spaceOf(m, t);
  if (!isPresent(m, space, op.b)) return -Errno.EINVAL;
  if ((pageFlags(m, space, op.b) & PageBit.Shared) === 0 || isKernelOwned(m, space, op.b)) return -Errno.EACCES;
  if (isSealed(m, space, op.a)) return -Errno.EPERM;
  mapPage(m, space, op.a, pageFrame(m, space, op.b), PageBit.Present | PageBit.Writable | PageBit.Shared);
  flushAll(m, space, op.a);
  return 0;
}

/** `mmapFixed a=page b=content`: a fresh private page, readable, writable and executable, over whatever was there. */
export function mmapFixed(m: Machine, t: number, op: Operation): number {
  const space = spaceOf(m, t);
  if (isSealed(m, space, op.a)) return -Errno.EPERM;
  mapPage(m, space, op.a, newFrame(m, frameOf(op.b as Content)), PageBit.Present | RIGHTS);
  flushAll(m, space, op.a);
  return 0;
}

/** `munmap a=page`: unmapping nothing succeeds. */
export function munmap(m: Machine, t: number, op: Operation): number {
  const space = spaceOf(m, t);
  if (isSealed(m, space, op.a)) return -Errno.EPERM;
  unmapPage(m, space, op.a);
  flushAll(m, space, op.a);
  return 0;
}

/** `mremap a=page b=new page`: trust travels with the mapping, declared entries stay. */
export function mremap(m: Machine, t: number, op: Operation): number {
  const space = spaceOf(m, t);
  if (isSealed(m, space, op.a) || isSealed(m, space, op.b)) return -Errno.EPERM;
  if (!isPresent(m, space, op.a)) return -Errno.EFAULT;
  const flags = pageFlags(m, space, op.a);
  const frame = pageFrame(m, space, op.a);
  unmapPage(m, space, op.a);
  mapPage(m, space, op.b, frame, flags);
  flushAll(m, space, op.a);
  flushAll(m, space, op.b);
  return 0;
}

/** `remapFile a=page`: remap_file_pages of 2004 puts another file page, native code, under the mapping. */
export function remapFile(m: Machine, t: number, op: Operation): number {
  if (m.rules.era !== '2004') return -Errno.ENOSYS;
  const space = spaceOf(m, t);
  const flags = pageFlags(m, space, op.a);
  if ((flags & PageBit.Shared) === 0) return -Errno.EINVAL;
  if (isSealed(m, space, op.a)) return -Errno.EPERM;
  mapPage(m, space, op.a, newFrame(m, frameOf(Content.Native) | FrameBit.PageCache), flags);
  flushAll(m, space, op.a);
  return 0;
}

/** `madv a=page`: MADV_DONTNEED; the mapping and its trust stay, the content is gone. */
export function madv(m: Machine, t: number, op: Operation): number {
  const space = spaceOf(m, t);
  if (!isPresent(m, space, op.a)) return -Errno.ENOMEM;
  if (isSealed(m, space, op.a)) return -Errno.EPERM;
  mapPage(m, space, op.a, newFrame(m, Content.Data), pageFlags(m, space, op.a));
  flushAll(m, space, op.a);
  return 0;
}

/** `uffd a=page`: userfaultfd fills an emptied page with native code. */
export function uffd(m: Machine, t: number, op: Operation): number {
  if (m.rules.era === '2004') return -Errno.ENOSYS;
  const space = spaceOf(m, t);
  if (!isPresent(m, space, op.a)) return -Errno.ENOENT;
  if (isSealed(m, space, op.a)) return -Errno.EPERM;
  const frame = pageFrame(m, space, op.a);
  if (frameContent(m, frame) !== Content.Data) return -Errno.EEXIST;
  writeFrame(m, frame, frameOf(Content.Native));
  return 0;
}
