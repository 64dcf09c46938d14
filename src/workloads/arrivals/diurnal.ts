import { exponential } from '../../sim/distributions.ts';
import type { Rng } from '../../sim/rng.ts';
import type { Cycles } from '../../sim/units.ts';
import type { ParamSpec } from '../workload.ts';
import type { ArrivalContext, Arrivals } from './arrivals.ts';

/** Parameters of a day, shrunk to what a run can hold. */
export const DAY_PARAMS = {
  dayMs: {
    kind: 'number',
    default: 20,
    min: 0.01,
    max: 1e6,
    unit: 'ms',
    doc: 'Simulated length of a day of load, from mean over peak and trough to mean (arrivals: diurnal)',
  },
  dayDepth: {
    kind: 'number',
    default: 0.5,
    min: 0,
    max: 1,
    unit: 'share',
    doc: 'How far the rate rises above its mean at the peak, and falls below at the trough (arrivals: diurnal)',
  },
} as const satisfies Record<string, ParamSpec>;

/**
 * Poisson process whose rate rises and falls over a day, by thinning of one at the peak rate (Lewis and Shedler, 1979). The wave is two
 * parabolic arcs, close to a sine, of mean 0 and height 1.
 */
export class DiurnalArrivals implements Arrivals {
  readonly #rng: Rng;
  readonly #day: Cycles;
  readonly #depth: number;
  readonly #peakGap: Cycles;

  constructor({ params, rng, clock, meanGap }: ArrivalContext) {
    this.#rng = rng;
    this.#day = clock.cycles(Number(params['dayMs']) * 1e6);
    this.#depth = Number(params['dayDepth']);
    this.#peakGap = meanGap / (1 + this.#depth);
  }

  gap(now: Cycles): Cycles {
    let at = now;
    for (;;) {
      at += exponential(this.#rng, this.#peakGap);
      const share = (1 + this.#depth * wave((at % this.#day) / this.#day)) / (1 + this.#depth);
      if (this.#rng.uniform() < share) return at - now;
    }
  }
}

/** Height from -1 to 1 of the load at a share of the day from 0 to 1. */
export function wave(share: number): number {
  const half = share < 0.5 ? share : share - 0.5;
  const arc = 16 * half * (0.5 - half);
  return share < 0.5 ? arc : -arc;
}
