import { SimulationBug } from '../sim/errors.ts';

/** Bits of a page-table entry; the frame number stands above them. KernelTrust uses a bit that hardware leaves to software. */
export const PageFlag = { Present: 1, Write: 2, NoExec: 4, Large: 8, KernelTrust: 16, Global: 32 } as const;
const FLAG_BITS = 6;
/** log2 of the pages under one page table, and of the small pages in a large one (x86-64: 512). */
export const TABLE_BITS = 9;
const ENTRIES_PER_LINE_BITS = 3;
const LINES_PER_FRAME = 64;

/** Pages from here up belong to the kernel and are mapped alike in every address space (2^18 pages = 1 GiB of user space). */
export const KERNEL_VPN = 1 << 18;
/** Pages of the kernel's half. */
export const KERNEL_PAGES = 1 << 15;

/** Frame number of a page-table entry. */
export function frameOf(entry: number): number {
  return entry >> FLAG_BITS;
}

/**
 * One half of an address space: a flat array of entries for the model, and the frames of its page tables and
 * directories for the walker, whose reads go through the caches like any other.
 */
export class PageTable {
  readonly #base: number;
  readonly #entries: Int32Array;
  readonly #tableFrames: Int32Array;
  readonly #directoryFrame: number;
  readonly #allocate: () => number;

  /** Covers `pages` pages from `baseVpn`; `allocate` gives a fresh frame for a table. */
  constructor(baseVpn: number, pages: number, allocate: () => number) {
    this.#base = baseVpn;
    this.#entries = new Int32Array(pages);
    this.#tableFrames = new Int32Array((pages >> TABLE_BITS) + 1);
    this.#allocate = allocate;
    this.#directoryFrame = allocate();
  }

  /** The entry of a page; 0 when it is absent. hot */
  entry(vpn: number): number {
    return this.#entries[vpn - this.#base];
  }

  /** Maps a page; replaces what was there. */
  map(vpn: number, frame: number, flags: number): void {
    const at = vpn - this.#base;
    if (at < 0 || at >= this.#entries.length)
      throw new SimulationBug(`page ${vpn} is outside the table of ${this.#entries.length} pages from ${this.#base}`);
    if (this.#tableFrames[at >> TABLE_BITS] === 0) this.#tableFrames[at >> TABLE_BITS] = this.#allocate();
    this.#entries[at] = (frame << FLAG_BITS) | flags | PageFlag.Present;
  }

  /** Sets and clears flags of a present page. */
  protect(vpn: number, set: number, clear: number): void {
    const at = vpn - this.#base;
    this.#entries[at] = (this.#entries[at] | set) & ~clear;
  }

  /** Physical line of the page-table entry of a small page. hot */
  tableLine(vpn: number): number {
    const at = vpn - this.#base;
    const slot = (at & ((1 << TABLE_BITS) - 1)) >> ENTRIES_PER_LINE_BITS;
    return this.#tableFrames[at >> TABLE_BITS] * LINES_PER_FRAME + slot;
  }

  /** Physical line of the directory entry: the leaf of a large page, the level above for a small one. hot */
  directoryLine(vpn: number): number {
    const slot = ((vpn - this.#base) >> TABLE_BITS) >> ENTRIES_PER_LINE_BITS;
    return this.#directoryFrame * LINES_PER_FRAME + (slot & (LINES_PER_FRAME - 1));
  }
}
