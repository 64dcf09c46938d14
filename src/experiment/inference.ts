import type { Estimate } from '../archive/rows.ts';
import { tTwoSided } from './studentt.ts';

/** Mean of a sample with its spread; `stdev` and `halfwidth` are absent below two values. */
export interface SampleEstimate extends Estimate {
  readonly n: number;
  /** Sample standard deviation, with n - 1. */
  readonly stdev?: number;
}

/** Differences of paired samples; `gain` is absent when a baseline value is 0. */
export interface PairedEstimate {
  readonly pairs: number;
  readonly diff: Estimate;
  /** Mean of the relative differences of the pairs, in per cent. */
  readonly gain?: Estimate;
}

/** Arithmetic mean; NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample variance with n - 1, in two passes so that large means cost no digits; NaN below two values. */
export function variance(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) * (value - centre), 0) / (values.length - 1);
}

/** Mean with its Student-t interval at `level`: halfwidth = t(level, n - 1) stdev / sqrt(n). Values must be independent. */
export function estimate(values: readonly number[], level: number): SampleEstimate {
  const n = values.length;
  if (n < 2) return { n, mean: mean(values) };
  const stdev = Math.sqrt(variance(values));
  return { n, mean: mean(values), stdev, halfwidth: (tTwoSided(level, n - 1) * stdev) / Math.sqrt(n) };
}

/**
 * Interval of the mean difference and of the mean relative difference of `values[i]` against `baseline[i]`, which ran on the
 * same random numbers. The relative interval is that of the per-pair ratios, never a ratio of means.
 */
export function paired(values: readonly number[], baseline: readonly number[], level: number): PairedEstimate {
  if (values.length !== baseline.length)
    throw new Error(`paired: ${values.length} values against ${baseline.length} of the baseline`);
  const differences = values.map((value, i) => value - baseline[i]);
  const diff = plain(estimate(differences, level));
  if (baseline.includes(0)) return { pairs: values.length, diff };
  const relative = differences.map((difference, i) => (100 * difference) / Math.abs(baseline[i]));
  return { pairs: values.length, diff, gain: plain(estimate(relative, level)) };
}

function plain({ mean, halfwidth }: SampleEstimate): Estimate {
  return halfwidth === undefined ? { mean } : { mean, halfwidth };
}

/** Means of `count` consecutive batches of equal size; what does not fill a batch is left off at the front. */
export function batchMeans(series: readonly number[], count: number): number[] {
  const size = Math.floor(series.length / count);
  if (size < 1) throw new Error(`batchMeans: ${series.length} values do not fill ${count} batches`);
  const first = series.length - size * count;
  return Array.from({ length: count }, (_, i) => mean(series.slice(first + i * size, first + (i + 1) * size)));
}
