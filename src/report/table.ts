import type { SummaryRow } from '../archive/rows.ts';
import { axisTitle, factorTitle } from './labels.ts';
import { inOrder } from './figure.ts';
import { layoutOf, seriesLabel } from './layout.ts';
import type { Layout } from './layout.ts';
import { percentage, significant } from './numbers.ts';
import { rowsOf, varying } from './study.ts';

const switchWords: Readonly<Record<string, string>> = { true: 'on', false: 'off' };

/** A column of the comparison. */
interface Column {
  readonly title: string;
  readonly cell: (row: SummaryRow) => string;
  /** Numbers stand at the right. */
  readonly isNumber: boolean;
}

/** Compared level, the other varying factors, throughput, gain with half-width, p99 latency; no gain where nothing is compared. */
function columnsOf(all: readonly SummaryRow[], { factor, base, ...series }: Layout['series']): Column[] {
  const text = (title: string, cell: Column['cell']): Column => ({ title, cell, isNumber: false });
  const number = (title: string, cell: Column['cell']): Column => ({ title, cell, isNumber: true });
  const p99 = new Map(rowsOf(all, 'latency.p99').map((row) => [settingOf(row), significant(row.mean)]));
  const others = varying(all).filter((name) => name !== factor);
  return [
    ...(factor === undefined ? [] : [text(factor, (row) => seriesLabel({ factor, base, ...series }, row.itervars))]),
    ...others.map((name) => text(factorTitle(name), (row) => levelText(row, name))),
    number(axisTitle('throughput', rowsOf(all, 'throughput')[0]?.unit ?? 'requests/s'), (row) => significant(row.mean)),
    ...(base === undefined
      ? []
      : [number(`gain over ${base}`, (row) => (row.gain === undefined ? '' : percentage(row.gain, true)))]),
    number(axisTitle('latency.p99', 'us'), (row) => p99.get(settingOf(row)) ?? ''),
  ];
}

function levelText(row: SummaryRow, factor: string): string {
  const level = String(row.itervars[factor] ?? '');
  return switchWords[level] ?? level;
}

function settingOf(row: SummaryRow): string {
  return JSON.stringify(row.itervars);
}

/** The comparison as aligned plain text: one line per compared level and setting. */
export function comparisonTable(all: readonly SummaryRow[]): string {
  const layout = layoutOf(all, undefined, []);
  const rows = inOrder(rowsOf(all, 'throughput'), layout);
  const columns = columnsOf(all, layout.series).map(({ title, cell, isNumber }) => {
    const cells = [title, ...rows.map(cell)];
    const width = Math.max(...cells.map((text) => text.length));
    return cells.map((text) => (isNumber ? text.padStart(width) : text.padEnd(width)));
  });
  const lines = ['', ...rows].map((_, i) =>
    columns
      .map((cells) => cells[i])
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}
