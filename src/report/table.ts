import type { SummaryRow } from '../archive/rows.ts';
import { axisTitle, factorTitle } from './labels.ts';
import { inOrder } from './figure.ts';
import { layoutOf, seriesLabel } from './layout.ts';
import { percentage, significant } from './numbers.ts';
import { rowsOf, varying } from './study.ts';

const switchWords: Readonly<Record<string, string>> = { true: 'on', false: 'off' };

/** Cells of the comparison, header first: compared level, the other varying factors, throughput, gain with half-width, p99 latency. */
function comparisonCells(all: readonly SummaryRow[]): string[][] {
  const layout = layoutOf(all, undefined, []);
  const rows = inOrder(rowsOf(all, 'throughput'), layout);
  const { factor, base } = layout.series;
  const others = varying(all).filter((name) => name !== factor);
  const p99 = new Map(rowsOf(all, 'latency.p99').map((row) => [settingOf(row), row]));
  const header = [
    factor ?? '',
    ...others.map(factorTitle),
    axisTitle('throughput', rows[0]?.unit ?? 'requests/s'),
    `gain over ${base ?? 'nothing'}`,
    axisTitle('latency.p99', 'us'),
  ];
  return [
    header,
    ...rows.map((row) => lineOf(row, seriesLabel(layout.series, row.itervars), others, p99.get(settingOf(row)))),
  ];
}

function lineOf(row: SummaryRow, series: string, others: readonly string[], p99: SummaryRow | undefined): string[] {
  const levels = others.map((factor) => String(row.itervars[factor] ?? ''));
  return [
    series,
    ...levels.map((level) => switchWords[level] ?? level),
    significant(row.mean),
    row.gain ? percentage(row.gain, true) : '',
    p99 ? significant(p99.mean) : '',
  ];
}

function settingOf(row: SummaryRow): string {
  return JSON.stringify(row.itervars);
}

/** The comparison as aligned plain text: one line per compared level and setting. */
export function comparisonTable(rows: readonly SummaryRow[]): string {
  const cells = comparisonCells(rows);
  const named = cells[0].length - 3;
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const pad = (text: string, column: number): string =>
    column < named ? text.padEnd(widths[column]) : text.padStart(widths[column]);
  return `${cells.map((line) => line.map(pad).join('  ').trimEnd()).join('\n')}\n`;
}
