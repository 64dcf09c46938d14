import type { SummaryRow } from '../archive/rows.ts';
import { levelLabel } from './labels.ts';
import { comparisonOf, isNumeric, levelsOf, settingFactors, varying } from './study.ts';
import { stylesOf } from './styles.ts';
import type { SeriesStyle } from './styles.ts';

/** Most panels side by side that stay readable in a page's width. */
const mostColumns = 6;

/** Which factor plays which part in a figure. Every varying factor has exactly one part, so no two settings share a place. */
export interface Layout {
  readonly series: Series;
  /** Factor along the axis, when the figure has one. */
  readonly position: string | undefined;
  /** Panels side by side. */
  readonly column: Panels;
  /** Panels one above the other. */
  readonly row: Panels;
}

/** The compared factor: legend order, colours and shapes. */
export interface Series {
  readonly factor: string | undefined;
  /** Level that the others are compared with. */
  readonly base: string | undefined;
  readonly levels: readonly string[];
  readonly styles: readonly SeriesStyle[];
}

/** Panels along one direction: the factors that tell them apart, and their labels in order. */
export interface Panels {
  readonly factors: readonly string[];
  readonly labels: readonly string[];
}

/** Label of the panel that shows these levels: `8 cores, with KPTI`; empty when no factor tells panels apart. */
export function panelLabel(factors: readonly string[], itervars: SummaryRow['itervars']): string {
  return factors.map((factor) => levelLabel(factor, itervars[factor] ?? '')).join(', ');
}

/** Gives every varying factor its part: `position` is the axis; the first of `columns` that varies makes the columns, the rest make the rows. */
export function layoutOf(
  rows: readonly SummaryRow[],
  position: string | undefined,
  columns: readonly string[],
): Layout {
  const series = seriesOf(rows);
  const free = settingFactors(rows, series.factor).filter((factor) => factor !== position);
  const fits = free.filter((factor) => levelsOf(rows, factor).length <= mostColumns);
  const column = columns.find((factor) => fits.includes(factor)) ?? fits[0];
  const rest = free.filter((factor) => factor !== column);
  return { series, position, column: panelsOf(rows, column === undefined ? [] : [column]), row: panelsOf(rows, rest) };
}

/** The axis of a figure that has one value per setting: cores when they vary, else the number with the most levels. */
export function axisFactor(rows: readonly SummaryRow[]): string | undefined {
  const compared = comparisonOf(rows)?.factor;
  const numbers = settingFactors(rows, compared).filter((factor) => isNumeric(rows, factor));
  const size = (factor: string): number => (factor === 'cores' ? Infinity : levelsOf(rows, factor).length);
  return numbers.sort((a, b) => size(b) - size(a))[0];
}

function seriesOf(rows: readonly SummaryRow[]): Series {
  const compared = comparisonOf(rows);
  const factor = compared?.factor ?? varying(rows).find((name) => name === 'policy');
  if (factor === undefined) return { factor, base: undefined, levels: [''], styles: stylesOf(['baseline'], undefined) };
  const raw = levelsOf(rows, factor, compared?.base);
  const levels = raw.map((level) => levelLabel(factor, level));
  const base = compared && levelLabel(factor, raw.find((level) => String(level) === compared.base) ?? compared.base);
  return { factor, base, levels, styles: stylesOf(levels, base) };
}

/** Name in the legend of the level that a row belongs to; empty when the study has no such factor. */
export function seriesLabel(series: Series, itervars: SummaryRow['itervars']): string {
  return series.factor === undefined ? '' : levelLabel(series.factor, itervars[series.factor] ?? '');
}

/** The series without its base level, for figures whose zero is the base. */
export function withoutBase(series: Series): Series {
  const kept = series.levels.map((level) => level !== series.base);
  return {
    ...series,
    levels: series.levels.filter((_, i) => kept[i]),
    styles: series.styles.filter((_, i) => kept[i]),
  };
}

/** Panels that tell these factors apart, in the order of their levels. */
export function panelsOf(rows: readonly SummaryRow[], factors: readonly string[]): Panels {
  const ranks = factors.map((factor) => levelsOf(rows, factor));
  const rank = (row: SummaryRow): number =>
    factors.reduce((sum, factor, i) => sum * ranks[i].length + ranks[i].indexOf(row.itervars[factor]), 0);
  const ordered = [...rows].sort((a, b) => rank(a) - rank(b));
  return { factors, labels: [...new Set(ordered.map((row) => panelLabel(factors, row.itervars)))] };
}
