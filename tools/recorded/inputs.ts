import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readCounted, readUntraced } from './csv.ts';
import type { ImportInput } from './importer.ts';
import { Problems, readLines } from './lines.ts';
import { looksLikePerf } from './perf.ts';
import { looksLikeStrace } from './strace.ts';

/** Lines looked at to tell which tool wrote a file. */
const LINES_LOOKED_AT = 200;

/** What the experimenter knows beside the captures. */
export interface SideFacts {
  /** Tables of untraced runs and of counted calls; `closed.csv` and `syscall_mix.csv` beside the captures if not given. */
  readonly closed?: string | undefined;
  readonly counted?: string | undefined;
  readonly userSeconds?: number | undefined;
  readonly requests?: number | undefined;
}

interface Captures {
  readonly perf?: string;
  readonly strace?: string;
}

async function toolOf(path: string): Promise<'perf' | 'strace'> {
  let seen = 0;
  for await (const line of readLines(path, new Problems())) {
    if (looksLikePerf(line)) return 'perf';
    if (looksLikeStrace(line)) return 'strace';
    if (++seen === LINES_LOOKED_AT) break;
  }
  throw new Error(`${path}: neither a perf script nor a strace listing`);
}

function beside(captures: Captures, file: string): string | undefined {
  const path = join(dirname(captures.perf ?? captures.strace ?? ''), file);
  return existsSync(path) ? path : undefined;
}

function countedFor(name: string, path: string): ImportInput['counted'] {
  const runs = path.replace(/\.csv$/, '_runs.csv');
  const counted = readCounted(path, name, existsSync(runs) ? runs : undefined);
  return counted === undefined ? undefined : { ...counted, source: basename(path) };
}

function inputFor(name: string, captures: Captures, side: SideFacts): ImportInput {
  const closed = side.closed ?? beside(captures, 'closed.csv');
  const counted = side.counted ?? beside(captures, 'syscall_mix.csv');
  const untraced = closed === undefined ? undefined : readUntraced(closed, name);
  return {
    name,
    ...captures,
    untraced: untraced === undefined ? undefined : { ...untraced, source: basename(closed ?? '') },
    counted: counted === undefined ? undefined : countedFor(name, counted),
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
    servers.set(name, { ...servers.get(name), [await toolOf(path)]: path });
  }
  return [...servers].map(([name, captures]) => inputFor(name, captures, side));
}
