import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { ConfigError, type Problem } from '../sim/errors.ts';

/** Requests of a recording: the gaps between them in us, of which the first is their mean, and the SHA-256 of the file. */
export interface ArrivalTrace {
  readonly sha256: string;
  readonly gapsUs: readonly number[];
}

/** Most arrivals of a file: they stand in the description of every run. */
const MOST = 200_000;
const MICROSECONDS: Readonly<Record<string, number>> = { ns: 1e-3, us: 1, ms: 1e3, s: 1e6 };
const TIME_COLUMN = /^(?:time|timestamp|arrival|at|t)(?:[_ ([]*(ns|us|ms|s)[)\]]?)?$/i;
const SEPARATOR = /\s*[,;\t]\s*|\s+/;

interface Line {
  readonly number: number;
  readonly cells: readonly string[];
}

/**
 * Reads arrival times, one a line: CSV, TSV or plain numbers; `#` begins a comment. With a header, the column `time`, `timestamp`, `arrival`,
 * `at` or `t` counts, else the first; a suffix such as `time_ms` names the unit, us without one. Throws a ConfigError with every wrong line.
 */
export function readArrivals(text: string, file: string): ArrivalTrace {
  const lines = linesOf(text);
  const { column, scale, rows } = layoutOf(lines);
  const times = rows.map(({ cells }) => Number(cells[column] || Number.NaN) * scale);
  const problems = problemsOf(file, rows, times);
  if (problems.length > 0) throw new ConfigError(problems);
  return { sha256: bytesToHex(sha256(utf8ToBytes(text))), gapsUs: gapsOf(times) };
}

function linesOf(text: string): readonly Line[] {
  return text
    .split(/\r?\n/)
    .map((line, i) => ({ number: i + 1, cells: line.replace(/#.*/, '').trim().split(SEPARATOR) }))
    .filter(({ cells }) => cells[0] !== '');
}

function layoutOf(lines: readonly Line[]): {
  readonly column: number;
  readonly scale: number;
  readonly rows: readonly Line[];
} {
  const names = lines[0]?.cells ?? [];
  if (names.length === 0 || names.some((name) => Number.isFinite(Number(name))))
    return { column: 0, scale: 1, rows: lines };
  const column = Math.max(
    0,
    names.findIndex((name) => TIME_COLUMN.test(name)),
  );
  const unit = TIME_COLUMN.exec(names[column])?.[1] ?? 'us';
  return { column, scale: MICROSECONDS[unit.toLowerCase()], rows: lines.slice(1) };
}

function problemsOf(file: string, rows: readonly Line[], times: readonly number[]): Problem[] {
  const at = (line: number, message: string): Problem => ({ file, line, path: 'arrivals', message });
  if (times.length < 2) return [at(1, 'expected at least two arrivals')];
  if (times.length > MOST) return [at(rows[MOST].number, `more than ${MOST} arrivals: keep the part that a run plays`)];
  const problems = rows.flatMap(({ number, cells }, i) => {
    if (!Number.isFinite(times[i])) return [at(number, `expected a time, found "${cells.join(' ')}"`)];
    return i > 0 && times[i] < times[i - 1] ? [at(number, 'a time before the one above it')] : [];
  });
  const span = times[times.length - 1] - times[0];
  return problems.length > 0 || span > 0 ? problems : [at(rows[0].number, 'all arrivals at the same time')];
}

/** Rounded to ns; the first gap, also that from the last request to the first one played again, is the mean. */
function gapsOf(times: readonly number[]): number[] {
  const mean = (times[times.length - 1] - times[0]) / (times.length - 1);
  return [rounded(mean), ...times.slice(1).map((time, i) => rounded(time - times[i]))];
}

function rounded(us: number): number {
  return Math.round(us * 1000) / 1000;
}
