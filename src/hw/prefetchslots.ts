import type { Cycles } from '../sim/units.ts';
import { EMPTY } from './tagstore.ts';

/** Prefetched lines of one cache and when each arrives: few, so that looking at all of them is quick. */
export class PrefetchSlots {
  readonly #lines: Int32Array;
  readonly #arrivals: Float64Array;
  #turn = 0;

  constructor(count: number) {
    this.#lines = new Int32Array(count).fill(EMPTY);
    this.#arrivals = new Float64Array(count);
  }

  /** Slot of a line, or EMPTY. hot */
  find(line: number): number {
    for (let slot = 0; slot < this.#lines.length; slot++) if (this.#lines[slot] === line) return slot;
    return EMPTY;
  }

  /** Cycles until the line of a slot is there, 0 if it is; empties the slot. hot */
  take(slot: number, now: Cycles): Cycles {
    this.#lines[slot] = EMPTY;
    return Math.max(0, this.#arrivals[slot] - now);
  }

  /** A slot whose line has arrived or that has none, or EMPTY. hot */
  idle(now: Cycles): number {
    for (let slot = 0; slot < this.#lines.length; slot++)
      if (this.#lines[slot] === EMPTY || this.#arrivals[slot] <= now) return slot;
    return EMPTY;
  }

  /** The slot filled longest ago. hot */
  oldest(): number {
    const slot = this.#turn;
    this.#turn = slot + 1 === this.#lines.length ? 0 : slot + 1;
    return slot;
  }

  /** Puts a line in a slot; returns what was there. hot */
  put(slot: number, line: number, arrival: Cycles): number {
    const before = this.#lines[slot];
    this.#lines[slot] = line;
    this.#arrivals[slot] = arrival;
    return before;
  }
}
