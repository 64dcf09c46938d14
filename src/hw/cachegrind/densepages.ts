import type { Bytes } from '../../sim/units.ts';
import { BLOCK_BITS } from './counters.ts';
import { bitsOf, cachesOf, smallestLine, type CacheGeometry, type Geometry } from './geometry.ts';

/** log2 of the bytes of the least page that gets a number. */
const MIN_PAGE_BITS = 12;
/** Pages whose numbers are found without the map; a power of two. */
const LOOKASIDE = 1024;
/** 2^32: addresses come in halves. */
const HALF = 4294967296;

/**
 * Numbers 64-bit addresses densely, so that a block (the shortest line of the three caches) has an integer below 2^30. Pages get
 * numbers in order of first touch, but keep the low bits that index the largest way: two blocks fall into one set of any of the
 * caches exactly when their addresses do. Page 0 keeps the number 0, see `TwoLevelCaches`.
 */
export class DensePages {
  /** log2 of the bytes of a block. */
  readonly blockBits: number;
  readonly #pageBits: number;
  /** log2 of the blocks in a page. */
  readonly #pageBlockBits: number;
  readonly #offsetMask: number;
  /** Pages in 2^32 bytes. */
  readonly #pagesInHalf: number;
  /** Pages in the largest way. */
  readonly #classes: number;
  readonly #limit: number;
  /** Pages numbered so far, by the index bits of their address. */
  readonly #used: Int32Array;
  readonly #numbers = new Map<number, number>();
  readonly #slotMask = LOOKASIDE - 1;
  readonly #lookasidePage = new Float64Array(LOOKASIDE).fill(-1);
  readonly #lookasideNumber = new Int32Array(LOOKASIDE);

  constructor(geometry: Geometry) {
    const caches = cachesOf(geometry);
    this.blockBits = bitsOf(smallestLine(geometry));
    this.#pageBits = Math.max(MIN_PAGE_BITS, ...caches.map(({ lineBytes }) => bitsOf(lineBytes)));
    this.#pageBlockBits = this.#pageBits - this.blockBits;
    this.#offsetMask = (1 << this.#pageBits) - 1;
    this.#pagesInHalf = HALF / (1 << this.#pageBits);
    const indexBits = Math.max(0, ...caches.map((cache) => bitsOf(wayBytes(cache)) - this.#pageBits));
    this.#classes = 1 << indexBits;
    this.#limit = 1 << (BLOCK_BITS - this.#pageBlockBits - indexBits);
    this.#used = new Int32Array(this.#classes);
    this.#number(0);
  }

  /** Block number of the address `high` * 2^32 + `low` (both as int32). Throws a RangeError when the numbers are used up. hot */
  block(high: number, low: number): number {
    const page = (high >>> 0) * this.#pagesInHalf + (low >>> this.#pageBits);
    const slot = (low >>> this.#pageBits) & this.#slotMask;
    if (this.#lookasidePage[slot] !== page) this.#refill(slot, page);
    return (this.#lookasideNumber[slot] << this.#pageBlockBits) | ((low & this.#offsetMask) >>> this.blockBits);
  }

  #refill(slot: number, page: number): void {
    this.#lookasideNumber[slot] = this.#numbers.get(page) ?? this.#number(page);
    this.#lookasidePage[slot] = page;
  }

  #number(page: number): number {
    const index = page % this.#classes;
    const upper = this.#used[index]++;
    if (upper >= this.#limit)
      throw new RangeError(
        `the trace touches more than ${this.#limit} pages of ${1 << this.#pageBits} bytes that share an index of the largest way`,
      );
    const number = upper * this.#classes + index;
    this.#numbers.set(page, number);
    return number;
  }
}

function wayBytes({ sizeBytes, ways }: CacheGeometry): Bytes {
  return sizeBytes / ways;
}
