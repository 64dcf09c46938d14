import { openStream, type Rng } from '../../src/sim/rng.ts';

/** Accesses of one pass over a stream. */
export const ACCESSES = 1 << 22;
/** Lines of 64 bytes that the streams touch: 64 MiB. */
export const LINES = 1 << 20;

const KIB = 16;
const MIB = 1024 * KIB;
/** Share of accesses that write. */
const WRITE_SHARE = 0.3;

/** Where the next access begins: in a part of all lines, by chance. */
interface Part {
  readonly share: number;
  readonly first: number;
  readonly lines: number;
}

/** Accesses to runs of so many lines, each somewhere in one of the parts, whose shares sum to 1. */
interface Shape {
  readonly run: number;
  readonly parts: readonly Part[];
}

/** Streams by name. An operation of the quickstart touches 26 lines of data in the mean; these are shorter, so that translation shows. */
export const STREAMS: Readonly<Record<string, Shape>> = {
  // 98 % of accesses in three quarters of L1, the rest in half of L2.
  l1hit: {
    run: 8,
    parts: [
      { share: 0.984, first: 0, lines: 24 * KIB },
      { share: 0.016, first: MIB, lines: 512 * KIB },
    ],
  },
  // About half of the accesses miss L1; most of these hit L2.
  mixed: {
    run: 4,
    parts: [
      { share: 0.64, first: 0, lines: 20 * KIB },
      { share: 0.32, first: MIB, lines: 700 * KIB },
      { share: 0.04, first: 2 * MIB, lines: 16 * MIB },
    ],
  },
  // Single lines anywhere in 64 MiB, which miss every level and the TLBs.
  uniform: { run: 1, parts: [{ share: 1, first: 0, lines: LINES }] },
};

/** Numbers of an operation: 2 * first virtual line, plus 1 for a write; lines. */
export const OPERATION = 2;

/** Operations of a stream with about so many line accesses, the same in every process. */
export function makeStream(name: string, accesses = ACCESSES): Int32Array {
  const rng = openStream(2004, 0, `memory.${name}`);
  const { run, parts } = STREAMS[name];
  const stream = new Int32Array((accesses / run) * OPERATION);
  for (let at = 0; at < stream.length; at += OPERATION) {
    const first = lineIn(parts, run, rng);
    stream[at] = 2 * first + (rng.uniform() < WRITE_SHARE ? 1 : 0);
    stream[at + 1] = run;
  }
  return stream;
}

function lineIn(parts: readonly Part[], run: number, rng: Rng): number {
  let left = rng.uniform();
  let at = 0;
  while (at < parts.length - 1 && left >= parts[at].share) left -= parts[at++].share;
  return parts[at].first + rng.below(parts[at].lines - run + 1);
}
