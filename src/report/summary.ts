import type { Estimate, Scalar, SummaryRow } from '../archive/rows.ts';
import { ConfigError } from '../sim/errors.ts';
import { readRecords } from './csv.ts';

const required = ['component', 'metric', 'unit', 'n', 'mean', 'level'] as const;
/** Columns before `component` that identify a row; every other column before `component` is a factor. */
const identity = new Set(['run', 'experiment', 'measurement', 'repetition']);

/** Reads the summary.csv in `file`. @throws a ConfigError that lists every column that is missing, or names the row that cannot be read */
export function readSummary(text: string, file = 'summary.csv'): SummaryRow[] {
  const refuse = (why: string): never => {
    throw new ConfigError([{ file, path: '', message: `damaged: ${why}; sweep again` }]);
  };
  const { columns, records } = recordsOf(text, refuse);
  const missing = required.filter((name) => !columns.includes(name));
  if (columns.length > 0 && missing.length > 0) refuse(`it lacks the columns ${missing.join(', ')}`);
  const factors = columns.slice(0, columns.indexOf('component')).filter((name) => !identity.has(name));
  return records.map((record) => toRow(record, factors));
}

function recordsOf(text: string, refuse: (why: string) => never): ReturnType<typeof readRecords> {
  try {
    return readRecords(text);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function toRow(record: Record<string, string>, factors: readonly string[]): SummaryRow {
  const text = (name: string): string => record[name] ?? '';
  return {
    experiment: text('experiment'),
    measurement: text('measurement'),
    itervars: Object.fromEntries(factors.map((name) => [name, toScalar(text(name))])),
    component: text('component'),
    metric: text('metric'),
    unit: text('unit'),
    n: Number(text('n')),
    mean: Number(text('mean')),
    level: Number(text('level')),
    ...(text('baseline') !== '' && { baseline: text('baseline') }),
    ...present('stdev', text('stdev')),
    ...present('halfwidth', text('halfwidth')),
    ...present('pairs', text('pairs')),
    ...estimate('diff', text('diff'), text('diffHalfwidth')),
    ...estimate('gain', text('gain'), text('gainHalfwidth')),
  };
}

function present<Name extends string>(name: Name, cell: string): Partial<Record<Name, number>> {
  return cell === '' ? {} : ({ [name]: Number(cell) } as Record<Name, number>);
}

function estimate<Name extends string>(name: Name, mean: string, halfwidth: string): Partial<Record<Name, Estimate>> {
  if (!Number.isFinite(Number(mean === '' ? NaN : mean))) return {};
  return { [name]: { mean: Number(mean), ...present('halfwidth', halfwidth) } } as Record<Name, Estimate>;
}

/** A cell as the scalar that a study file would hold: true, false, a number, or text. */
function toScalar(cell: string): Scalar {
  if (cell === 'true' || cell === 'false') return cell === 'true';
  return cell !== '' && Number.isFinite(Number(cell)) ? Number(cell) : cell;
}
