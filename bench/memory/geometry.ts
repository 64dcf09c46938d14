import { setsOf, type Geometry } from '../../src/hw/cachegrind/geometry.ts';

const FIRST = { sizeBytes: 32_768, ways: 8, lineBytes: 64 };

/** Caches of the replayed traces: first levels of 32 KiB with 8 ways, a last level of 32 MiB with 16. */
export const GEOMETRY: Geometry = { i1: FIRST, d1: FIRST, ll: { sizeBytes: 33_554_432, ways: 16, lineBytes: 64 } };

const caches = Object.entries(GEOMETRY);

/** The geometry as options of cachegrind. */
export const OPTIONS = caches.map(
  ([name, { sizeBytes, ways, lineBytes }]) => `--${name.toUpperCase()}=${sizeBytes},${ways},${lineBytes}`,
);

/** The geometry as sets and ways. */
export const SETS_AND_WAYS = caches.flatMap(([, cache]) => [String(setsOf(cache)), String(cache.ways)]);

/** Misses of the first and of the last level, for fetches, reads, and writes. */
export function missesText(first: Readonly<ArrayLike<number>>, last: Readonly<ArrayLike<number>>): string {
  return [0, 1, 2].map((kind) => `${first[kind]} ${last[kind]}`).join(' ');
}
