import { exponential } from '../../sim/distributions.ts';
import type { Rng } from '../../sim/rng.ts';
import type { Cycles } from '../../sim/units.ts';
import type { ArrivalContext, Arrivals } from './arrivals.ts';

/** Poisson process: independent exponential gaps. */
export class Poisson implements Arrivals {
  readonly #rng: Rng;
  readonly #meanGap: Cycles;

  constructor({ rng, meanGap }: ArrivalContext) {
    this.#rng = rng;
    this.#meanGap = meanGap;
  }

  gap(): Cycles {
    return exponential(this.#rng, this.#meanGap);
  }
}
