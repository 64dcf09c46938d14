import { SimulationBug, invariant } from './errors.ts';
import { exp, ln } from './maths.ts';
import type { Rng } from './rng.ts';

/** Exponential variate by inversion; finite, for 1 - u is never 0. */
export function exponential(rng: Rng, mean: number): number {
  return -mean * ln(1 - rng.uniform());
}

/** Standard normal variate by Marsaglia's polar method (SIAM Review 6(3), 1964); the second of the pair is dropped, so no state is kept. */
export function normal(rng: Rng): number {
  for (;;) {
    const x = 2 * rng.uniform() - 1;
    const y = 2 * rng.uniform() - 1;
    const s = x * x + y * y;
    if (s > 0 && s < 1) return x * Math.sqrt((-2 * ln(s)) / s);
  }
}

/** Lognormal variate of the given mean; `sigma` is the standard deviation of its logarithm. */
export function lognormal(rng: Rng, mean: number, sigma: number): number {
  return mean * exp(sigma * normal(rng) - (sigma * sigma) / 2);
}

/** Zipf law on the ranks 0 to n - 1: P(k) proportional to (k + 1)^-exponent. Built once; a draw is a binary search. */
export class Zipf {
  readonly #cumulative: Float64Array;

  constructor(n: number, exponent: number) {
    invariant(n >= 1 && Math.floor(n) === n && exponent >= 0, `Zipf: n ${n}, exponent ${exponent}`);
    this.#cumulative = new Float64Array(n);
    let sum = 0;
    for (let k = 0; k < n; k++) {
      sum += exp(-exponent * ln(k + 1));
      this.#cumulative[k] = sum;
    }
  }

  /** Probability of a rank. */
  probability(rank: number): number {
    const below = rank === 0 ? 0 : this.#cumulative[rank - 1];
    return (this.#cumulative[rank] - below) / this.#total;
  }

  /** Draws a rank. hot */
  sample(rng: Rng): number {
    return firstAbove(this.#cumulative, rng.uniform() * this.#total);
  }

  get #total(): number {
    return this.#cumulative[this.#cumulative.length - 1];
  }
}

/** A measured distribution given by quantiles (probability, value); values between two quantiles are equally likely. */
export class Empirical {
  readonly #probability: Float64Array;
  readonly #value: Float64Array;

  /** `quantiles`: probabilities strictly ascending from 0 to 1, values ascending; at least two. */
  constructor(quantiles: readonly (readonly [probability: number, value: number])[]) {
    this.#probability = Float64Array.from(quantiles, ([probability]) => probability);
    this.#value = Float64Array.from(quantiles, ([, value]) => value);
    this.#check();
  }

  /** Exact mean of the interpolated distribution. */
  get mean(): number {
    let sum = 0;
    for (let i = 1; i < this.#value.length; i++) {
      sum += ((this.#probability[i] - this.#probability[i - 1]) * (this.#value[i] + this.#value[i - 1])) / 2;
    }
    return sum;
  }

  /** Draws a value by inversion. hot */
  sample(rng: Rng): number {
    const u = rng.uniform();
    const i = firstAbove(this.#probability, u);
    const low = this.#probability[i - 1];
    const share = (u - low) / (this.#probability[i] - low);
    return this.#value[i - 1] + share * (this.#value[i] - this.#value[i - 1]);
  }

  #check(): void {
    const p = this.#probability;
    const v = this.#value;
    if (!(p.length >= 2 && p[0] === 0 && p[p.length - 1] === 1))
      throw new SimulationBug(`Empirical: probabilities ${p.join(', ')} do not go from 0 to 1`);
    for (let i = 1; i < p.length; i++) {
      if (!(p[i] > p[i - 1] && v[i] >= v[i - 1]))
        throw new SimulationBug(`Empirical: quantile ${i} (${p[i]}, ${v[i]}) does not ascend`);
    }
  }
}

/** Index of the first element above `x`; the last index when none is. hot */
function firstAbove(ascending: Float64Array, x: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] > x) high = middle;
    else low = middle + 1;
  }
  return low;
}
