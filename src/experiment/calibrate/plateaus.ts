import { medianOf } from './readings.ts';

/** One point of a latency curve: a working set in bytes or pages, and the time of one load. */
export interface CurvePoint {
  readonly size: number;
  readonly ns: number;
}

/** Sizes over which the latency hardly changes, and the latency there. */
export interface Plateau {
  readonly from: number;
  readonly to: number;
  readonly ns: number;
}

/** The levels of a store as its latency curve shows them. */
export interface CurveShape {
  /** From the smallest sets up. */
  readonly plateaus: readonly Plateau[];
  /** Sizes at which plateaus end, one for each but the last; one more when the curve leaves the last plateau and finds no other. */
  readonly knees: readonly number[];
}

/** Within a plateau latency rises by less than this factor. */
const FLAT = 1.2;
/** A plateau spans at least so many octaves. */
const LEAST_OCTAVES = 0.9;
/** Neighbours closer than this are one level: no cache or TLB level of a machine modelled is so near to the one before. */
const SAME_LEVEL = 1.5;

/**
 * Finds the levels of a latency curve: flat stretches, widest first, of the curve made monotone, and where it crosses from one to the next,
 * which is at the geometric mean of their latencies. Sharp and gradual knees (LRU, random replacement, scattered frames) cross there alike.
 */
export function shapeOf(points: readonly CurvePoint[]): CurveShape {
  const curve = monotone(points.toSorted((a, b) => a.size - b.size));
  if (curve.length < 2) return { plateaus: [], knees: [] };
  const plateaus = mergeLevels(flatStretches(curve, 0, curve.length - 1));
  const levels = plateaus.map(({ ns }) => ns);
  const bounds = levels.map((ns, i) => (i + 1 < levels.length ? Math.sqrt(ns * levels[i + 1]) : ns * SAME_LEVEL));
  const knees = bounds.map((ns) => crossing(curve, ns)).filter((size) => size !== undefined);
  return { plateaus, knees };
}

/** The median of each point and its neighbours, then the nearest rising curve (pooled adjacent violators on the logarithm). */
function monotone(points: readonly CurvePoint[]): CurvePoint[] {
  const middle = points.map(({ ns }, i) => {
    if (i === 0 || i === points.length - 1) return ns;
    return medianOf([points[i - 1].ns, ns, points[i + 1].ns].toSorted((a, b) => a - b));
  });
  const blocks: { sum: number; count: number }[] = [];
  for (const ns of middle) {
    blocks.push({ sum: Math.log(ns), count: 1 });
    while (blocks.length > 1 && meanOf(blocks.at(-2)!) > meanOf(blocks.at(-1)!)) {
      const last = blocks.pop()!;
      const before = blocks.at(-1)!;
      before.sum += last.sum;
      before.count += last.count;
    }
  }
  const levels = blocks.flatMap((block) => Array.from({ length: block.count }, () => Math.exp(meanOf(block))));
  return points.map(({ size }, i) => ({ size, ns: levels[i] }));
}

function meanOf({ sum, count }: { readonly sum: number; readonly count: number }): number {
  return sum / count;
}

/** Flat stretches between two points, in order; each the widest where it lies. */
function flatStretches(curve: readonly CurvePoint[], first: number, last: number): Plateau[] {
  let [from, to] = [first, first];
  for (let start = first, end = first; end <= last; end++) {
    while (curve[end].ns > curve[start].ns * FLAT) start++;
    if (curve[end].size / curve[start].size > curve[to].size / curve[from].size) [from, to] = [start, end];
  }
  if (to <= from || Math.log2(curve[to].size / curve[from].size) < LEAST_OCTAVES) return [];
  const levels = curve.slice(from, to + 1).map(({ ns }) => ns);
  const plateau = { from: curve[from].size, to: curve[to].size, ns: medianOf(levels) };
  return [...flatStretches(curve, first, from - 1), plateau, ...flatStretches(curve, to + 1, last)];
}

/** Neighbours of nearly the same latency as one, with the latency of the wider one. */
function mergeLevels(plateaus: readonly Plateau[]): Plateau[] {
  const merged: Plateau[] = [];
  for (const plateau of plateaus) {
    const before = merged.at(-1);
    if (before === undefined || plateau.ns > before.ns * SAME_LEVEL) merged.push(plateau);
    else {
      const wider = plateau.to / plateau.from > before.to / before.from ? plateau : before;
      merged[merged.length - 1] = { from: before.from, to: plateau.to, ns: wider.ns };
    }
  }
  return merged;
}

/** Size at which a rising curve reaches a latency, between points on logarithmic scales; undefined when it does not. */
function crossing(curve: readonly CurvePoint[], ns: number): number | undefined {
  const after = curve.findIndex((point) => point.ns >= ns);
  if (after <= 0) return undefined;
  const [a, b] = [curve[after - 1], curve[after]];
  const share = Math.log(ns / a.ns) / Math.log(b.ns / a.ns);
  return a.size * Math.exp(share * Math.log(b.size / a.size));
}
