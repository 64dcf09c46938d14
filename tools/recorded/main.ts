import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readCounted, readUntraced } from './csv.ts';
import { type ImportInput, importServer } from './importer.ts';
import { Problems, readLines } from './lines.ts';
import { looksLikePerf } from './perf.ts';
import { printJson } from './print.ts';
import { looksLikeStrace } from './strace.ts';

const USAGE = `usage: node tools/recorded/main.ts CAPTURE... [--out DIR] [--closed CSV] [--counted CSV]
CAPTURE: perf script or strace listing, plain or .gz; files with the same name up to the first dot are one server.
Without --out the models go to standard output. closed.csv and syscall_mix.csv beside the captures are used by themselves.`;
/** Lines looked at to tell which tool wrote a file. */
const LINES_LOOKED_AT = 200;

async function toolOf(path: string): Promise<'perf' | 'strace'> {
  let seen = 0;
  for await (const line of readLines(path, new Problems())) {
    if (looksLikePerf(line)) return 'perf';
    if (looksLikeStrace(line)) return 'strace';
    if (++seen === LINES_LOOKED_AT) break;
  }
  throw new Error(`${path}: neither a perf script nor a strace listing`);
}

/** Captures by server: the file name up to its first dot. */
async function groupByServer(paths: readonly string[]): Promise<Map<string, { perf?: string; strace?: string }>> {
  const servers = new Map<string, { perf?: string; strace?: string }>();
  for (const path of paths) {
    const name = basename(path).split('.')[0];
    servers.set(name, { ...servers.get(name), [await toolOf(path)]: path });
  }
  return servers;
}

interface SideFiles {
  readonly closed?: string | undefined;
  readonly counted?: string | undefined;
}

function inputFor(name: string, captures: { perf?: string; strace?: string }, side: SideFiles): ImportInput {
  const folder = dirname((captures.perf ?? captures.strace) as string);
  const beside = (file: string) => (existsSync(join(folder, file)) ? join(folder, file) : undefined);
  const closed = side.closed ?? beside('closed.csv');
  const counted = side.counted ?? beside('syscall_mix.csv');
  const untraced = closed === undefined ? undefined : readUntraced(closed, name);
  const runs = counted?.replace(/\.csv$/, '_runs.csv');
  const mix =
    counted === undefined ? undefined : readCounted(counted, name, existsSync(runs as string) ? runs : undefined);
  return {
    name,
    ...captures,
    untraced: untraced === undefined ? undefined : { ...untraced, source: basename(closed as string) },
    counted: mix === undefined ? undefined : { ...mix, source: basename(counted as string) },
  };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { out: { type: 'string' }, closed: { type: 'string' }, counted: { type: 'string' } },
  });
  if (positionals.length === 0) throw new Error(USAGE);
  for (const [name, captures] of await groupByServer(positionals)) {
    const text = `${printJson(await importServer(inputFor(name, captures, values)))}\n`;
    if (values.out === undefined) process.stdout.write(text);
    else {
      mkdirSync(values.out, { recursive: true });
      writeFileSync(join(values.out, `${name}.json`), text);
    }
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
