import { readFileSync } from 'node:fs';
import type { Counted, Untraced } from '../../import/untraced.ts';
import { requireFile } from './lines.ts';

/** Conditions under which untraced CPU time is taken: the load of the captures, on a core of its own. */
const CONDITIONS = { sched: 'short', pin: 'split', conns: '4' } as const;

type Row = Readonly<Record<string, string>>;

/** Rows of a plain comma-separated file (no quotes), by column name. */
function readRows(path: string): Row[] {
  requireFile(path);
  const [header, ...lines] = readFileSync(path, 'utf8').split(/\r?\n/);
  const names = header.split(',');
  const filled = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return filled.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']));
  });
}

function median(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b);
  const middle = ordered.length >> 1;
  if (ordered.length % 2 === 1) return ordered[middle];
  return (ordered[middle - 1] + ordered[middle]) / 2;
}

/** Median over the runs of a server at the captures' load; undefined if the file has none. */
export function readUntraced(path: string, server: string): Untraced | undefined {
  const wanted = Object.entries({ server, ...CONDITIONS });
  const rows = readRows(path).filter((row) => wanted.every(([name, value]) => row[name] === value));
  if (rows.length === 0) return undefined;
  const part = (name: string) => median(rows.map((row) => Number(row['srv_cpu_ns_per_req']) * Number(row[name])));
  return { userNs: part('srv_user_frac'), systemNs: part('srv_sys_frac') };
}

/** Counted calls per request of a server; `runs` is a file of the same rows for several runs, if there is one. */
export function readCounted(path: string, server: string, runs?: string): Counted | undefined {
  const rows = readRows(path).filter((row) => row['server'] === server);
  if (rows.length === 0) return undefined;
  const calls = new Map(rows.map((row) => [row['syscall'], Number(row['calls_per_req'])]));
  const ranges = new Map<string, [number, number]>();
  for (const row of runs === undefined ? [] : readRows(runs)) {
    if (row['server'] !== server) continue;
    const rate = Number(row['calls_per_req']);
    const range = ranges.get(row['syscall']);
    ranges.set(
      row['syscall'],
      range === undefined ? [rate, rate] : [Math.min(range[0], rate), Math.max(range[1], rate)],
    );
  }
  return { calls, ranges };
}
