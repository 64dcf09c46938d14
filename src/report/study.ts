import type { Scalar, SummaryRow } from '../archive/rows.ts';
import { policyStyles } from './styles.ts';

/** What a summary compares: the levels of one factor, each against the base level. */
export interface Comparison {
  readonly factor: string;
  readonly base: string;
}

const policyOrder = Object.keys(policyStyles);

/** Factors of the study in column order. */
function factorsOf(rows: readonly SummaryRow[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row.itervars)))];
}

/** Factors that take more than one level, in column order. */
export function varying(rows: readonly SummaryRow[]): string[] {
  return factorsOf(rows).filter((factor) => levelsOf(rows, factor).length > 1);
}

/** Varying factors that tell settings of one series apart; a factor zipped with the series varies with it and is left out. */
export function settingFactors(rows: readonly SummaryRow[], series: string | undefined): string[] {
  const factors = varying(rows).filter((factor) => factor !== series);
  if (series === undefined) return factors;
  const groups = [...Map.groupBy(rows, (row) => row.itervars[series]).values()];
  return factors.filter((factor) => groups.some((group) => levelsOf(group, factor).length > 1));
}

/** Levels of a factor: `first` leads, then numbers ascending, false before true, policies in legend order, other names as they come. */
export function levelsOf(rows: readonly SummaryRow[], factor: string, first?: string): Scalar[] {
  const levels = [...new Set(rows.map((row) => row.itervars[factor]).filter((level) => level !== undefined))];
  return levels.sort((a, b) => Number(String(b) === first) - Number(String(a) === first) || rank(a) - rank(b));
}

function rank(level: Scalar): number {
  if (typeof level !== 'string') return Number(level);
  const known = policyOrder.indexOf(level);
  return known < 0 ? policyOrder.length : known;
}

/** Whether every level of the factor is a number, so that it can be an axis. */
export function isNumeric(rows: readonly SummaryRow[], factor: string): boolean {
  return levelsOf(rows, factor).every((level) => typeof level === 'number');
}

/** The compared factor and its base level, found from the rows that name a baseline; none when the study compares nothing. */
export function comparisonOf(rows: readonly SummaryRow[]): Comparison | undefined {
  const base = rows.find((row) => row.baseline !== undefined)?.baseline;
  if (base === undefined) return undefined;
  const factors = factorsOf(rows);
  const factor = factors.find((name) => separates(rows, name, base)) ?? factors.find((name) => name === 'policy');
  return factor === undefined ? undefined : { factor, base };
}

function separates(rows: readonly SummaryRow[], factor: string, base: string): boolean {
  const atBase = (row: SummaryRow): boolean => String(row.itervars[factor]) === base;
  return rows.some(atBase) && rows.every((row) => row.baseline === undefined || !atBase(row));
}

/** Metrics of the summary in order of appearance. */
export function metricsOf(rows: readonly SummaryRow[]): string[] {
  return [...new Set(rows.map((row) => row.metric))];
}

/** Rows of one metric that have a value, of the first component that reports it. */
export function rowsOf(rows: readonly SummaryRow[], metric: string): SummaryRow[] {
  const found = rows.filter((row) => row.metric === metric && Number.isFinite(row.mean));
  return found.filter((row) => row.component === found[0]?.component);
}
