import type { Cycles } from '../sim/units.ts';

/** Levels beyond the first from which a line comes, nearest first; `Level` numbers them from 1 on. */
const SERVING_LEVELS = ['l2', 'llc', 'remote', 'dram'] as const;
/** Name of such a level. */
export type ServingLevel = (typeof SERVING_LEVELS)[number];

/** Where a run keeps what its last miss added. */
const STALL = 0;

/**
 * How far misses of one kind overlap, each at least 1: by level, among how many others the stall of a lone miss is spread (with what the
 * window of instructions hides of it); how many lines of a run are on their way to the first level at once (as the window has room, at most
 * the line fill buffers or MSHRs); and the least cycles between two lines, as the way from the second level is so wide.
 */
export type OverlapSpec = Readonly<Record<ServingLevel | 'fills' | 'lineCycles', number>>;

/**
 * Stalls of the misses of one run: lines next to each other that are asked for without waiting in between. Interval analysis (Karkhanis and
 * Smith, ISCA 2004; Eyerman, Eeckhout, Karkhanis and Smith, ACM TOCS 27(2), 2009): independent misses in one window overlap, so that n of them
 * cost what one does, until buffers or the way to the first level are short; then they come at that pace. With the latency L of a level in all
 *
 *     stall(n) = max(L / lone, n x L / fills, n x lineCycles), at most n x L / lone
 *
 * and the n-th miss is charged what it adds. Misses served nearer hide behind farther ones, not the other way round: n counts those of the run that
 * came from that level or farther. A pointer chase is runs of one line with lone = 1: each costs its whole latency.
 */
export class MissRun {
  /** Whether half of the window belongs to another hardware thread. */
  isHalved = false;
  readonly #stalls: Stalls;
  /** What the last miss added, in cycles with fractions; after it the lines missed in this run, from a level or farther. */
  readonly amounts: Float64Array = new Float64Array(SERVING_LEVELS.length + 1);
  #isFresh = true;

  /** `stalls` serves any number of runs. */
  constructor(stalls: Stalls) {
    this.#stalls = stalls;
  }

  /** Begins a run. hot */
  begin(): void {
    if (this.#isFresh) return;
    const missed = this.amounts;
    for (let level = 1; level < missed.length; level++) missed[level] = 0;
    this.#isFresh = true;
  }

  /** A miss, or so many alike (`lines` may have a fraction); what it adds is the `stall`, which V8 would box as a result. hot */
  miss(level: number, latency: Cycles, lines: number): void {
    this.#isFresh = false;
    const counts = this.amounts;
    for (let nearer = 1; nearer <= level; nearer++) counts[nearer] += lines;
    const missed = counts[level];
    const stalls = this.#stalls;
    const shares = this.isHalved ? stalls.half : stalls.whole;
    const first = latency * shares.least[level];
    const pace = Math.min(first, Math.max(latency * shares.share, stalls.lineCycles));
    const before = missed > lines ? Math.max(first, (missed - lines) * pace) : 0;
    counts[STALL] = Math.max(first, missed * pace) - before;
  }

  /** Cycles, fractions included, that the last miss added. hot */
  get stall(): number {
    return this.amounts[STALL];
  }
}

/** What misses of one kind stall, worked out once for all cores: with the whole window, and with half of it. */
export interface Stalls {
  readonly whole: Shares;
  readonly half: Shares;
  readonly lineCycles: Cycles;
}

/** Least share of a latency by level, and the share of it for which a line has its buffer. */
interface Shares {
  readonly least: Float64Array;
  readonly share: number;
}

/** What misses that overlap so stall. */
export function stallsUnder(overlap: OverlapSpec): Stalls {
  const whole = sharesOf(overlap, (misses) => misses);
  return { whole, half: sharesOf(overlap, halved), lineCycles: overlap.lineCycles };
}

function sharesOf(overlap: OverlapSpec, left: (misses: number) => number): Shares {
  const least = Float64Array.from([0, ...SERVING_LEVELS.map((level) => 1 / left(overlap[level]))]);
  return { least, share: 1 / left(overlap.fills) };
}

/** Misses in flight with half the window, as reorder, load and fill buffers are shared while both threads run: of the others, half. */
function halved(misses: number): number {
  return 1 + (misses - 1) / 2;
}
