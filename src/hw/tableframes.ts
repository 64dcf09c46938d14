/** log2 of the entries of a page table, and of the small pages in a large one (x86-64: 512). */
export const TABLE_BITS = 9;
/** log2 of the entries of a line, 8 bytes each, and the lines of a table. */
const ENTRIES_PER_LINE_BITS = 3;
const LINES_PER_FRAME = 64;
const LINE_MASK = LINES_PER_FRAME - 1;

/**
 * The frames of the page tables of up to 1 GiB from a page number: page tables (level 0), one directory (1), one table of directories (2)
 * and one root (3). A walker reads their lines through the caches like any other data.
 */
export class TableFrames {
  /** Which entry of the root they hang from: walkers share what they know of upper tables within one. */
  readonly part: number;
  readonly #base: number;
  readonly #tables: Int32Array;
  readonly #directory: number;
  readonly #upper: readonly [level2: number, level3: number];
  readonly #allocate: () => number;

  /** Covers `pages` pages from `baseVpn`; `allocate` gives a fresh frame for a table. Page tables come when they are first used; `part` tells apart what shares no table but the root. */
  constructor(baseVpn: number, pages: number, allocate: () => number, part = 0) {
    this.part = part;
    this.#base = baseVpn;
    this.#tables = new Int32Array((pages >> TABLE_BITS) + 1);
    this.#allocate = allocate;
    this.#directory = allocate();
    this.#upper = [allocate(), allocate()];
  }

  /** Physical line of the entry of a page in the table of a level; 0 is the page table. hot */
  line(vpn: number, level: number): number {
    const slot = (vpn - this.#base) >> (level * TABLE_BITS + ENTRIES_PER_LINE_BITS);
    return this.#frame(vpn, level) * LINES_PER_FRAME + (slot & LINE_MASK);
  }

  /** Provides the page table of a page. */
  provide(vpn: number): void {
    const at = (vpn - this.#base) >> TABLE_BITS;
    if (this.#tables[at] === 0) this.#tables[at] = this.#allocate();
  }

  #frame(vpn: number, level: number): number {
    if (level === 0) return this.#tables[(vpn - this.#base) >> TABLE_BITS];
    return level === 1 ? this.#directory : this.#upper[level - 2];
  }
}
