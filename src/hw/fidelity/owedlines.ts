import { Domain } from '../cpi.ts';
import { Slab, WORD_BYTES } from '../slab.ts';

/** Kinds of access that owe lines separately. */
export const Kind = { Fetch: 0, Read: 1, Write: 2 } as const;
/** log2 of the lines of a region (16 pages): code, stack, heap and kernel data lie in different ones and owe separately. */
const REGION_BITS = 10;
/** Regions that are told apart (256 MiB of them). */
const REGIONS = 4096;
/** Pools: a kind of either side. */
const POOLS = 6;
/** Most lines that a region owes, in samples; what is beyond it may have no sampled lines at all, and goes to a pool. */
const MOST_OWED = 16;
/** log2 of the bytes of a region, lines and runs of each kind: regions that are used together lie in few lines of the host's caches. */
const SLOT_BITS = 3;
const MOST_IN_BYTE = 255;

/**
 * Lines that one core went through beside the sample, and the runs in which they came, until sampled lines stand for them: those of their own
 * region, or, of a region that has too few, any of the same kind by the same side (user or kernel). A lock and its neighbours may all lie
 * beside the sample, and are among what cores take from each other most: when they were left out, transfers came out 4 % low.
 */
export class OwedLines {
  /** What the run of the last `take` stands for, itself included. */
  lines = 0;
  runs = 0;
  readonly #most: number;
  /** By region and kind the lines, and next to them the runs. */
  readonly #owed: Uint8Array;
  readonly #first: number;
  /** Lines of regions that owed too many, by kind and side. */
  readonly #pool = new Float64Array(POOLS);

  /** `every`: lines that a sampled line stands for on average, so few that those of a region fit a byte; `slab` has room for many cores. */
  constructor(every: number, slab: Slab = new Slab()) {
    const { bytes, first } = slab.take((REGIONS << SLOT_BITS) / WORD_BYTES);
    this.#owed = bytes;
    this.#first = first * WORD_BYTES;
    this.#most = every * MOST_OWED;
    if (this.#most > MOST_IN_BYTE) throw new RangeError(`one line of ${every} is too small a sample: at most 15`);
  }

  /** A run of `count` lines beside the sample. hot */
  add(from: number, count: number, kind: number, domain: number): void {
    const at = this.#first + slot(from, kind);
    const owed = this.#owed;
    const lines = owed[at] + count;
    const most = this.#most;
    if (lines > most) this.#pool[side(kind, domain)] += lines - most;
    owed[at] = Math.min(lines, most);
    owed[at + 1] = Math.min(owed[at + 1] + 1, most);
  }

  /** Takes what a run of `count` lines stands for: itself, all that its region owes, and of the pool as much as itself. hot */
  take(from: number, count: number, kind: number, domain: number): void {
    const at = this.#first + slot(from, kind);
    const owed = this.#owed;
    this.lines = owed[at] + count;
    this.runs = owed[at + 1] + 1;
    owed[at] = owed[at + 1] = 0;
    const pool = side(kind, domain);
    const pooled = Math.min(this.#pool[pool], count);
    if (pooled === 0) return;
    this.#pool[pool] -= pooled;
    this.lines += pooled;
    this.runs++;
  }
}

function slot(from: number, kind: number): number {
  return (((from >> REGION_BITS) & (REGIONS - 1)) << SLOT_BITS) + 2 * kind;
}

function side(kind: number, domain: number): number {
  return domain === Domain.User ? kind : kind + POOLS / 2;
}
