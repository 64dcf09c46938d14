import { LINE_BYTES } from '../../sim/units.ts';
import type { Readings } from './readings.ts';

/** A cache as the kernel reports it. */
export interface ReportedCache {
  readonly level: number;
  readonly kind: string;
  readonly sizeBytes: number;
  /** 0 when the kernel does not say. */
  readonly ways: number;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1048576, G: 1073741824 };

/** Caches of the first CPU, from facts such as `cache.2: 2 Unified 512K 8`; those that cannot be read are left out. */
export function reportedCaches({ facts }: Readings): readonly ReportedCache[] {
  return Object.entries(facts)
    .filter(([key]) => key.startsWith('cache.'))
    .map(([, text]) => /^(\d+) (\w+) (\d+)([KMG]?)(?: (\d+))?/.exec(text))
    .filter((match) => match !== null)
    .map(([, level, kind, size, unit, ways]) => ({
      level: Number(level),
      kind,
      sizeBytes: Number(size) * UNITS[unit],
      ways: Number(ways ?? 0),
    }))
    .filter(({ sizeBytes }) => sizeBytes >= LINE_BYTES);
}

/** Data or unified cache of a level. */
export function dataCache(caches: readonly ReportedCache[], level: number): ReportedCache | undefined {
  return caches.find((cache) => cache.level === level && cache.kind !== 'Instruction');
}

/** Geometry of a store as the model has it. */
export interface Geometry {
  readonly sizeBytes: number;
  readonly ways: number;
}

const MOST_WAYS = 64;

/**
 * A size in ways such that the sets are a power of two, as the model's caches have them: the size itself with the nearest fitting number
 * of ways (36 MiB in 12 ways become 9 ways of 65 536 sets), or the nearest size where no number of ways fits.
 */
export function fittingGeometry(sizeBytes: number, ways: number): Geometry {
  const lines = Math.round(sizeBytes / LINE_BYTES);
  const fitting = [];
  for (let sets = 1; sets <= lines; sets *= 2)
    if (lines % sets === 0 && lines / sets <= MOST_WAYS) fitting.push(lines / sets);
  const distance = (count: number): number => Math.abs(Math.log(count / ways));
  const best = fitting.toSorted((a, b) => distance(a) - distance(b))[0];
  if (best !== undefined && distance(best) <= Math.LN2) return { sizeBytes: lines * LINE_BYTES, ways: best };
  return { sizeBytes: nearestSets(lines / ways) * ways * LINE_BYTES, ways };
}

/** The power of two nearest to a number, on a logarithmic scale. */
export function nearestSets(count: number): number {
  return 2 ** Math.max(0, Math.round(Math.log2(count)));
}
