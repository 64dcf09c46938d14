import type { Problem } from '../../sim/errors.ts';
import { parseCsv } from './csv.ts';

/** A published or measured number, one row of a targets file. */
export interface Target {
  readonly source: string;
  readonly cpu: string;
  readonly metric: string;
  /** The number as it was published, such as `0.16-0.17`, `~5` or `1.2-1.5 / 2.2`. */
  readonly value: string;
  readonly unit: string;
  /** `validation`, or `parameter` for what seeds a model. */
  readonly kind: string;
  readonly confidence: string;
}

/** A published value: its bounds, equal for a single number. */
export interface Published {
  readonly low: number;
  readonly high: number;
}

const COLUMNS = ['source', 'cpu', 'metric', 'value', 'unit'] as const;

/** What is in a targets file. */
export interface Targets {
  readonly targets: readonly Target[];
  /** Why it is no targets file. */
  readonly problems: readonly Problem[];
  /** Cells without which a row says nothing: it stays among the targets, for which no scenario will be found. */
  readonly notes: readonly Problem[];
}

/** Reads a targets file; columns `kind` and `confidence` may be missing. Rows count from 1 without the header. */
export function readTargets(text: string, file: string): Targets {
  const rows = parseCsv(text);
  const missing = COLUMNS.filter((name) => rows.length > 0 && !Object.hasOwn(rows[0], name));
  const problems: Problem[] = missing.map((name) => ({ file, path: name, message: 'is a column that is missing' }));
  if (rows.length === 0) problems.push({ file, path: '', message: 'holds no target' });
  const targets = missing.length > 0 ? [] : rows.map(asTarget);
  return { targets, problems, notes: targets.flatMap((target, i) => notesOf(target, i + 1, file)) };
}

function notesOf(target: Target, row: number, file: string): Problem[] {
  const empty = (['source', 'metric', 'value', 'unit'] as const).filter((name) => target[name] === '');
  return empty.map((name) => ({ file, path: `row ${row}`, message: `${name} is empty` }));
}

function asTarget(row: Readonly<Record<string, string>>): Target {
  const cell = (name: string, otherwise = ''): string => row[name]?.trim() ?? otherwise;
  return {
    source: cell('source'),
    cpu: cell('cpu'),
    metric: cell('metric'),
    value: cell('value'),
    unit: cell('unit'),
    kind: cell('kind', 'validation'),
    confidence: cell('confidence', 'seen'),
  };
}

const NUMBER = String.raw`([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)([kM](?![a-z]))?`;
const BEFORE = String.raw`[~≈<>=≥≤\s]*(?:(?:about|approx\.?|approximately|ca\.|circa|up to|at most|at least|less than|more than|below|above)\s+)?`;
/** A number or a range, with or without thousands: `5`, `~5`, `1.2-1.5`, `12 to 18`, `73k`. */
const VALUE = new RegExp(`^${BEFORE}${NUMBER}(?:\\s*(?:-|–|—|\\bto\\b|\\.\\.+)\\s*${NUMBER})?`, 'i');
const SCALES: Readonly<Record<string, number>> = { k: 1e3, K: 1e3, M: 1e6, m: 1e6 };
const ORDER = /^order of (\d+)/i;
const HALF_DECADE = Math.sqrt(10);

/** The number or the range that a published value begins with; of several values the first; undefined without one. */
export function publishedOf(value: string): Published | undefined {
  const order = ORDER.exec(value)?.[1];
  if (order !== undefined) return { low: Number(order) / HALF_DECADE, high: Number(order) * HALF_DECADE };
  const [, first, thousands, second, others] = VALUE.exec(value) ?? [];
  if (first === undefined) return undefined;
  const scale = SCALES[others ?? thousands ?? ''] ?? 1;
  const ends = [Number(first) * scale, Number(second ?? first) * scale];
  return { low: Math.min(...ends), high: Math.max(...ends) };
}
