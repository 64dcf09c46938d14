import { Domain } from '../cpi.ts';

/** Kinds of access that owe lines separately. */
export const Kind = { Fetch: 0, Read: 1, Write: 2 } as const;
const KINDS = 3;
/** log2 of the lines of a region (16 pages): code, stack, heap and kernel data lie in different ones and owe separately. */
const REGION_BITS = 10;
/** Regions that are told apart (256 MiB of them). */
const REGIONS = 4096;
/** Most lines that a region owes, in samples; what is beyond it may have no sampled lines at all, and goes to a pool. */
const MOST_OWED = 16;

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
  readonly #lines = new Int32Array(REGIONS * KINDS);
  readonly #runs = new Int32Array(REGIONS * KINDS);
  /** Lines of regions that owed too many, by kind and side. */
  readonly #pool = new Float64Array(KINDS * 2);

  /** `every`: lines that a sampled line stands for on average. */
  constructor(every: number) {
    this.#most = every * MOST_OWED;
  }

  /** A run of `count` lines beside the sample. hot */
  add(from: number, count: number, kind: number, domain: number): void {
    const at = slot(from, kind);
    const lines = this.#lines[at] + count;
    const most = this.#most;
    if (lines > most) this.#pool[side(kind, domain)] += lines - most;
    this.#lines[at] = Math.min(lines, most);
    this.#runs[at] = Math.min(this.#runs[at] + 1, most);
  }

  /** Takes what a run of `count` lines stands for: itself, all that its region owes, and of the pool as much as itself. hot */
  take(from: number, count: number, kind: number, domain: number): void {
    const at = slot(from, kind);
    this.lines = this.#lines[at] + count;
    this.runs = this.#runs[at] + 1;
    this.#lines[at] = this.#runs[at] = 0;
    const pool = side(kind, domain);
    const pooled = Math.min(this.#pool[pool], count);
    if (pooled === 0) return;
    this.#pool[pool] -= pooled;
    this.lines += pooled;
    this.runs++;
  }
}

function slot(from: number, kind: number): number {
  return ((from >> REGION_BITS) & (REGIONS - 1)) * KINDS + kind;
}

function side(kind: number, domain: number): number {
  return domain === Domain.User ? kind : kind + KINDS;
}
