import type { Problem } from '../../sim/errors.ts';
import type { Bytes } from '../../sim/units.ts';

/** One cache; cachegrind writes it as `size,associativity,line`. */
export interface CacheGeometry {
  readonly sizeBytes: Bytes;
  readonly ways: number;
  readonly lineBytes: Bytes;
}

/** Cachegrind's machine: split first level, one last level. */
export interface Geometry {
  readonly i1: CacheGeometry;
  readonly d1: CacheGeometry;
  readonly ll: CacheGeometry;
}

/** Smallest line that any host's cachegrind takes. Source: valgrind 3.19, cachegrind/cg_arch.h, MIN_LINE_SIZE. */
const MIN_LINE_BYTES = 16;
/** A line must hold the widest guest register: 32 bytes on x86-64 with AVX. Source: valgrind 3.19, cg_main.c, `cg_post_clo_init`. */
const AVX_REGISTER_BYTES = 32;
/** Cachegrind keeps sizes in a C int. */
const MAX_PARAMETER = 0x7fffffff;
const LEVELS = { i1: '--i1', d1: '--d1', ll: '--ll' } as const;

/** What a cache must satisfy, in cachegrind's order and words (valgrind 3.19, cg_arch.c, `check_cache`); each holds where it fails. */
const FAULTS: readonly { readonly message: string; readonly holds: (cache: CacheGeometry) => boolean }[] = [
  {
    message: 'One of the cache parameters was too large and overflowed',
    holds: (cache) => Math.max(cache.sizeBytes, cache.ways, cache.lineBytes) > MAX_PARAMETER,
  },
  { message: 'Cache set count is not a power of two', holds: (cache) => !isPowerOfTwo(setsOf(cache)) },
  { message: 'Cache line size is not a power of two', holds: ({ lineBytes }) => !isPowerOfTwo(lineBytes) },
  { message: 'Cache line size is too small', holds: ({ lineBytes }) => lineBytes < MIN_LINE_BYTES },
  { message: 'Cache size <= line size', holds: ({ sizeBytes, lineBytes }) => sizeBytes <= lineBytes },
  {
    message: 'Cache associativity > (size / line size)',
    holds: ({ sizeBytes, ways, lineBytes }) => ways > Math.floor(sizeBytes / lineBytes),
  },
];

/** Sets of a cache; a fraction when the size does not divide. */
export function setsOf({ sizeBytes, ways, lineBytes }: CacheGeometry): number {
  return sizeBytes / (lineBytes * ways);
}

/** Reads `size,associativity,line` as cachegrind's options do: decimal, no units. Undefined when it has another form. */
export function parseCache(text: string): CacheGeometry | undefined {
  const match = /^(\d+),(\d+),(\d+)$/.exec(text);
  if (match === null) return undefined;
  return { sizeBytes: Number(match[1]), ways: Number(match[2]), lineBytes: Number(match[3]) };
}

/** Everything for which cachegrind would refuse the caches, by option; empty when it accepts them. `registerBytes`: widest guest register. */
export function checkGeometry(geometry: Geometry, registerBytes: Bytes = AVX_REGISTER_BYTES): Problem[] {
  const faults = Object.entries(LEVELS).flatMap(([level, path]) => {
    const cache = geometry[level as keyof Geometry];
    return FAULTS.filter(({ holds }) => holds(cache)).map(({ message }) => ({
      path,
      value: cacheText(cache),
      message,
    }));
  });
  const smallest = smallestLine(geometry);
  if (smallest < MIN_LINE_BYTES || smallest >= registerBytes) return faults;
  const message = `the minimum line size (${smallest}) must be equal to or larger than the maximum register size (${registerBytes})`;
  return [...faults, { path: Object.values(LEVELS).join(' '), message }];
}

/** The shortest line of the three caches: cachegrind clips larger data references to it. */
export function smallestLine({ i1, d1, ll }: Geometry): Bytes {
  return Math.min(i1.lineBytes, d1.lineBytes, ll.lineBytes);
}

/** The three caches. */
export function cachesOf({ i1, d1, ll }: Geometry): readonly CacheGeometry[] {
  return [i1, d1, ll];
}

/** log2 of a power of two below 2^31. */
export function bitsOf(powerOfTwo: number): number {
  return 31 - Math.clz32(powerOfTwo);
}

function cacheText({ sizeBytes, ways, lineBytes }: CacheGeometry): string {
  return `${sizeBytes},${ways},${lineBytes}`;
}

function isPowerOfTwo(n: number): boolean {
  return Number.isInteger(n) && n >= 1 && n <= MAX_PARAMETER && (n & (n - 1)) === 0;
}
