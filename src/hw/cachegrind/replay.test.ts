import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../sim/errors.ts';
import { TwoLevelCaches } from './caches.ts';
import { COUNTER_NAMES, nameCounters, type Counters } from './counters.ts';
import { parseCache, setsOf, smallestLine, type CacheGeometry, type Geometry } from './geometry.ts';
import { LackeyReader } from './lackeyreader.ts';
import { replayTrace } from './replay.ts';

/** Geometries of `i1 d1 ll`. */
const GEOMETRIES = [
  '32768,8,64 32768,8,64 33554432,16,64',
  '64,1,32 96,3,32 256,8,32',
  '1024,16,64 512,1,128 65536,4,32',
  '2048,2,32 49152,12,64 4194304,1,256',
  '4096,4,256 2048,1,1024 1048576,2,16384',
];

function geometry(text: string): Geometry {
  const [i1, d1, ll] = text.split(' ').map((cache) => parseCache(cache)!);
  return { i1, d1, ll };
}

interface Reference {
  readonly letter: string;
  readonly address: bigint;
  readonly size: number;
}

/** Cachegrind's rules with whole addresses and lists: LRU order, front first; all ways hold line 0 at the start. */
class NaiveCache {
  readonly #sets: bigint[][];
  readonly #geometry: CacheGeometry;

  constructor(cache: CacheGeometry) {
    this.#geometry = cache;
    this.#sets = Array.from({ length: setsOf(cache) }, () => Array.from({ length: cache.ways }, () => 0n));
  }

  misses({ address, size }: Reference): boolean {
    const line = BigInt(this.#geometry.lineBytes);
    const first = address / line;
    const last = (address + BigInt(size) - 1n) / line;
    const isFirstMiss = this.#lineMisses(first);
    return (last !== first && this.#lineMisses(last)) || isFirstMiss;
  }

  #lineMisses(line: bigint): boolean {
    const set = this.#sets[Number(line % BigInt(this.#sets.length))];
    const way = set.indexOf(line);
    set.splice(way < 0 ? set.length - 1 : way, 1);
    set.unshift(line);
    return way < 0;
  }
}

function naiveCounters(references: readonly Reference[], caches: Geometry): Counters {
  const counters = Object.fromEntries(COUNTER_NAMES.map((name) => [name, 0])) as Record<keyof Counters, number>;
  const [i1, d1, ll] = [caches.i1, caches.d1, caches.ll].map((cache) => new NaiveCache(cache));
  const smallest = smallestLine(caches);
  for (const { letter, address, size } of references) {
    const isCode = letter === 'I';
    const [all, first, last] = isCode
      ? (['Ir', 'I1mr', 'ILmr'] as const)
      : letter === 'S'
        ? (['Dw', 'D1mw', 'DLmw'] as const)
        : (['Dr', 'D1mr', 'DLmr'] as const);
    const clipped = { letter, address, size: isCode ? size : Math.min(size, smallest) };
    counters[all]++;
    if (!(isCode ? i1 : d1).misses(clipped)) continue;
    counters[first]++;
    if (ll.misses(clipped)) counters[last]++;
  }
  return counters;
}

function lineOf({ letter, address, size }: Reference): string {
  return `${letter === 'I' ? 'I ' : ` ${letter}`} ${address.toString(16).padStart(8, '0')},${size}`;
}

/** A reproducible walk: code in order with jumps, data near a few places or, `isSparse`, anywhere in 64 bits. */
function randomReferences(count: number, seed: number, isSparse: boolean): Reference[] {
  let state = BigInt(seed) * 2n + 1n;
  const next = (below: bigint): bigint => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return (state >> 20n) % below;
  };
  const places = [0n, 0x4000000n, 0x1ffefff000n, 0x7ffff7fe0000n, 0xffffffffff600000n];
  let pc = 0x401000n;
  return Array.from({ length: count }, () => {
    const letter = 'IIIIILLSM'[Number(next(9n))];
    const size = letter === 'I' ? 1 + Number(next(15n)) : [1, 2, 4, 8, 8, 16, 32, 10, 160, 28][Number(next(10n))];
    if (letter === 'I') pc = next(20n) === 0n ? 0x401000n + next(100000n) : pc + BigInt(size);
    const place = isSparse ? next(1n << 63n) * 2n : places[Number(next(5n))] + next(200n) * next(200n);
    return { letter, address: letter === 'I' ? pc : place, size };
  });
}

