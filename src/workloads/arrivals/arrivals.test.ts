import { describe, expect, it } from 'vitest';
import { openStream } from '../../sim/rng.ts';
import { makeClock } from '../../sim/units.ts';
import type { Params } from '../workload.ts';
import { wave } from './diurnal.ts';
import { ARRIVAL_PARAMS, ARRIVALS, type ArrivalName } from './index.ts';

const CLOCK = makeClock(1e9);
const MEAN_GAP = 50_000;

/** Times at which requests are due up to `end`, in cycles of a clock of 1 GHz. */
function times(name: ArrivalName, end: number, params: Params = {}): number[] {
  const defaults = Object.fromEntries(Object.entries(ARRIVAL_PARAMS).map(([param, spec]) => [param, spec.default]));
  const rng = openStream(7, 0, 'arrivals');
  const arrivals = ARRIVALS[name]({ params: { ...defaults, ...params }, rng, clock: CLOCK, meanGap: MEAN_GAP });
  const due: number[] = [];
  for (let now = arrivals.gap(0); now < end; now += arrivals.gap(now)) due.push(now);
  return due;
}

/** Requests in each of `count` windows of equal length. */
function countsOf(due: readonly number[], window: number, count: number): number[] {
  const counts = Array.from({ length: count }, () => 0);
  for (const at of due) counts[Math.floor(at / window)]++;
  return counts;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Variance over mean. */
function dispersion(counts: readonly number[]): number {
  const average = mean(counts);
  return mean(counts.map((n) => (n - average) ** 2)) / average;
}

/** Relative error of a variance of n nearly normal values is sqrt(2 / n); six times that is allowed. */
const allowed = (n: number): number => 6 * Math.sqrt(2 / n);

/**
 * Index of dispersion of counts over a time t of an MMPP-2 in stationary state: rates a and b, left at rates p and q (Fischer and
 * Meier-Hellstern 1993).
 */
function mmppDispersion(a: number, b: number, p: number, q: number, t: number): number {
  const r = p + q;
  const limit = (2 * (a - b) ** 2 * p * q) / (r ** 2 * (a * q + b * p));
  return 1 + limit * (1 - (1 - Math.exp(-r * t)) / (r * t));
}

describe('Poisson arrivals', () => {
  it('have an index of dispersion of 1 over 2000 windows of 100 requests each, and the mean rate', () => {
    const counts = countsOf(times('open', 2000 * 100 * MEAN_GAP), 100 * MEAN_GAP, 2000);

    expect(Math.abs(mean(counts) / 100 - 1)).toBeLessThan(5 / Math.sqrt(200_000));
    expect(Math.abs(dispersion(counts) - 1)).toBeLessThan(allowed(2000));
  });
});

describe('bursty arrivals', () => {
  const [ratio, share, burst] = [8, 0.1, 1e6];
  const calmRate = 1 / (MEAN_GAP * (1 - share + share * ratio));
  const expected = (t: number): number =>
    mmppDispersion(calmRate, calmRate * ratio, share / (burst * (1 - share)), 1 / burst, t);

  it.each([
    [1e5, 40_000],
    [1e6, 20_000],
    [2e7, 2000],
  ])('have the index of dispersion of the closed form over windows of %f cycles, %i of them', (window, count) => {
    const counts = countsOf(times('mmpp', window * count), window, count);
    // Counts of neighbouring windows go together for the length of a state, so that fewer of them are independent.
    const independent = count * Math.min(1, window / (2 * burst));

    expect(expected(window)).toBeGreaterThan(1.05);
    expect(Math.abs(dispersion(counts) / expected(window) - 1)).toBeLessThan(2 * allowed(independent));
  });

  it('keep the mean rate: 80000 requests in 4 s within five standard errors of the closed form', () => {
    const due = times('mmpp', 4e9);
    expect(Math.abs(due.length - 80_000)).toBeLessThan(5 * Math.sqrt(80_000 * expected(4e9)));
  });

  it('with a ratio of 1 are Poisson arrivals', () => {
    const counts = countsOf(times('mmpp', 2000 * 5e6, { burstRatio: 1 }), 5e6, 2000);
    expect(Math.abs(dispersion(counts) - 1)).toBeLessThan(allowed(2000));
  });
});

describe('diurnal arrivals', () => {
  it('follow the wave: each tenth of the day has its share of 200 days of 400 requests, within 5 sigma', () => {
    const day = 20e6;
    const due = times('diurnal', 200 * day, { dayDepth: 0.8 });
    const tenths = countsOf(
      due.map((at) => at % day),
      day / 10,
      10,
    );

    for (const [i, count] of tenths.entries()) {
      // The mean of the wave over a tenth, by 1000 midpoints.
      const height = mean(Array.from({ length: 1000 }, (_, k) => wave((i + (k + 0.5) / 1000) / 10)));
      const expected = ((200 * day) / MEAN_GAP / 10) * (1 + 0.8 * height);
      expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected));
    }
    expect(tenths[2] / tenths[7]).toBeGreaterThan(4);
  });

  it('rise to 1 at a quarter of the day and fall to -1 at three quarters, with mean 0', () => {
    expect([0, 0.25, 0.5, 0.75].map(wave)).toEqual([0, 1, -0, -1]);
  });
});

describe('a replayed trace', () => {
  it('gives its gaps of 10, 20 and 5 us over and over', () => {
    expect(times('trace', 100_000, { traceGapsUs: '10 20, 5' })).toEqual([
      ...([10_000, 30_000, 35_000, 45_000, 65_000, 70_000, 80_000] as const),
    ]);
  });
});
