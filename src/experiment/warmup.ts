const MSER_BATCH = 5;

/** Where the start-up transient of a series ends. */
export interface WarmupCheck {
  /** Values to cut from the front. */
  readonly cut: number;
  /** False when the best cut lies in the second half: the series is too short to tell, and must not be reported. */
  readonly isSettled: boolean;
}

/**
 * MSER-5: the cut that makes the squared standard error of the remaining means of 5 smallest, searched over the first half.
 * Source: K. P. White, M. J. Cobb, S. C. Spratt, "A comparison of five steady-state truncation heuristics for simulation",
 * Winter Simulation Conference 2000.
 */
export function mser5(series: readonly number[]): WarmupCheck {
  const count = Math.floor(series.length / MSER_BATCH);
  if (count < 2) return { cut: 0, isSettled: false };
  const means = Array.from({ length: count }, (_, i) => batchMean(series, i * MSER_BATCH));
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  let [sum, squares] = [0, 0];
  const centre = means.at(-1)!; // sums of deviations from a nearby value lose no digits
  for (let first = count - 1; first >= 0; first--) {
    const deviation = means[first] - centre;
    sum += deviation;
    squares += deviation * deviation;
    const left = count - first;
    const error = (squares - (sum * sum) / left) / (left * left);
    // Tails of very few batches look quiet by accident; ties go to the shorter cut.
    if (left >= MSER_BATCH && error <= least) [best, least] = [first, error];
  }
  return { cut: best * MSER_BATCH, isSettled: best * 2 <= count && count >= 2 * MSER_BATCH };
}

function batchMean(series: readonly number[], from: number): number {
  let sum = 0;
  for (let i = 0; i < MSER_BATCH; i++) sum += series[from + i];
  return sum / MSER_BATCH;
}
