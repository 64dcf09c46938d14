import { exponential } from '../../sim/distributions.ts';
import type { Rng } from '../../sim/rng.ts';
import type { Clock, Cycles } from '../../sim/units.ts';

/** Something that befalls a thread now and then, as a Poisson process in the time of the clock; never at a rate of 0. */
export class Rare {
  readonly #rng: Rng;
  readonly #mean: number;
  #next: Cycles;

  constructor(rng: Rng, clock: Clock, perSecond: number) {
    this.#rng = rng;
    this.#mean = clock.hz / perSecond;
    this.#next = perSecond === 0 ? Infinity : exponential(rng, this.#mean);
  }

  /** Whether it is due; each occurrence is told once. */
  isDue(now: Cycles): boolean {
    if (now < this.#next) return false;
    this.#next += exponential(this.#rng, this.#mean);
    return true;
  }
}
