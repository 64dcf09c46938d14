import { stringify } from 'csv-stringify/sync';
import type { Scalar, ScalarRow, SummaryRow } from './rows.ts';

type Levels = Readonly<Record<string, Scalar>>;
type Cell = Scalar | undefined;
type Column<Row> = readonly [name: string, cell: (row: Row) => Cell];

const IDENTITY = ['experiment', 'measurement'] as const;

/** `scalars.csv`: one response of one run a line, a column per factor. Rows are written in the order given. */
export function scalarsCsv(rows: readonly ScalarRow[], factors: readonly string[]): string {
  return toCsv(rows, [
    ['run', (row) => row.run],
    ...IDENTITY.map((name): Column<ScalarRow> => [name, (row) => row[name]]),
    ['repetition', (row) => row.repetition],
    ...factorColumns<ScalarRow>(factors),
    ['component', (row) => row.component],
    ['metric', (row) => row.metric],
    ['unit', (row) => row.unit],
    ['value', (row) => row.value],
  ]);
}

/** `summary.csv`: one response of one measurement a line; absent estimates are empty cells. */
export function summaryCsv(rows: readonly SummaryRow[], factors: readonly string[]): string {
  return toCsv(rows, [
    ...IDENTITY.map((name): Column<SummaryRow> => [name, (row) => row[name]]),
    ...factorColumns<SummaryRow>(factors),
    ['component', (row) => row.component],
    ['metric', (row) => row.metric],
    ['unit', (row) => row.unit],
    ['n', (row) => row.n],
    ['mean', (row) => row.mean],
    ['stdev', (row) => row.stdev],
    ['halfwidth', (row) => row.halfwidth],
    ['level', (row) => row.level],
    ['baseline', (row) => row.baseline],
    ['pairs', (row) => row.pairs],
    ['diff', (row) => row.diff?.mean],
    ['diffHalfwidth', (row) => row.diff?.halfwidth],
    ['gain', (row) => row.gain?.mean],
    ['gainHalfwidth', (row) => row.gain?.halfwidth],
  ]);
}

function factorColumns<Row extends { readonly itervars: Levels }>(factors: readonly string[]): Column<Row>[] {
  return factors.map((factor) => [factor, (row) => row.itervars[factor]]);
}

function toCsv<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const header = columns.map(([name]) => name);
  const records = rows.map((row) => columns.map(([, cell]) => text(cell(row))));
  return stringify([header, ...records], { record_delimiter: '\n' });
}

/** Numbers in their shortest exact form, the same on every platform. */
function text(cell: Cell): string {
  return cell === undefined ? '' : String(cell);
}
