import type { Cycles } from '../sim/units.ts';

/** Busy stretches that are remembered; a power of two. Requests that far in the past find what is forgotten free. */
const STRETCHES = 64;
const MASK = STRETCHES - 1;

/**
 * When one server (a bank, a bus) is busy: each request takes the earliest stretch that is free for its whole length, at its own time or
 * later. Requests in the order of time queue first come, first served; one from a core whose clock lags fills a gap between those
 * that were served before it, and waits for none that came later in simulated time (docs/adr/0015-memory.md).
 */
export class Calendar {
  /** Ascending disjoint busy stretches in a ring, the oldest at `#first`. */
  readonly #starts = new Float64Array(STRETCHES);
  readonly #ends = new Float64Array(STRETCHES);
  #first = 0;
  #count = 0;

  /** Takes `length` cycles from `time` on or later; returns when they start. hot */
  take(time: Cycles, length: Cycles): Cycles {
    const last = (this.#first + this.#count - 1) & MASK;
    if (this.#count > 0 && time <= this.#ends[last]) return this.#fit(time, length);
    this.#insert(this.#count, time, time + length);
    return time;
  }

  /** Finds the first gap; busy stretches that touch become one. */
  #fit(time: Cycles, length: Cycles): Cycles {
    let at = this.#count;
    while (at > 0 && this.#ends[this.#slot(at - 1)] > time) at--;
    let start = time;
    for (; at < this.#count && this.#starts[this.#slot(at)] < start + length; at++) start = this.#ends[this.#slot(at)];
    this.#join(at, start, start + length);
    return start;
  }

  /** Adds a stretch before number `at`, joined with its neighbours where it touches them. */
  #join(at: number, start: Cycles, end: Cycles): void {
    const touchesLeft = at > 0 && this.#ends[this.#slot(at - 1)] === start;
    const touchesRight = at < this.#count && this.#starts[this.#slot(at)] === end;
    if (touchesLeft && touchesRight) {
      this.#ends[this.#slot(at - 1)] = this.#ends[this.#slot(at)];
      this.#remove(at);
    } else if (touchesLeft) this.#ends[this.#slot(at - 1)] = end;
    else if (touchesRight) this.#starts[this.#slot(at)] = start;
    else this.#insert(at, start, end);
  }

  #insert(at: number, start: Cycles, end: Cycles): void {
    let to = at;
    if (this.#count === STRETCHES) {
      this.#first = (this.#first + 1) & MASK;
      this.#count--;
      // A stretch older than all that are remembered is forgotten at once.
      if (--to < 0) return;
    }
    for (let i = this.#count; i > to; i--) this.#copy(i - 1, i);
    this.#count++;
    this.#starts[this.#slot(to)] = start;
    this.#ends[this.#slot(to)] = end;
  }

  #remove(at: number): void {
    for (let i = at + 1; i < this.#count; i++) this.#copy(i, i - 1);
    this.#count--;
  }

  #copy(from: number, to: number): void {
    this.#starts[this.#slot(to)] = this.#starts[this.#slot(from)];
    this.#ends[this.#slot(to)] = this.#ends[this.#slot(from)];
  }

  #slot(at: number): number {
    return (this.#first + at) & MASK;
  }
}
