import { PAGE_BYTES, PROCESS_BYTES } from './layout.ts';
import type { Machine } from './machine.ts';
import { FrameBit, frameHas, isTrueEntry, setFrameBit } from './frame.ts';
import { pageOf, offsetOf } from './names.ts';
import { threadProcess } from './thread.ts';

/** Bits of a page's flags. `Trusted` is KERNELTRUST when trust belongs to mappings (A1). */
export const PageBit = { Present: 1, Writable: 2, Executable: 4, Trusted: 8, Shared: 16 } as const;
/** Flags of a mapped page of code, native or verified: readable, executable, not writable. */
export const READ_EXECUTE = PageBit.Present | PageBit.Executable;

/** Bits of an address space: landing pads are registered; the managed heap was corrupted. */
export const SpaceBit = { Pads: 1, CorruptHeap: 2 } as const;

/** First byte of address space `space`: its bits, then its pages. */
export function spaceAt(m: Machine, space: number): number {
  return m.spacesAt + space * m.spaceSize;
}

/** First byte of a page: flags, frame, declared entries. */
export function pageAt(m: Machine, space: number, page: number): number {
  return m.spacesAt + space * m.spaceSize + 1 + page * PAGE_BYTES;
}

/** Address space of a thread. */
export function spaceOf(m: Machine, t: number): number {
  return m.bytes[m.processesAt + threadProcess(m, t) * PROCESS_BYTES + 1] - 1;
}

/** Flags of a page (`PageBit`), 0 when it is not mapped. */
export function pageFlags(m: Machine, space: number, page: number): number {
  return m.bytes[pageAt(m, space, page)];
}

/** Whether a page is mapped. */
export function isPresent(m: Machine, space: number, page: number): boolean {
  return (pageFlags(m, space, page) & PageBit.Present) !== 0;
}

/** Frame of a page; meaningful when the page is present. */
export function pageFrame(m: Machine, space: number, page: number): number {
  return m.bytes[pageAt(m, space, page) + 1];
}

/** Maps a page to a frame with the given flags, of which `Trusted` is honoured when trust belongs to mappings. */
export function mapPage(m: Machine, space: number, page: number, frame: number, flags: number): void {
  const at = pageAt(m, space, page);
  m.bytes[at] = flags;
  m.bytes[at + 1] = frame;
}

/** Takes the mapping of a page away; what was declared of the page stays. */
export function unmapPage(m: Machine, space: number, page: number): void {
  mapPage(m, space, page, 0, 0);
}

/** Whether the page is trusted now (authoritative, not a core's copy). */
export function isTrusted(m: Machine, space: number, page: number): boolean {
  const at = pageAt(m, space, page);
  const flags = m.bytes[at];
  if (m.rules.variant.trustOn === 'mapping') return (flags & PageBit.Trusted) !== 0;
  return (flags & PageBit.Present) !== 0 && frameHas(m, m.bytes[at + 1], FrameBit.Trusted);
}

/** Sets or clears trust where A1 puts it. */
export function setTrusted(m: Machine, space: number, page: number, on: boolean): void {
  if (m.rules.variant.trustOn === 'frame') return setFrameBit(m, pageFrame(m, space, page), FrameBit.Trusted, on);
  const at = pageAt(m, space, page);
  m.bytes[at] = on ? m.bytes[at] | PageBit.Trusted : m.bytes[at] & ~PageBit.Trusted;
}

/** Whether any page of the space is trusted. */
export function hasTrusted(m: Machine, space: number): boolean {
  for (let page = 0; page < m.layout.capacity.pages; page++) if (isTrusted(m, space, page)) return true;
  return false;
}

/** Declared entries of a page as bits by offset. */
export function declaredEntries(m: Machine, space: number, page: number): number {
  return m.bytes[pageAt(m, space, page) + 2];
}

/** Replaces the declared entries of a page by bits by offset. */
export function setDeclaredEntries(m: Machine, space: number, page: number, entries: number): void {
  m.bytes[pageAt(m, space, page) + 2] = entries;
}

/** Whether an address is a declared entry. */
export function isDeclared(m: Machine, space: number, address: number): boolean {
  return (declaredEntries(m, space, pageOf(address)) & (1 << offsetOf(address))) !== 0;
}

/** Adds one declared entry. */
export function declareEntry(m: Machine, space: number, address: number): void {
  const at = pageAt(m, space, pageOf(address)) + 2;
  m.bytes[at] = m.bytes[at] | (1 << offsetOf(address));
}

/** Whether the address is a true entry of the bytes mapped there now. */
export function isEntry(m: Machine, space: number, address: number): boolean {
  const page = pageOf(address);
  return isPresent(m, space, page) && isTrueEntry(m, pageFrame(m, space, page), offsetOf(address));
}

/** Whether a bit of the address space (`SpaceBit`) is set. */
export function spaceHas(m: Machine, space: number, bit: number): boolean {
  return (m.bytes[spaceAt(m, space)] & bit) !== 0;
}

/** Sets a bit of the address space (`SpaceBit`). */
export function setSpaceBit(m: Machine, space: number, bit: number): void {
  m.bytes[spaceAt(m, space)] = m.bytes[spaceAt(m, space)] | bit;
}

/** Empties an address space. */
export function clearSpace(m: Machine, space: number): void {
  m.bytes.fill(0, spaceAt(m, space), spaceAt(m, space + 1));
}
