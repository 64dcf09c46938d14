import { SetAssoc } from '../setassoc.ts';
import { bitsOf, setsOf, smallestLine, type CacheGeometry, type Geometry } from './geometry.ts';

/**
 * Cachegrind's caches: true LRU, write-allocate, reads and writes alike; the last level sees what missed in the first. A reference
 * that straddles two lines looks both up and misses once if either does. Source: valgrind 3.19, cachegrind/cg_sim.c.
 */
export class TwoLevelCaches {
  /** Misses of the first level by kind. */
  readonly misses = new Float64Array(3);
  /** Misses of the last level by kind. */
  readonly lastMisses = new Float64Array(3);
  readonly #i1: SetAssoc;
  readonly #d1: SetAssoc;
  readonly #ll: SetAssoc;
  /** log2 of the blocks in a line. */
  readonly #i1Shift: number;
  readonly #d1Shift: number;
  readonly #llShift: number;

  constructor(geometry: Geometry) {
    const blockBits = bitsOf(smallestLine(geometry));
    const shiftOf = ({ lineBytes }: CacheGeometry): number => bitsOf(lineBytes) - blockBits;
    this.#i1 = emptyCache(geometry.i1);
    this.#d1 = emptyCache(geometry.d1);
    this.#ll = emptyCache(geometry.ll);
    this.#i1Shift = shiftOf(geometry.i1);
    this.#d1Shift = shiftOf(geometry.d1);
    this.#llShift = shiftOf(geometry.ll);
  }

  /** Simulates the first `length` words of a decoded trace, in order. hot: see bench/memory */
  run(words: Int32Array, length: number): void {
    const i1 = this.#i1;
    const d1 = this.#d1;
    const i1Shift = this.#i1Shift;
    const d1Shift = this.#d1Shift;
    for (let at = 0; at < length; at++) {
      // Numbers of counters.ts written out: they fold into the loop, imported constants are loaded for each word.
      const kind = words[at] & 3;
      const block = words[at] >>> 2;
      if (kind === 0) {
        if (!i1.reference(block >>> i1Shift)) this.#miss(kind, block, block);
      } else if (kind !== 3) {
        if (!d1.reference(block >>> d1Shift)) this.#miss(kind, block, block);
      } else {
        this.#straddle(words[at + 1], words[at + 2]);
        at += 2;
      }
    }
  }

  #straddle(first: number, second: number): void {
    const kind = first & 3;
    const low = first >>> 2;
    const high = second >>> 2;
    const store = kind === 0 ? this.#i1 : this.#d1;
    const shift = kind === 0 ? this.#i1Shift : this.#d1Shift;
    if (!referenceBoth(store, low >>> shift, high >>> shift)) this.#miss(kind, low, high);
  }

  #miss(kind: number, low: number, high: number): void {
    this.misses[kind]++;
    if (!referenceBoth(this.#ll, low >>> this.#llShift, high >>> this.#llShift)) this.lastMisses[kind]++;
  }
}

/** Whether one line, or both of two, were present; the second is looked up in any case. */
function referenceBoth(store: SetAssoc, low: number, high: number): boolean {
  const isHit = store.reference(low);
  return low === high ? isHit : store.reference(high) && isHit;
}

/** Cachegrind's tags start at zero, which is the tag of line 0: that line alone hits in a fresh cache. */
function emptyCache(cache: CacheGeometry): SetAssoc {
  const store = new SetAssoc(setsOf(cache), cache.ways);
  store.fill(0);
  return store;
}
