import { SimulationBug } from '../sim/errors.ts';
import { KINDS } from './tlbstore.ts';
import { TABLE_BITS, TableFrames } from './tableframes.ts';

export { TABLE_BITS } from './tableframes.ts';

/** Bits of a page-table entry; the frame number stands above them. KernelTrust uses a bit that hardware leaves to software. */
export const PageFlag = { Present: 1, Write: 2, NoExec: 4, Large: 8, KernelTrust: 16, Global: 32 } as const;
/** Bits below the frame number. */
const FLAG_BITS = 6;
const FLAG_MASK = (1 << FLAG_BITS) - 1;
const LARGE_PAGES = 1 << TABLE_BITS;

/** Pages from here up belong to the kernel and are mapped alike in every address space (2^18 pages = 1 GiB of user space). */
export const KERNEL_VPN = 1 << 18;
/** Pages of the kernel's half. */
export const KERNEL_PAGES = 1 << 15;

/** `PageTable.kind` of a table that has held pages of more than one kind. */
export const MIXED = KINDS;

/** Frame number of a page-table entry. */
export function frameOf(entry: number): number {
  return entry >> FLAG_BITS;
}

/** Frame of a page by the entry that translates it; a large page's entry holds the frame of its first small page. hot */
export function frameIn(entry: number, vpn: number): number {
  return (entry & PageFlag.Large) === 0 ? frameOf(entry) : frameOf(entry) + (vpn & (LARGE_PAGES - 1));
}

/** Kind of the page of an entry, as `keyOf` of the TLBs tells them apart. */
export function kindOf(entry: number): number {
  return ((entry & PageFlag.Global) !== 0 ? 1 : 0) | ((entry & PageFlag.Large) !== 0 ? 2 : 0);
}

/**
 * One half of an address space: a flat array of entries for the model (each small page of a large one holds the large one's), and the
 * frames of its tables for the walker. A change does not reach the TLBs: they keep what they walked until it is invalidated.
 */
export class PageTable {
  readonly frames: TableFrames;
  /** Kind of all pages that the table ever held, or MIXED; a TLB holds no entries of this table of another kind. */
  kind = 0;
  readonly #base: number;
  readonly #entries: Int32Array;
  #isUsed = false;

  /** Covers `pages` pages from `baseVpn`; `allocate` gives a fresh frame for a table, `part` is as of `TableFrames`. */
  constructor(baseVpn: number, pages: number, allocate: () => number, part = 0) {
    this.#base = baseVpn;
    this.#entries = new Int32Array(pages);
    this.frames = new TableFrames(baseVpn, pages, allocate, part);
  }

  /** The entry of a page; 0 when it is absent, undefined beyond the table. hot */
  entry(vpn: number): number {
    return this.#entries[vpn - this.#base];
  }

  /** Maps a small page; replaces what was there. A large page that held it is split first. */
  map(vpn: number, frame: number, flags: number): void {
    const at = this.#at(vpn);
    this.split(vpn);
    this.frames.provide(vpn);
    this.#put(at, (frame << FLAG_BITS) | flags | PageFlag.Present);
  }

  /** Maps a large page (2 MiB) in place of the 512 small ones there; page and frame must be multiples of 512, for hardware has no room for lower bits. */
  mapLarge(vpn: number, frame: number, flags: number): void {
    if ((vpn | frame) % LARGE_PAGES !== 0)
      throw new SimulationBug(`a large page at ${vpn} on frame ${frame}; both must be multiples of ${LARGE_PAGES}`);
    const entry = (frame << FLAG_BITS) | flags | PageFlag.Large | PageFlag.Present;
    for (let page = vpn; page < vpn + LARGE_PAGES; page++) this.#put(this.#at(page), entry);
  }

  /** Takes a page out of the table, which need not hold it; the rest of a large page that held it stays, in small pages. */
  unmap(vpn: number): void {
    const at = this.#at(vpn);
    this.split(vpn);
    this.#entries[at] = 0;
  }

  /** Sets and clears flags of a present page; a large page that holds it is split first. */
  protect(vpn: number, set: number, clear: number): void {
    const at = this.#at(vpn);
    if (this.#entries[at] === 0) throw new SimulationBug(`page ${vpn} is not mapped and cannot be protected`);
    this.split(vpn);
    this.#put(at, (this.#entries[at] | set) & ~clear);
  }

  /** Turns the large page that holds a page, if one does, into 512 small ones on the same frames with the same flags. */
  split(vpn: number): void {
    const large = this.entry(vpn);
    if ((large & PageFlag.Large) === 0) return;
    const flags = large & FLAG_MASK & ~PageFlag.Large;
    this.frames.provide(vpn);
    const first = vpn & ~(LARGE_PAGES - 1);
    for (let page = first; page < first + LARGE_PAGES; page++)
      this.#put(this.#at(page), (frameIn(large, page) << FLAG_BITS) | flags);
  }

  #at(vpn: number): number {
    const at = vpn - this.#base;
    if (at < 0 || at >= this.#entries.length)
      throw new SimulationBug(`page ${vpn} is outside the table of ${this.#entries.length} pages from ${this.#base}`);
    return at;
  }

  #put(at: number, entry: number): void {
    this.#entries[at] = entry;
    const kind = kindOf(entry);
    this.kind = this.#isUsed && kind !== this.kind ? MIXED : kind;
    this.#isUsed = true;
  }
}
