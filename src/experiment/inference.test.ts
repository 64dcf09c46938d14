import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchMeans, estimate, mean, paired, variance } from './inference.ts';
import { mser5 } from './warmup.ts';

const settled = (i: number): number => 10 + (i % 2);
const T_95_4 = 2.7764451052;

describe('estimate', () => {
  it('of 1 to 5 is 3 +- t(0.975, 4) sqrt(2.5 / 5)', () => {
    const { n, mean: centre, stdev, halfwidth } = estimate([1, 2, 3, 4, 5], 0.95);

    expect([n, centre]).toEqual([5, 3]);
    expect(stdev).toBeCloseTo(Math.sqrt(2.5), 14);
    expect(halfwidth).toBeCloseTo(T_95_4 * Math.sqrt(0.5), 9);
  });

  it('of one value has no half-width', () => {
    expect(estimate([7], 0.95)).toEqual({ n: 1, mean: 7 });
  });

  it('of equal values has half-width 0', () => {
    expect(estimate([7, 7, 7], 0.95)).toEqual({ n: 3, mean: 7, stdev: 0, halfwidth: 0 });
  });

  it('keeps its digits when 1e9 is added to every value: the variance of 1, 2, 3 stays 1', () => {
    expect(variance([1e9 + 1, 1e9 + 2, 1e9 + 3])).toBe(1);
  });

  it('holds the true mean 0.5 of uniform samples in about 95 of 100 intervals: 1850 to 1950 of 2000', () => {
    let state = 12345;
    const draw = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    let held = 0;
    for (let i = 0; i < 2000; i++) {
      const { mean: centre, halfwidth } = estimate(Array.from({ length: 10 }, draw), 0.95);
      if (Math.abs(centre - 0.5) <= halfwidth!) held++;
    }

    expect(held).toBeGreaterThan(1850);
    expect(held).toBeLessThan(1950);
  });
});

describe('paired', () => {
  it('finds the constant difference 2 with half-width 0 where unpaired intervals would overlap', () => {
    const baseline = [10, 20, 40];

    expect(paired([12, 22, 42], baseline, 0.95).diff).toEqual({ mean: 2, halfwidth: 0 });
  });

  it('gives the mean of ratios, not the ratio of means: +20, +10 and +5 per cent are 11.67', () => {
    const { gain } = paired([12, 22, 42], [10, 20, 40], 0.95);

    expect(gain!.mean).toBeCloseTo((20 + 10 + 5) / 3, 12);
    expect(gain!.halfwidth).toBeCloseTo((4.30265272975 * Math.sqrt(variance([20, 10, 5]))) / Math.sqrt(3), 9);
  });

  it('has no gain against a baseline of 0 and no interval for one pair', () => {
    expect(paired([1, 2], [0, 1], 0.95).gain).toBeUndefined();
    expect(paired([2], [1], 0.95)).toEqual({ pairs: 1, diff: { mean: 1 }, gain: { mean: 100 } });
  });

  it('refuses samples of different size', () => {
    expect(() => paired([1], [1, 2], 0.95)).toThrow('1 values against 2');
  });

  it('of a sample scaled by k is k - 1 everywhere, for any positive sample', () => {
    const sample = fc.array(fc.double({ min: 0.1, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(sample, (baseline) => {
        const { gain } = paired(
          baseline.map((value) => value * 1.5),
          baseline,
          0.95,
        );
        expect(gain!.mean).toBeCloseTo(50, 9);
        expect(gain!.halfwidth).toBeLessThan(1e-9);
      }),
    );
  });
});

describe('batchMeans', () => {
  it('of 0 to 6 in 3 batches leaves the first value off: 1.5, 3.5, 5.5', () => {
    expect(batchMeans([0, 1, 2, 3, 4, 5, 6], 3)).toEqual([1.5, 3.5, 5.5]);
    expect(() => batchMeans([1], 2)).toThrow('1 values do not fill 2 batches');
  });

  it('have the mean of what they cover', () => {
    expect(mean(batchMeans([9, 1, 2, 3, 4], 2))).toBe(mean([1, 2, 3, 4]));
  });
});

describe('mser5', () => {
  it('cuts the 50 values of a start-up level from 500', () => {
    const series = Array.from({ length: 500 }, (_, i) => (i < 50 ? 100 : settled(i)));

    expect(mser5(series)).toEqual({ cut: 50, isSettled: true });
  });

  it('cuts nothing from a constant series', () => {
    expect(mser5(Array.from({ length: 100 }, () => 3))).toEqual({ cut: 0, isSettled: true });
  });

  it('says that a series which changes after two thirds is not settled', () => {
    expect(mser5(Array.from({ length: 300 }, (_, i) => (i < 200 ? 100 : 10))).isSettled).toBe(false);
  });

  it('says nothing about fewer than 50 values', () => {
    expect(mser5([1, 1, 1, 1, 1, 1, 1, 1, 1, 1]).isSettled).toBe(false);
  });
});
