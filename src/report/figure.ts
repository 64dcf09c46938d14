import type { TopLevelSpec } from 'vega-lite';
import type { Estimate, Scalar, SummaryRow } from '../archive/rows.ts';
import { percent } from './labels.ts';
import { panelLabel, seriesLabel } from './layout.ts';
import type { Layout } from './layout.ts';
import type { PaperWidth } from './theme.ts';

/** One record of a figure's data: the levels of the study's factors, then the fields that the chart draws. */
export type Datum = Readonly<Record<string, Scalar>>;

/** A figure before rendering: what it shows, how wide it prints, and its spec at a given width of one panel. */
export interface Figure {
  readonly width: PaperWidth;
  /** Panels side by side; the renderer shares the printed width among them. */
  readonly columns: number;
  /** Exactly what the figure shows, in drawing order; the same records are inlined in the spec. */
  readonly data: readonly Datum[];
  /** The chart with panels of `panelWidth` points. */
  spec(panelWidth: number): TopLevelSpec;
}

/** How to make one figure from the rows of a summary. */
export interface FigureDef {
  /** The question that the figure answers; opens its description. */
  readonly question: string;
  /** What the summary must hold; told when it does not. */
  readonly needs: string;
  /** Draws the rows; `options` follow the figure's id, as in `lines:latency.p99:cores`. Gives no data when the rows lack what it needs. */
  readonly draw: (rows: readonly SummaryRow[], options: readonly string[]) => Figure;
}

/** Levels of the varying factors and the legend and panel labels of a row. */
export function placeOf(row: SummaryRow, layout: Layout): Record<string, Scalar> {
  return {
    ...row.itervars,
    series: seriesLabel(layout.series, row.itervars),
    ...(layout.column.factors.length > 0 && { columnPanel: panelLabel(layout.column.factors, row.itervars) }),
    ...(layout.row.factors.length > 0 && { rowPanel: panelLabel(layout.row.factors, row.itervars) }),
  };
}

/** Rows in drawing order: panels row by row, then along the axis, then in legend order. */
export function inOrder(rows: readonly SummaryRow[], layout: Layout): SummaryRow[] {
  const key = (row: SummaryRow): number[] => [
    layout.row.labels.indexOf(panelLabel(layout.row.factors, row.itervars)),
    layout.column.labels.indexOf(panelLabel(layout.column.factors, row.itervars)),
    layout.position === undefined ? 0 : Number(row.itervars[layout.position]),
    layout.series.levels.indexOf(seriesLabel(layout.series, row.itervars)),
  ];
  return [...rows].sort((a, b) => compareKeys(key(a), key(b)));
}

function compareKeys(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at] - b[at];
}

/** An estimate as chart fields: `value`, and `low` and `high` when it has an interval. */
export function intervalOf({ mean, halfwidth }: Estimate): Record<string, number> {
  return halfwidth === undefined ? { value: mean } : { value: mean, low: mean - halfwidth, high: mean + halfwidth };
}

/** What a reader needs beside the question: replications and what the bars mean. */
export function evidence(rows: readonly SummaryRow[]): string {
  const counts = rows.map((row) => row.n);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const runs = least === most ? `n = ${least}` : `n = ${least} to ${most}`;
  const level = rows.find((row) => row.halfwidth !== undefined)?.level;
  return level === undefined
    ? `Single runs (${runs}), so no intervals.`
    : `Means of ${runs} replications; bars are two-sided ${percent(level)} confidence intervals.`;
}
