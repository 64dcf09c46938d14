import type { Machine } from './machine.ts';
import { PageBit, isTrusted, pageFlags, pageFrame } from './page.ts';

/** First byte of a core's translation of a page: flags (`PageBit` without Shared; 0 when absent), frame. */
export function translationAt(m: Machine, core: number, space: number, page: number): number {
  const { spaces, pages } = m.layout.capacity;
  return m.layout.tlb + ((core * spaces + space) * pages + page) * 2;
}

/** Copies the page table's entry of a present page into a core's translations. */
export function fillTranslation(m: Machine, core: number, space: number, page: number): void {
  const at = translationAt(m, core, space, page);
  const rights = pageFlags(m, space, page) & (PageBit.Present | PageBit.Writable | PageBit.Executable);
  m.bytes[at] = rights | (isTrusted(m, space, page) ? PageBit.Trusted : 0);
  m.bytes[at + 1] = pageFrame(m, space, page);
}

/** Forgets a core's translation of a page. */
export function flushOn(m: Machine, core: number, space: number, page: number): void {
  const at = translationAt(m, core, space, page);
  m.bytes[at] = 0;
  m.bytes[at + 1] = 0;
}

/** Forgets a page's translation on every core. */
export function flushAll(m: Machine, space: number, page: number): void {
  for (let core = 0; core < m.layout.capacity.cores; core++) flushOn(m, core, space, page);
}

/** Forgets all translations of an address space on every core. */
export function flushSpace(m: Machine, space: number): void {
  for (let page = 0; page < m.layout.capacity.pages; page++) flushAll(m, space, page);
}

/** Whether a core other than `core` still translates the page as trusted. */
export function trustedElsewhere(m: Machine, core: number, space: number, page: number): boolean {
  for (let other = 0; other < m.layout.capacity.cores; other++) {
    if (other !== core && (m.bytes[translationAt(m, other, space, page)] & PageBit.Trusted) !== 0) return true;
  }
  return false;
}
