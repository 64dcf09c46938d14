import { Kind, KIND_BITS, STRADDLE } from './counters.ts';
import { DensePages } from './densepages.ts';
import { smallestLine, type Geometry } from './geometry.ts';

/** Takes the first `length` words of a batch; the array is used again afterwards. */
export type WordSink = (words: Int32Array, length: number) => void;

/** Words that are handed on together, and those of the longest entry, a reference across two blocks. */
const BATCH_WORDS = 32768;
const LONGEST_ENTRY = 3;

/**
 * Turns references into words for `TwoLevelCaches`. A reference to the block that its own first-level cache saw last is counted and
 * not written: that block is the most recent of its set, so looking it up changes nothing.
 */
export class TraceWriter {
  /** References by kind, written or not. */
  readonly references = new Float64Array(3);
  readonly #words = new Int32Array(BATCH_WORDS);
  readonly #pages: DensePages;
  readonly #sink: WordSink;
  readonly #blockBits: number;
  readonly #blockBytes: number;
  readonly #isMerging: boolean;
  readonly #full = BATCH_WORDS - LONGEST_ENTRY;
  #length = 0;
  #codeHigh = 0;
  #codeLow = 0;
  #dataHigh = 0;
  #dataLow = 0;

  /** `isMerging` false writes every reference. */
  constructor(geometry: Geometry, sink: WordSink, isMerging = true) {
    this.#pages = new DensePages(geometry);
    this.#sink = sink;
    this.#blockBits = this.#pages.blockBits;
    this.#blockBytes = smallestLine(geometry);
    this.#isMerging = isMerging;
  }

  /**
   * Takes the reference to `size` bytes at `high` * 2^32 + `low` (as int32). False, and nothing counted, when it touches more than
   * two blocks: cachegrind would stop there. hot
   */
  reference(kind: number, high: number, low: number, size: number): boolean {
    const isCode = kind === 0;
    // Cachegrind clips data to the shortest line and passes sizes in an unsigned char (valgrind 3.19, cg_sim.c).
    const bytes = (isCode || size < this.#blockBytes ? size : this.#blockBytes) & 255;
    const end = (low & (this.#blockBytes - 1)) + bytes - 1;
    if (end >>> 0 >= this.#blockBytes) return this.#straddle(kind, high, low, end);
    this.references[kind]++;
    if (this.#isRepeated(isCode, high, low >>> this.#blockBits)) return true;
    this.#words[this.#length++] = (this.#pages.block(high, low) << 2) | kind;
    if (this.#length > this.#full) this.flush();
    return true;
  }

  /** Hands on what is left; call it at the end. */
  flush(): void {
    this.#sink(this.#words, this.#length);
    this.#length = 0;
  }

  /** Whether the block is the last that its cache saw; it is from now on. */
  #isRepeated(isCode: boolean, high: number, block: number): boolean {
    if (isCode) {
      if (block === this.#codeLow && high === this.#codeHigh) return this.#isMerging;
      this.#codeLow = block;
      this.#codeHigh = high;
      return false;
    }
    if (block === this.#dataLow && high === this.#dataHigh) return this.#isMerging;
    this.#dataLow = block;
    this.#dataHigh = high;
    return false;
  }

  #straddle(kind: number, high: number, low: number, end: number): boolean {
    const nextLow = (low + this.#blockBytes) | 0;
    const nextHigh = nextLow >>> 0 < low >>> 0 ? (high + 1) | 0 : high;
    const wraps = nextHigh === 0 && high !== 0;
    if (end < 0 || end >= 2 * this.#blockBytes || wraps) return false;
    this.references[kind]++;
    this.#isRepeated(kind === Kind.Fetch, nextHigh, nextLow >>> this.#blockBits);
    this.#words[this.#length++] = STRADDLE;
    this.#words[this.#length++] = (this.#pages.block(high, low) << KIND_BITS) | kind;
    this.#words[this.#length++] = (this.#pages.block(nextHigh, nextLow) << KIND_BITS) | kind;
    if (this.#length > this.#full) this.flush();
    return true;
  }
}
