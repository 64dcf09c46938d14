import type { Cycles } from '../sim/units.ts';

/**
 * The time of the access under way, which all that serve it read here: V8 boxes a time beyond 2^31 cycles that is an argument of a function
 * that it does not inline, and an access allocates nothing.
 */
export class Moment {
  now: Cycles;

  constructor(now: Cycles = 0) {
    this.now = now;
  }
}
