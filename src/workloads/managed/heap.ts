import { SimulationBug } from '../../sim/errors.ts';

/** Sizes of a heap, in lines. */
export interface HeapSizes {
  readonly eden: number;
  readonly live: number;
  readonly old: number;
  /** Share of the nursery that survives a collection. */
  readonly survival: number;
}

/** Survivors of one collection that are still alive at the next, and are promoted then. Assumed: most objects that survive once are middle-aged. */
const PROMOTED = 0.3;

/**
 * Who has which lines of the heap. The nursery is a ring, taken piece by piece; survivors of a collection die or are promoted at the next; what
 * is promoted dies before the next full collection. The long-lived data beside it neither grows nor shrinks. All counts are lines.
 */
export class Heap {
  readonly sizes: HeapSizes;
  /** Lines of the nursery in use, and where the next ones are. */
  used = 0;
  cursor = 0;
  survivors = 0;
  /** Promoted lines, dead or alive, beside the long-lived data. */
  tenured = 0;
  allocated = 0;
  freed = 0;

  constructor(sizes: HeapSizes) {
    this.sizes = sizes;
  }

  /** Takes lines of the nursery: the offset of the first, or -1 if so many are not free. They do not wrap. */
  take(lines: number): number {
    const { eden } = this.sizes;
    const skipped = this.cursor + lines > eden ? eden - this.cursor : 0;
    if (this.used + skipped + lines > eden) return -1;
    this.used += skipped + lines;
    this.allocated += skipped + lines;
    const at = (this.cursor + skipped) % eden;
    this.cursor = at + lines;
    return at;
  }

  /** Lines that are in use beside the long-lived data. */
  get held(): number {
    return this.used + this.survivors + this.tenured;
  }

  /** Lines that a collection of the nursery copies: new survivors, and old ones that are promoted. */
  get copied(): number {
    return this.#surviving(this.used) + this.#promoted();
  }

  /** Whether the promotions of one more collection may not fit. */
  get isOldFull(): boolean {
    return this.tenured + this.sizes.eden * this.sizes.survival * PROMOTED > this.sizes.old;
  }

  /** Share of the room for promoted objects that is in use. */
  get occupancy(): number {
    return this.tenured / this.sizes.old;
  }

  /** Empties the first `lines` used lines of the nursery, those that were in use when a collection began. */
  collectYoung(lines = this.used): void {
    const surviving = this.#surviving(lines);
    const promoted = this.#promoted();
    this.freed += lines - surviving + this.survivors - promoted;
    this.used -= lines;
    if (this.used === 0) this.cursor = 0;
    this.survivors = surviving;
    this.tenured += promoted;
  }

  /** Frees so many promoted lines. */
  reclaim(lines = this.tenured): void {
    this.tenured -= lines;
    this.freed += lines;
  }

  /** Throws unless every line that was allocated is free again or in use. */
  audit(): void {
    if (this.allocated !== this.freed + this.held)
      throw new SimulationBug(`heap: ${this.allocated} lines allocated, ${this.freed} freed, ${this.held} in use`);
  }

  #surviving(lines: number): number {
    return Math.floor(lines * this.sizes.survival);
  }

  #promoted(): number {
    return Math.floor(this.survivors * PROMOTED);
  }
}