describe('a replayed trace', () => {
  it.each(GEOMETRIES)('has the nine counters of lists of whole addresses with %s', (text) => {
    for (const [seed, isSparse] of [
      [1, false],
      [2, false],
      [3, true],
    ] as const) {
      const references = randomReferences(20000, seed, isSparse);
      const { counters, malformedLines } = replayTrace(references.map(lineOf), geometry(text));
      expect(counters).toEqual(naiveCounters(references, geometry(text)));
      expect(malformedLines).toBe(0);
    }
  });

  it('is the same with and without the references that repeat the last block', () => {
    for (const text of GEOMETRIES) {
      const bytes = new TextEncoder().encode(
        randomReferences(20000, 7, false)
          .map((each) => `${lineOf(each)}\n`)
          .join(''),
      );
      const [merged, whole] = [true, false].map((isMerging) => {
        const caches = new TwoLevelCaches(geometry(text));
        let words = 0;
        const reader = new LackeyReader(
          geometry(text),
          (batch, length) => {
            words += length;
            caches.run(batch, length);
          },
          isMerging,
        );
        reader.add(bytes);
        reader.end();
        return { words, counters: nameCounters(reader.references, caches.misses, caches.lastMisses) };
      });
      expect(merged.counters).toEqual(whole.counters);
      expect(merged.words).toBeLessThan(whole.words);
    }
  });

  it('hits line 0 in empty caches, as cachegrind does, whose tags start at 0', () => {
    const { counters } = replayTrace(['I  00000004,4', ' L 00000008,8', ' S 00000040,8'], geometry(GEOMETRIES[0]));
    expect(counters).toEqual({ Ir: 1, I1mr: 0, ILmr: 0, Dr: 1, D1mr: 0, DLmr: 0, Dw: 1, D1mw: 1, DLmw: 1 });
  });

  it('counts one miss, in each level, for a reference across two lines', () => {
    const { counters } = replayTrace([' L 0010003c,8', ' L 00100000,4', ' L 00100040,4'], geometry(GEOMETRIES[0]));
    expect(counters).toMatchObject({ Dr: 3, D1mr: 1, DLmr: 1 });
  });

  it('keeps the index bits of a way of 1 GiB and tells apart addresses 2^40 apart', () => {
    const huge = geometry('32768,8,64 32768,8,64 1073741824,1,64');
    const lines = Array.from(
      { length: 20 },
      (_, i) => ` L ${(0x10000000n + BigInt(i % 10) * 0x10000000000n).toString(16)},8`,
    );
    const { counters } = replayTrace(lines, huge);
    expect(counters).toMatchObject({ Dr: 20, D1mr: 20, DLmr: 20 });
  });

  it('says so when more pages share their index bits than it can number', () => {
    const huge = geometry('32768,8,64 32768,8,64 1073741824,1,64');
    const lines = Array.from(
      { length: 100 },
      (_, i) => ` L ${(BigInt(i) * 0x10000000000n).toString(16).padStart(8, '0')},8`,
    );
    expect(() => replayTrace(lines, huge)).toThrow(/more than 64 pages of 4096 bytes that share/);
  });

  it('refuses caches that cachegrind refuses, all faults at once', () => {
    const refused = geometry('1000,2,64 64,1,64 33554432,16,64');
    expect(() => replayTrace([], refused)).toThrow(ConfigError);
    expect(() => replayTrace([], refused)).toThrow(/--i1.*power of two[^]*--d1.*size <= line/);
  });
});
