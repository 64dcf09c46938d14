/** How one level of the compared factor is drawn, in every figure alike. */
export interface SeriesStyle {
  readonly colour: string;
  readonly shape: string;
  /** Dashes and gaps of a line in points; none for a solid line. */
  readonly dash: readonly number[];
}

/**
 * Colours of Okabe and Ito, "Color Universal Design" (2008), which colour-blind readers tell apart; the shapes and
 * dashes carry the same distinction into grey print. Table order is legend order: the baseline stands first.
 */
export const policyStyles: Readonly<Record<string, SeriesStyle>> = {
  baseline: { colour: '#000000', shape: 'circle', dash: [] },
  kernelmode: { colour: '#0072B2', shape: 'square', dash: [5, 1.5] },
  bypage: { colour: '#D55E00', shape: 'triangle-up', dash: [1.5, 1.2] },
  free: { colour: '#009E73', shape: 'diamond', dash: [5, 1.2, 1.2, 1.2] },
};

/** For levels that the table does not name, in order of appearance; reused from the start when they run out. */
const spare: readonly SeriesStyle[] = [
  { colour: '#CC79A7', shape: 'triangle-down', dash: [3, 1] },
  { colour: '#E69F00', shape: 'cross', dash: [0.8, 1.6] },
  { colour: '#56B4E9', shape: 'triangle-left', dash: [7, 2] },
  { colour: '#7F7F7F', shape: 'triangle-right', dash: [3, 1, 1, 1] },
];

/** Styles of the levels in their order; a base level of a factor other than the policy is drawn like the baseline. */
export function stylesOf(levels: readonly string[], base: string | undefined): SeriesStyle[] {
  const named = (level: string): SeriesStyle | undefined => policyStyles[level === base ? 'baseline' : level];
  const unnamed = levels.filter((level) => !named(level));
  return levels.map((level) => named(level) ?? spare[unnamed.indexOf(level) % spare.length]);
}
