import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LadderQueue } from './ladderqueue.ts';

/** Sorted list of [key, id], FIFO among equal keys: what the queue must equal. */
class SortedList {
  readonly entries: [key: number, id: number][] = [];

  push(key: number, id: number): void {
    const at = this.entries.findIndex(([other]) => other > key);
    this.entries.splice(at < 0 ? this.entries.length : at, 0, [key, id]);
  }
}

function pop(queue: LadderQueue): [key: number, id: number] | undefined {
  if (queue.run.empty && !queue.refill()) return undefined;
  const key = queue.run.firstKey;
  return [key, queue.run.take()];
}

/** What a program of pushes, pops and compactions does, each push relative to the key popped last. */
type Step =
  | { readonly kind: 'push'; readonly delay: number; readonly times: number }
  | { readonly kind: 'pop'; readonly times: number }
  | { readonly kind: 'compact'; readonly modulus: number };

/** Delays from ties to 2^44, so that rungs, spills, overfull last buckets and the top all occur. */
const delay = fc.oneof(
  fc.nat(3),
  fc.nat(1000),
  fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  fc.integer({ min: 0, max: 2 ** 44 }),
  fc.constant(0),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('push' as const), delay, times: fc.nat(120) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('pop' as const), times: fc.nat(150) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('compact' as const), modulus: fc.integer({ min: 2, max: 5 }) }),
  },
);

/** Runs a program on both and compares every entry that comes out; `spread` varies the delays of one step. */
function expectSameOrder(steps: readonly Step[], spread: readonly number[]): void {
  const queue = new LadderQueue();
  const list = new SortedList();
  let now = 0;
  let id = 0;
  for (const action of steps) {
    if (action.kind === 'push') {
      for (let i = 0; i < action.times; i++, id++) {
        const key = now + action.delay + spread[id % spread.length];
        queue.push(key, id);
        list.push(key, id);
      }
    } else if (action.kind === 'pop') {
      for (let i = 0; i < action.times; i++) {
        const entry = pop(queue);
        expect(entry).toEqual(list.entries.shift());
        if (entry !== undefined) now = entry[0];
      }
    } else compactBoth(queue, list, action.modulus);
  }
  for (const expected of list.entries) expect(pop(queue)).toEqual(expected);
  expect(pop(queue)).toBeUndefined();
}

/** Declares every id that `modulus` divides dead. */
function compactBoth(queue: LadderQueue, list: SortedList, modulus: number): void {
  const reaped: number[] = [];
  queue.compact({ dead: (id) => id % modulus === 0, reap: (id) => reaped.push(id) });
  const dead = list.entries.filter(([, id]) => id % modulus === 0).map(([, id]) => id);
  expect(reaped.toSorted((a, b) => a - b)).toEqual(dead.toSorted((a, b) => a - b));
  list.entries.splice(0, list.entries.length, ...list.entries.filter(([, id]) => id % modulus !== 0));
}

describe('LadderQueue', () => {
  it('gives the order of a sorted list, FIFO among equal keys, in 300 random programs of pushes, pops and compactions', () => {
    const spread = fc.array(delay, { minLength: 1, maxLength: 40 });
    fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), spread, expectSameOrder), { numRuns: 300 });
  });

  it('gives the order of a sorted list when 20 000 entries cross several rungs and spills', () => {
    const steps: Step[] = [];
    for (let i = 0; i < 40; i++) {
      steps.push({ kind: 'push', delay: i % 3, times: 500 }, { kind: 'pop', times: i < 30 ? 300 : 900 });
    }
    for (const spread of [[0, 1], [0, 7, 1_000_003, 2, 2, 40], [5, 1e12, 3, 1e6, 0, 2 ** 48]]) expectSameOrder(steps, spread); // prettier-ignore
  });

  it('keeps the order of 10 000 equal keys', () => {
    const queue = new LadderQueue();
    for (let id = 0; id < 10_000; id++) queue.push(42, id);
    for (let id = 0; id < 10_000; id++) expect(pop(queue)).toEqual([42, id]);
  });

  it('holds keys up to 2^53 - 1', () => {
    expectSameOrder([{ kind: 'push', delay: 0, times: 300 }, { kind: 'pop', times: 300 }], [Number.MAX_SAFE_INTEGER, 0, 1, 2 ** 52]); // prettier-ignore
  });

  it('needs at most 20 bytes per entry for 100 000 entries, also after half of them went through the rungs', () => {
    const queue = new LadderQueue();
    let key = 0;
    for (let id = 0; id < 100_000; id++) queue.push((key = (key * 48271 + 11) % 2147483647), id);
    const filled = queue.bytes;
    for (let i = 0; i < 50_000; i++) {
      const [now, id] = pop(queue)!;
      queue.push(now + (key = (key * 48271 + 11) % 2147483647), id);
    }
    expect(filled / 100_000).toBeLessThan(20);
    expect(queue.bytes / 100_000).toBeLessThan(20);
  });
});
