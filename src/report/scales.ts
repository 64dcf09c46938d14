/** Axis numbers in full up to four digits, then as 10k and 2.5M; Vega's own SI format would write zero as "0k". */
export const numberLabel = "abs(datum.value) < 1e4 ? format(datum.value, ',.9~g') : format(datum.value, '~s')";

/** Light lines at the ticks, but none over the frame of the panel at zero. */
const gridOpacity = { condition: { test: 'datum.value === 0', value: 0 }, value: 1 } as const;

/** A linear axis that contains zero and leaves room above the largest value. */
export function linearScale(values: readonly number[]) {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const room = 0.06 * (high - low || 1);
  const domain = [low < 0 ? low - room : 0, high > 0 ? high + room : 0];
  return { scale: { domain, nice: false }, axis: { tickCount: 5, labelExpr: numberLabel, grid: true, gridOpacity } };
}

/** An axis of positive values: logarithmic when they span more than the ratio `logFrom`, so that equal shares have equal length; else linear. */
export function valueScale(values: readonly number[], logFrom: number) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (!(low > 0) || high / low < logFrom) return linearScale(values);
  const domain = [low / 1.15, high * 1.15] as const;
  const axis = { values: logTicks(...domain), labelExpr: numberLabel, grid: true };
  return { scale: { type: 'log' as const, domain: [...domain], nice: false }, axis };
}

/** Ticks at 1, 2 and 5 times the powers of ten; only the powers when the domain spans more than three decades. */
function logTicks(low: number, high: number): number[] {
  const steps = high / low > 1000 ? [1] : [1, 2, 5];
  const decades = Array.from({ length: 40 }, (_, i) => Number(`1e${i - 20}`));
  return decades.flatMap((decade) => steps.map((step) => step * decade)).filter((tick) => tick >= low && tick <= high);
}

/** Most levels that all get a tick of their own. */
const mostTicks = 8;
/** Levels whose positive ones reach further than this ratio are spaced by doublings, as core counts are. */
const doublingFrom = 8;

/** Domain and ticks of a numeric factor: a tick at every level when they are few, spaced by doublings when they reach far. */
export function factorScale(levels: readonly number[]) {
  const ticks = levels.length <= mostTicks ? { values: [...levels] } : {};
  return {
    scale: { ...spacingOf(levels), nice: false, padding: 6 },
    axis: { ...ticks, labelExpr: numberLabel, grid: false },
  };
}

/** A level of zero has no logarithm: it keeps a place of its own beside the smallest positive level. */
function spacingOf(levels: readonly number[]) {
  const least = Math.min(...levels.filter((level) => level > 0));
  const wide = levels.every((level) => level >= 0) && Math.max(...levels) / least >= doublingFrom;
  if (!wide) return { zero: false };
  return levels.includes(0) ? { type: 'symlog' as const, constant: least } : { type: 'log' as const, base: 2 };
}
