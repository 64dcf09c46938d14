import type { Cycles } from '../sim/units.ts';

/**
 * The time of the access under way, which all that serve it read here: V8 boxes a time beyond 2^31 cycles that is an argument of a function
 * that it does not inline, and an access allocates nothing. An array, as V8 boxes some fields too.
 */
export class Moment {
  readonly #time = new Float64Array(1);

  constructor(now: Cycles = 0) {
    this.#time[0] = now;
  }

  get now(): Cycles {
    return this.#time[0];
  }

  set now(now: Cycles) {
    this.#time[0] = now;
  }
}
