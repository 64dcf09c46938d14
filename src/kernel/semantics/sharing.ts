import { PAGE_BYTES } from './layout.ts';
import type { Machine } from './machine.ts';
import { FrameBit, frameHas } from './frame.ts';
import { PageBit, isTrusted, pageAt, pageFlags, pageFrame } from './page.ts';
import { Inv } from './invariants.ts';
import { isPinned } from './system.ts';

/** Whether a page other than (space, page), in any address space, maps the frame with flags that are `value` under `mask`. */
function mappedElsewhere(m: Machine, frame: number, space: number, page: number, mask: number, value: number): boolean {
  const { spaces, pages } = m.layout.capacity;
  const own = pageAt(m, space, page);
  for (let s = 0; s < spaces; s++) {
    for (let p = 0, at = pageAt(m, s, 0); p < pages; p++, at += PAGE_BYTES) {
      if (at !== own && (m.bytes[at] & mask) === value && m.bytes[at + 1] === frame) return true;
    }
  }
  return false;
}

/** Whether writing the page must copy it first: it is private and a fork shares its frame. */
export function isCopyOnWrite(m: Machine, space: number, page: number): boolean {
  if ((pageFlags(m, space, page) & PageBit.Shared) !== 0) return false;
  return mappedElsewhere(m, pageFrame(m, space, page), space, page, PageBit.Present, PageBit.Present);
}

/** Whether a trusted page's bytes can be written by another way (I4): a shared writable mapping, a pin, the page cache. */
function isWritableElsewhere(m: Machine, space: number, page: number): boolean {
  const frame = pageFrame(m, space, page);
  if (frameHas(m, frame, FrameBit.PageCache) || isPinned(m, frame)) return true;
  const way = PageBit.Present | PageBit.Writable | PageBit.Shared;
  return mappedElsewhere(m, frame, space, page, way, way);
}

/** I3 and I4 of every trusted page. */
export function checkTrustedPages(m: Machine): void {
  const { spaces, pages } = m.layout.capacity;
  for (let space = 0; space < spaces; space++) {
    for (let page = 0; page < pages; page++) {
      if (!isTrusted(m, space, page)) continue;
      if ((pageFlags(m, space, page) & PageBit.Writable) !== 0) m.violations.add(Inv.I3);
      if (isWritableElsewhere(m, space, page)) m.violations.add(Inv.I4);
    }
  }
}
