import { describe, expect, it } from 'vitest';
import { Empirical, Zipf, exponential, lognormal, normal } from './distributions.ts';
import { openStream, type Rng } from './rng.ts';

const N = 200_000;
/** A fair sample leaves five standard errors once in 1.7 million; the streams are fixed, so these tests are decided once. */
const Z = 5;

/** Mean and variance of N draws. */
function moments(draw: (rng: Rng) => number): { mean: number; variance: number } {
  const rng = openStream(1, 0, 'moments');
  let mean = 0;
  let squares = 0;
  for (let i = 1; i <= N; i++) {
    const x = draw(rng);
    const delta = x - mean;
    mean += delta / i;
    squares += delta * (x - mean);
  }
  return { mean, variance: squares / (N - 1) };
}

/** Checks both moments against Z standard errors: var(mean) = s^2/n, var(s^2) = s^4 (kurtosis - 1)/n for large n. */
function expectMoments(draw: (rng: Rng) => number, mean: number, variance: number, kurtosis: number): void {
  const seen = moments(draw);
  expect(Math.abs(seen.mean - mean)).toBeLessThan(Z * Math.sqrt(variance / N));
  expect(Math.abs(seen.variance - variance)).toBeLessThan(Z * variance * Math.sqrt((kurtosis - 1) / N));
}

describe('distributions', () => {
  it('exponential of mean 7 has mean 7 and variance 49 (kurtosis 9)', () => {
    expectMoments((rng) => exponential(rng, 7), 7, 49, 9);
  });

  it('normal has mean 0 and variance 1 (kurtosis 3)', () => {
    expectMoments(normal, 0, 1, 3);
  });

  it('lognormal of mean 10 and sigma 0.5 has variance 100 (e^0.25 - 1)', () => {
    const w = Math.exp(0.25);
    expectMoments((rng) => lognormal(rng, 10, 0.5), 10, 100 * (w - 1), w ** 4 + 2 * w ** 3 + 3 * w ** 2 - 3);
  });

  it('exponential has 1 - 1/e of its draws below the mean', () => {
    const share = moments((rng) => (exponential(rng, 3) < 3 ? 1 : 0)).mean;
    const p = 1 - 1 / Math.E;
    expect(Math.abs(share - p)).toBeLessThan(Z * Math.sqrt((p * (1 - p)) / N));
  });
});

describe('Zipf', () => {
  const zipf = new Zipf(1000, 0.99);

  it('gives rank k the probability (k+1)^-0.99 over the harmonic sum', () => {
    const weights = Array.from({ length: 1000 }, (_, k) => (k + 1) ** -0.99);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const k of [0, 1, 9, 999]) expect(zipf.probability(k)).toBeCloseTo(weights[k] / total, 12);
  });

  it('draws ranks with these probabilities: chi-square of 999 degrees of freedom within 5 sigma', () => {
    const rng = openStream(1, 0, 'zipf');
    const seen = new Float64Array(1000);
    for (let i = 0; i < N; i++) seen[zipf.sample(rng)] += 1;
    const chi2 = seen.reduce(
      (sum, count, k) => sum + (count - N * zipf.probability(k)) ** 2 / (N * zipf.probability(k)),
      0,
    );
    expect(Math.abs(chi2 - 999)).toBeLessThan(Z * Math.sqrt(2 * 999));
  });

  it('with exponent 0 is uniform', () => {
    const uniform = new Zipf(4, 0);
    expect([0, 1, 2, 3].map((rank) => uniform.probability(rank))).toEqual([0.25, 0.25, 0.25, 0.25]);
  });
});

describe('Empirical', () => {
  const service = new Empirical([
    [0, 10],
    [0.5, 20],
    [0.9, 40],
    [1, 1000],
  ]);

  it('has the mean of its trapezoids: 0.5 x 15 + 0.4 x 30 + 0.1 x 520 = 71.5', () => {
    expect(service.mean).toBeCloseTo(71.5, 12);
  });

  it('draws half of its values from [10, 20) and a tenth from [40, 1000)', () => {
    const low = moments((rng) => (service.sample(rng) < 20 ? 1 : 0)).mean;
    const high = moments((rng) => (service.sample(rng) >= 40 ? 1 : 0)).mean;
    expect(Math.abs(low - 0.5)).toBeLessThan(Z * Math.sqrt(0.25 / N));
    expect(Math.abs(high - 0.1)).toBeLessThan(Z * Math.sqrt(0.09 / N));
  });

  it('has the sample mean of its own mean', () => {
    const variance =
      0.5 * (15 ** 2 + 10 ** 2 / 12) + 0.4 * (30 ** 2 + 20 ** 2 / 12) + 0.1 * (520 ** 2 + 960 ** 2 / 12) - 71.5 ** 2;
    expect(Math.abs(moments((rng) => service.sample(rng)).mean - 71.5)).toBeLessThan(Z * Math.sqrt(variance / N));
  });

  it('rejects quantiles that do not go from 0 to 1 or do not ascend', () => {
    expect(() => new Empirical([[0, 1], [0.9, 2]])).toThrow(/do not go from 0 to 1/); // prettier-ignore
    expect(() => new Empirical([[0, 2], [1, 1]])).toThrow(/quantile 1 \(1, 1\) does not ascend/); // prettier-ignore
  });
});
