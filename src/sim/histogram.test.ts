import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from './histogram.ts';

function filled(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

/** The sample of rank ceil(p n), the definition that quantile approximates. */
function exactQuantile(values: readonly number[], p: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(p * values.length)) - 1];
}

const value = fc.double({ min: 1, max: 2 ** 40, maxExcluded: true, noNaN: true });
const values = fc.array(value, { minLength: 1, maxLength: 200 });

describe('Histogram', () => {
  it('gives every quantile of values in [1, 2^40) within a relative error of 1/32', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (samples, p) => {
        const exact = exactQuantile(samples, p);
        expect(Math.abs(filled(samples).quantile(p) - exact)).toBeLessThanOrEqual(exact / 32);
      }),
    );
  });

  it('gives quantiles of integers below 64 exactly', () => {
    const histogram = filled(Array.from({ length: 64 }, (_, i) => i));
    for (let i = 0; i < 64; i++) expect(histogram.quantile((i + 1) / 64)).toBe(i);
  });

  it('has exact mean 3, standard deviation sqrt(2.5), minimum 1 and maximum 5 of 1 to 5', () => {
    const { samples, mean, stdev, min, max } = filled([1, 2, 3, 4, 5]);
    expect([samples, mean, min, max]).toEqual([5, 3, 1, 5]);
    expect(stdev).toBeCloseTo(Math.sqrt(2.5), 14);
  });

  it('keeps the standard deviation 1 of values around 10^12', () => {
    expect(filled([1e12, 1e12 + 1, 1e12 + 2]).stdev).toBeCloseTo(1, 6);
  });

  it('merged equals the histogram of all samples', () => {
    fc.assert(
      fc.property(values, values, (left, right) => {
        const merged = filled(left);
        merged.merge(filled(right));
        const whole = filled([...left, ...right]);
        expect(merged.buckets()).toEqual(whole.buckets());
        expect([merged.samples, merged.min, merged.max]).toEqual([whole.samples, whole.min, whole.max]);
        expect(Math.abs(merged.mean - whole.mean)).toBeLessThanOrEqual(1e-12 * whole.mean);
        expect(Math.abs(merged.stdev - whole.stdev)).toBeLessThanOrEqual(1e-9 * whole.max);
      }),
    );
  });

  it('lists its buckets by ascending upper bound, each above its samples, with all samples counted', () => {
    fc.assert(
      fc.property(values, (samples) => {
        const rows = filled(samples).buckets();
        let low = 0;
        for (const [upper, count] of rows) {
          expect(samples.filter((sample) => sample >= low && sample < upper)).toHaveLength(count);
          low = upper;
        }
        expect(rows.reduce((sum, [, count]) => sum + count, 0)).toBe(samples.length);
      }),
    );
  });

  it('counts values beyond 2^40 in its last bucket and still knows their maximum', () => {
    const histogram = filled([2 ** 45]);
    expect([histogram.buckets().length, histogram.max, histogram.quantile(0.5)]).toEqual([1, 2 ** 45, 2 ** 45]);
  });

  it('is all zeros when empty and after a reset', () => {
    const histogram = filled([3, 4]);
    histogram.reset();
    for (const empty of [histogram, new Histogram()]) {
      const { samples, mean, stdev, min, max } = empty;
      expect([samples, mean, stdev, min, max, empty.quantile(0.99), empty.buckets()]).toEqual([0, 0, 0, 0, 0, 0, []]);
    }
  });

  it('rejects negative, infinite and NaN values', () => {
    for (const bad of [-1, Infinity, NaN]) expect(() => filled([bad])).toThrow(/finite and >= 0/);
  });
});
