import { exponential } from '../../sim/distributions.ts';
import type { Rng } from '../../sim/rng.ts';
import type { Cycles } from '../../sim/units.ts';
import type { ParamSpec } from '../workload.ts';
import type { ArrivalContext, Arrivals } from './arrivals.ts';

/** Parameters of bursts. */
export const BURST_PARAMS = {
  burstRatio: {
    kind: 'number',
    default: 8,
    min: 1,
    max: 1000,
    unit: 'ratio',
    doc: 'Arrival rate in a burst over that between bursts (arrivals: mmpp)',
  },
  burstShare: {
    kind: 'number',
    default: 0.1,
    min: 0.001,
    max: 0.999,
    unit: 'share',
    doc: 'Share of the time that bursts take (arrivals: mmpp)',
  },
  burstMs: {
    kind: 'number',
    default: 1,
    min: 0.001,
    max: 10000,
    unit: 'ms',
    doc: 'Mean length of a burst, exponential (arrivals: mmpp)',
  },
} as const satisfies Record<string, ParamSpec>;

const CALM = 0;
const BURST = 1;

/**
 * Markov-modulated Poisson process of two states, calm and burst (Fischer and Meier-Hellstern, Performance Evaluation 18, 1993): Poisson in
 * each, states of exponential length. The mean rate is that of the parameters; it begins in its stationary law.
 */
export class BurstyArrivals implements Arrivals {
  readonly #rng: Rng;
  /** Mean gap and mean length of each state, in cycles. */
  readonly #gaps: readonly [Cycles, Cycles];
  readonly #lengths: readonly [Cycles, Cycles];
  #state: 0 | 1;
  #leaves: Cycles;

  constructor({ params, rng, clock, meanGap }: ArrivalContext) {
    const [ratio, share] = [Number(params['burstRatio']), Number(params['burstShare'])];
    const calmGap = meanGap * (1 - share + share * ratio);
    const burst = clock.cycles(Number(params['burstMs']) * 1e6);
    this.#rng = rng;
    this.#gaps = [calmGap, calmGap / ratio];
    this.#lengths = [(burst * (1 - share)) / share, burst];
    this.#state = rng.uniform() < share ? BURST : CALM;
    this.#leaves = exponential(rng, this.#lengths[this.#state]);
  }

  gap(now: Cycles): Cycles {
    let at = now;
    for (;;) {
      const next = at + exponential(this.#rng, this.#gaps[this.#state]);
      if (next < this.#leaves) return next - now;
      // Without memory, what is left of the gap is a fresh gap of the new state.
      at = this.#leaves;
      this.#state = this.#state === CALM ? BURST : CALM;
      this.#leaves = at + exponential(this.#rng, this.#lengths[this.#state]);
    }
  }
}
