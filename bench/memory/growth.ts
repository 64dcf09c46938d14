import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { STREAMS } from './streams.ts';

/** How much the heap grew with accesses of a stream. */
export interface Growth {
  readonly variant: string;
  readonly bytesPerAccess: number;
}

/** Room for all that accesses allocate, in MiB, so that nothing is collected while it is measured. */
const ROOM = 1024;

/** Measures each stream in a process of its own. */
export function heapGrowth(): Growth[] {
  const script = fileURLToPath(new URL('heap.ts', import.meta.url));
  const flags = [`--min-semi-space-size=${ROOM}`, `--max-semi-space-size=${ROOM}`];
  return Object.keys(STREAMS).map((variant) => {
    const output = execFileSync(process.execPath, [...flags, script, variant], { encoding: 'utf8' });
    return { variant, bytesPerAccess: Number(output) };
  });
}
