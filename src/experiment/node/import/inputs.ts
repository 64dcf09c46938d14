import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Capture } from '../../import/call.ts';
import type { Imported, ImportInput } from '../../import/importer.ts';
import { ImportError, Problems } from '../../import/problems.ts';
import { looksLikeSummary, modelOfSummary, SummaryReader } from '../../import/summary.ts';
import { FileCapture, FORMATS, type FormatName } from './captures.ts';
import { readCounted, readUntraced } from './csv.ts';
import { readLines } from './lines.ts';

/** Lines looked at to tell which tool wrote a file. */
const LINES_LOOKED_AT = 200;
const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];

/** What the experimenter knows beside the captures. */
export interface SideFacts {
  /** Tables of untraced runs and of counted calls; `closed.csv` and `syscall_mix.csv` beside the captures if not given. */
  readonly closed?: string | undefined;
  readonly counted?: string | undefined;
  readonly userSeconds?: number | undefined;
  readonly requests?: number | undefined;
}

interface Captures {
  readonly perf?: FileCapture;
  readonly strace?: FileCapture;
}

/**
 * The listing in a file, its form found out from its first lines; where they tell nothing, that of the tool it is said to be of.
 * An `ImportError` when there is no such file, or no tool said and no form fits.
 */
export async function openCapture(path: string, tool?: Capture['tool']): Promise<FileCapture> {
  const lines = await firstLines(path);
  const fits = (name: FormatName): boolean => lines.some(FORMATS[name].isLine);
  const format = FORMAT_NAMES.find((name) => (tool === undefined || FORMATS[name].tool === tool) && fits(name));
  if (format !== undefined) return new FileCapture(path, format);
  const other = FORMAT_NAMES.find(fits);
  if (tool === undefined || other !== undefined)
    throw new ImportError(
      `${path}: ${other === undefined ? 'neither a perf nor a strace listing' : `a listing of ${FORMATS[other].tool}, not of ${tool}`}`,
    );
  return new FileCapture(path, tool);
}

/** Whether a file is a summary of `strace -c`. */
export async function isSummary(path: string): Promise<boolean> {
  return (await firstLines(path)).some(looksLikeSummary);
}

/** The model of a summary of `strace -c`. An `ImportError` when it has no call. */
export async function importSummary(path: string, name: string, side: SideFacts): Promise<Imported> {
  const problems = new Problems();
  const reader = new SummaryReader(problems);
  for await (const lines of readLines(path, problems)) for (const line of lines) reader.read(line);
  const { requests, userSeconds } = side;
  return modelOfSummary([...reader.rows.values()], problems, { name, path, requests, userSeconds });
}

async function firstLines(path: string): Promise<readonly string[]> {
  const first: string[] = [];
  for await (const lines of readLines(path, new Problems())) {
    first.push(...lines.slice(0, LINES_LOOKED_AT));
    if (first.length >= LINES_LOOKED_AT) break;
  }
  return first;
}

function beside(captures: Captures, file: string): string | undefined {
  const path = join(dirname((captures.perf ?? captures.strace)?.path ?? ''), file);
  return existsSync(path) ? path : undefined;
}

function countedFor(name: string, path: string): ImportInput['counted'] {
  const runs = path.replace(/\.csv$/, '_runs.csv');
  const counted = readCounted(path, name, existsSync(runs) ? runs : undefined);
  return counted === undefined ? undefined : { ...counted, source: basename(path) };
}

/** What is to be imported of one server: its captures, with the side tables that lie beside them. An `ImportError` when a table that was named has nothing of it. */
export function inputFor(name: string, captures: Captures, side: SideFacts): ImportInput {
  const closed = side.closed ?? beside(captures, 'closed.csv');
  const counted = side.counted ?? beside(captures, 'syscall_mix.csv');
  const untraced = closed === undefined ? undefined : readUntraced(closed, name);
  if (side.closed !== undefined && untraced === undefined)
    throw new ImportError(`${side.closed}: no run of ${name} without a tracer in it; say which server by --name`);
  const counts = counted === undefined ? undefined : countedFor(name, counted);
  if (side.counted !== undefined && counts === undefined)
    throw new ImportError(`${side.counted}: no call of ${name} in it; say which server by --name`);
  return {
    name,
    ...captures,
    untraced: untraced === undefined ? undefined : { ...untraced, source: basename(closed ?? '') },
    counted: counts,
    userSeconds: side.userSeconds,
    requests: side.requests,
  };
}

/**
 * Groups capture files by server, which is the file name up to its first dot, and adds the side tables.
 * Throws for a file that no known tool wrote.
 */
export async function findInputs(paths: readonly string[], side: SideFacts): Promise<ImportInput[]> {
  const servers = new Map<string, Captures>();
  for (const path of paths) {
    const name = basename(path).split('.')[0];
    const capture = await openCapture(path);
    servers.set(name, { ...servers.get(name), [capture.tool]: capture });
  }
  return [...servers].map(([name, captures]) => inputFor(name, captures, side));
}
