import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NaiveLru } from '../../test/model/naivelru.ts';
import { SetAssoc } from './setassoc.ts';
import { EMPTY } from './tagstore.ts';

const LARGEST_KEY = 2 ** 31 - 1;
/** Few distinct keys that share sets, and the ends of the key range. */
const key = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 40 }) }, fc.constantFrom(2 ** 30, LARGEST_KEY));
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ act: fc.constant('touch' as const), key }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('remove' as const), key }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('clear' as const), key }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Performs a step and returns what it answered; a missing key is filled, as every user of the store does. */
function perform(store: SetAssoc | NaiveLru, { act, key: at }: Step): string {
  if (act === 'remove') return `remove ${store.remove(at)}`;
  if (act === 'touch') return store.access(at) ? 'hit' : `victim ${store.fill(at)}`;
  store.clear();
  return 'cleared';
}

/** Accesses every key in order, filling on a miss; returns the hits. */
function scan(store: SetAssoc, keys: readonly number[]): number {
  return keys.filter((at) => perform(store, { act: 'touch', key: at }) === 'hit').length;
}

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

describe('SetAssoc', () => {
  it('gives the same hits, victims and contents as LRU lists, in random use of 1 to 8 sets of 1 to 5 ways', () => {
    const geometry = fc.record({ sets: fc.constantFrom(1, 2, 4, 8), ways: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(geometry, fc.array(step, { maxLength: 120, size: 'max' }), ({ sets, ways }, steps) => {
        const store = new SetAssoc(sets, ways);
        const naive = new NaiveLru(sets, ways);

        const seen = steps.map((one) => perform(store, one));
        const expected = steps.map((one) => perform(naive, one));

        expect(seen).toEqual(expected);
        for (const at of [...range(41), 2 ** 30, LARGEST_KEY]) expect(store.has(at)).toBe(naive.has(at));
      }),
      { numRuns: 100 },
    );
  });

  it('serves a cyclic scan of N <= 32 keys fully from 32 fully associative ways after the first pass, and N = 33 never', () => {
    const CAPACITY = 32;
    for (const n of [1, CAPACITY - 1, CAPACITY]) {
      const store = new SetAssoc(1, CAPACITY);
      expect(scan(store, range(n))).toBe(0);
      expect(scan(store, range(n))).toBe(n);
      expect(scan(store, range(n))).toBe(n);
    }
    const store = new SetAssoc(1, CAPACITY);
    const n = CAPACITY + 1;
    expect([scan(store, range(n)), scan(store, range(n)), scan(store, range(n))]).toEqual([0, 0, 0]);
  });

  it('thrashes exactly the sets that a scan overfills: 4 sets of 2 ways hit 6 of 9 consecutive keys', () => {
    const store = new SetAssoc(4, 2);
    const keysOfOverfullSet = 3;

    scan(store, range(9));

    expect(scan(store, range(9))).toBe(9 - keysOfOverfullSet);
  });

  it('hits, fully associative, exactly the accesses whose reuse distance is below the capacity (Mattson 1970)', () => {
    const trace = fc.array(fc.integer({ min: 0, max: 15 }), { maxLength: 200, size: 'max' });
    fc.assert(
      fc.property(trace, fc.integer({ min: 1, max: 17 }), (keys, capacity) => {
        const reuseDistance = (i: number): number => {
          const last = keys.lastIndexOf(keys[i], i - 1);
          return i === 0 || last < 0 ? Infinity : new Set(keys.slice(last + 1, i)).size;
        };
        const close = keys.filter((_, i) => reuseDistance(i) < capacity).length;

        expect(scan(new SetAssoc(1, capacity), keys)).toBe(close);
      }),
    );
  });

  it('contains at every moment all that a store of half the ways contains (inclusion)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 63 }), { maxLength: 200, size: 'max' }), (keys) => {
        const [small, large] = [new SetAssoc(4, 3), new SetAssoc(4, 6)];
        for (const at of keys) {
          scan(small, [at]);
          scan(large, [at]);
          const outside = range(64).filter((held) => small.has(held) && !large.has(held));
          expect(outside).toEqual([]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('keeps a removed way free for the next fill, so that nothing else is evicted', () => {
    const store = new SetAssoc(1, 3);
    scan(store, [1, 2, 3]);

    expect(store.remove(2)).toBe(true);
    expect(store.remove(2)).toBe(false);

    expect(store.fill(4)).toBe(EMPTY);
    expect(store.fill(5)).toBe(1);
  });

  it('looks without touching: has() does not save a key from eviction', () => {
    const store = new SetAssoc(1, 2);
    scan(store, [1, 2]);

    expect(store.has(1)).toBe(true);

    expect(store.fill(3)).toBe(1);
  });

  it('holds nothing after clear()', () => {
    const store = new SetAssoc(2, 2);
    scan(store, range(4));

    store.clear();

    expect(range(4).filter((at) => store.has(at))).toEqual([]);
    expect(store.fill(0)).toBe(EMPTY);
  });
});
