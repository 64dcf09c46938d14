import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NaiveStore, naiveHash } from '../../test/model/naivereplacement.ts';
import { openStream } from '../sim/rng.ts';
import { makeStore, REPLACEMENTS } from './replacement.ts';
import { EMPTY, type TagStore } from './tagstore.ts';
import { ThreadedStore } from './threadedstore.ts';

const LARGEST_KEY = 2 ** 31 - 1;
const key = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 60 }) }, fc.constantFrom(2 ** 30, LARGEST_KEY));
const step = fc.tuple(fc.constantFrom('touch', 'touch', 'swap', 'swap', 'remove'), key);

function perform(store: TagStore | NaiveStore, act: string, at: number): string {
  if (act === 'remove') return `remove ${store.remove(at)}`;
  if (act === 'swap' && 'swap' in store) return swap(store, at);
  return store.access(at) ? 'hit' : `victim ${store.fill(at)}`;
}

function swap(store: TagStore, at: number): string {
  const found = store.swap(at);
  return found === at ? 'hit' : `victim ${found}`;
}

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
const scan = (store: TagStore, keys: readonly number[]): number =>
  keys.filter((at) => perform(store, 'touch', at) === 'hit').length;

describe.each(REPLACEMENTS.flatMap((rule) => [false, true].map((hashed) => ({ rule, hashed }))))(
  '$rule replacement, hashed index: $hashed',
  ({ rule, hashed }) => {
    it('gives the same hits, victims and contents as its definition, in random use of 1 to 8 sets of 1 to 8 ways', () => {
      const geometry = fc.record({ sets: fc.constantFrom(1, 2, 4, 8), ways: fc.constantFrom(1, 2, 4, 8) });
      fc.assert(
        fc.property(geometry, fc.array(step, { maxLength: 150, size: 'max' }), ({ sets, ways }, steps) => {
          const store = makeStore({ sets, ways, replacement: rule, hashed }, 'x');
          const naive = new NaiveStore(rule, sets, ways, hashed, openStream(0, 0, 'ways of x'));

          expect(steps.map(([act, at]) => perform(store, act, at))).toEqual(
            steps.map(([act, at]) => perform(naive, act, at)),
          );
          for (const at of [...range(61), 2 ** 30, LARGEST_KEY]) expect(store.has(at)).toBe(naive.has(at));
        }),
        { numRuns: 60 },
      );
    });

    it('holds 8 keys in 8 ways, reuses the way of a removed one, and is empty after clear()', () => {
      const store = makeStore({ sets: 1, ways: 8, replacement: rule, hashed }, 'x');
      expect(range(8).map((at) => store.fill(at))).toEqual(range(8).map(() => EMPTY));
      expect(scan(store, range(8))).toBe(8);

      store.remove(3);
      expect(store.fill(9)).toBe(EMPTY);
      expect(store.fill(10)).not.toBe(EMPTY);

      store.clear();
      expect(range(11).filter((at) => store.has(at))).toEqual([]);
    });
  },
);

type Rule = (typeof REPLACEMENTS)[number];
const setOf = (replacement: Rule, ways: number): TagStore => makeStore({ sets: 1, ways, replacement }, 'y');

/** Hits of 20 cyclic scans of 9 keys over 8 ways. */
function cyclicHits(rule: Rule): number {
  const store = setOf(rule, 8);
  return range(20).reduce((sum) => sum + scan(store, range(9)), 0);
}

/** How many of 4 keys, each used twice, are still in 8 ways after 8 others. */
function survivors(rule: Rule): number {
  const store = setOf(rule, 8);
  for (const first of [0, 0, 100, 104])
    scan(
      store,
      range(4).map((i) => first + i),
    );
  return range(4).filter((at) => store.has(at)).length;
}

function randomVictims(name: string): number[] {
  const store = makeStore({ sets: 1, ways: 4, replacement: 'random' }, name);
  return range(40).map((at) => store.fill(at));
}

describe('replacements differ where the books say so', () => {
  it('a cyclic scan of 9 keys over 8 ways hits never under LRU and SRRIP, but does under trees and at random', () => {
    for (const rule of ['lru', 'srrip'] as const) expect(cyclicHits(rule), rule).toBe(0);
    for (const rule of ['treePlru', 'random'] as const) expect(cyclicHits(rule), rule).toBeGreaterThan(0);
  });

  it('SRRIP keeps 4 keys that are used again through a scan of 8 others over 8 ways; LRU loses them all', () => {
    expect([survivors('srrip'), survivors('lru')]).toEqual([4, 0]);
  });

  it('random replacement is the same in every machine: two stores of one name evict alike, of two names not', () => {
    expect(randomVictims('a')).toEqual(randomVictims('a'));
    expect(randomVictims('a')).not.toEqual(randomVictims('b'));
  });
});

describe('the hashed index', () => {
  it('spreads 64 lines a power of two apart over all 64 sets, where the plain index puts them into one', () => {
    const stride = range(64).map((i) => i * 64);
    const plain = makeStore({ sets: 64, ways: 1 }, 'x');
    const hashed = makeStore({ sets: 64, ways: 1, hashed: true }, 'x');
    for (const store of [plain, hashed]) scan(store, stride);

    expect(scan(hashed, stride)).toBe(64);
    expect(scan(plain, stride)).toBe(0);
    expect(new Set(stride.map((at) => naiveHash(at, 64))).size).toBe(64);
  });
});

/** A line of a thread as one number, both of a line in its set of two. */
const naiveKey = (thread: number, at: number): number => (at >> 1) * 4 + 2 * thread + (at & 1);

describe('a store whose lines belong to threads', () => {
  const use = fc.tuple(fc.constantFrom(0, 1), fc.constantFrom('touch', 'swap'), fc.integer({ min: 0, max: 12 }));

  it('hits what the same thread put there, and evicts what both used longest ago, in random use of 2 sets of 3 ways', () => {
    fc.assert(
      fc.property(fc.array(use, { maxLength: 80, size: 'max' }), (uses) => {
        const store = makeStore({ sets: 2, ways: 3, isThreaded: true }, 'z') as ThreadedStore;
        const naive = new NaiveStore('lru', 2, 3, false, openStream(0, 0, 'z'));

        for (const [thread, act, at] of uses) {
          store.select(thread);
          const isHit = naive.access(naiveKey(thread, at));
          if (!isHit) naive.fill(naiveKey(thread, at));
          expect(perform(store, act, at) === 'hit').toBe(isHit);
        }
      }),
      { numRuns: 100 },
    );
  });
});
