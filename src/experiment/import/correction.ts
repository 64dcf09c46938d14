import type { Capture } from './call.ts';
import type { Tally } from './tally.ts';

/** Halvings of the interval in which the constant is sought: well below 1 ns. */
const HALVINGS = 60;
/** Share of the gaps of a site that may be below the tracer's constant by clock error. */
const OUTLIERS = 0.01;

/** Gaps before one call site. */
export interface Gaps {
  readonly perRequest: number;
  readonly gap: Tally;
}

/** What the tracer adds to user time; see `Totals`. */
export interface Correction {
  readonly tracedUserNs: number;
  readonly userScale: number;
  readonly tracerGapNs: number;
  readonly gapStretch: number;
  /** Corrected mean user time before a site [ns]. */
  userNs(site: Gaps): number;
}

/** Rate-weighted sum of max(0, gap - shift); sites without an observed gap take the average of the others. */
function userSum(sites: readonly Gaps[], shift: number): number {
  let sum = 0;
  let known = 0;
  let all = 0;
  for (const { perRequest, gap } of sites) {
    all += perRequest;
    if (gap.n === 0) continue;
    known += perRequest;
    sum += perRequest * gap.meanAbove(shift);
  }
  return known === 0 ? 0 : (sum * all) / known;
}

/** Constant that brings the sum of the gaps down to `target`, at most `limit`. */
function findShift(sites: readonly Gaps[], target: number, limit: number): number {
  let low = 0;
  let high = limit;
  if (userSum(sites, high) > target) return high;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (userSum(sites, middle) > target) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Compares the traced gaps with the untraced user time per request [ns]; without one, gaps stay as perf traced them, and those of strace, which
 * stops the thread twice a call, lose what the shortest of them takes.
 * A tracer works at every enter and exit, so it adds about a constant to each gap: first the constant that makes the
 * sums agree is taken off, but no more than the shortest gaps allow; what then remains is scaled.
 */
export function correctGaps(
  sites: readonly Gaps[],
  untracedNs: number | null,
  tracer: Capture['tool'] = 'perf',
): Correction {
  const tracedUserNs = userSum(sites, 0);
  const shortest = Math.min(...sites.map(({ gap }) => gap.lowest(OUTLIERS)));
  const target = untracedNs ?? (tracer === 'strace' ? userSum(sites, shortest) : tracedUserNs);
  const timed = tracedUserNs > 0;
  const tracerGapNs = timed ? findShift(sites, target, shortest) : 0;
  const gapStretch = timed ? target / userSum(sites, tracerGapNs) : 1;
  const rate = sites.reduce((sum, s) => sum + s.perRequest, 0);
  const userNs = ({ gap }: Gaps) => (gap.n === 0 ? target / rate : gap.meanAbove(tracerGapNs) * gapStretch);
  return { tracedUserNs, userScale: timed ? target / tracedUserNs : 1, tracerGapNs, gapStretch, userNs };
}
