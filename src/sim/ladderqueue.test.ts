import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventHandle } from './engine.ts';
import { EventPool } from './eventpool.ts';
import { LadderQueue } from './ladderqueue.ts';

type Entry = readonly [key: number, id: number];

/** The queue under test beside a sorted list, FIFO among equal keys, that it must equal. */
class Twin {
  /** The argument of a slot is the entry's id. */
  readonly #pool = new EventPool();
  readonly #queue: LadderQueue;
  #list: Entry[] = [];
  /** Handle of each id. */
  readonly #handles: EventHandle[] = [];
  #killed = 0;
  /** Key popped last. */
  now = 0;

  constructor(finestScale = 1) {
    this.#queue = new LadderQueue(this.#pool, finestScale);
  }

  push(key: number): void {
    let at = this.#list.length;
    while (at > 0 && this.#list[at - 1][0] > key) at--;
    const id = this.#handles.length;
    this.#list.splice(at, 0, [key, id]);
    const slot = this.#pool.allocate(0, id);
    this.#handles.push(this.#pool.handle(slot));
    this.#queue.push(key, slot);
  }

  /** Takes the earliest entry of both, as the engine does, and compares. */
  pop(): void {
    const entry = this.#take();
    const expected = this.#list.shift();
    if (entry?.[0] !== expected?.[0] || entry?.[1] !== expected?.[1]) expect(entry).toEqual(expected);
    if (entry !== undefined) this.now = entry[0];
  }

  /** Declares every pending id dead that `modulus` divides. */
  kill(modulus: number): void {
    for (const [, id] of this.#list) {
      if (id % modulus !== 0) continue;
      if (!this.#pool.kill(this.#handles[id])) expect.unreachable(`id ${id} was not alive`);
      this.#killed++;
    }
    this.#list = this.#list.filter(([, id]) => id % modulus !== 0);
  }

  compact(): void {
    this.#queue.compact();
    expect(this.#pool.reaped).toBe(this.#killed);
  }

  drain(): void {
    while (this.#list.length > 0) this.pop();
    this.pop();
    expect(this.#pool.reaped).toBe(this.#killed);
  }

  #take(): Entry | undefined {
    const queue = this.#queue;
    const { keys, words } = this.#pool;
    while (queue.first !== 0 || queue.refill()) {
      const slot = queue.first;
      queue.first = words[slot + 4];
      if (!this.#pool.dead(slot)) return [keys[slot >> 1], this.#pool.release(slot)];
      this.#pool.reap(slot);
    }
    return undefined;
  }
}

/** What a random program does; a push is relative to the key popped last. */
type Step =
  | { readonly kind: 'push'; readonly delay: number; readonly times: number }
  | { readonly kind: 'pop'; readonly times: number }
  | { readonly kind: 'kill'; readonly modulus: number }
  | { readonly kind: 'compact' };

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
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('kill' as const), modulus: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact' as const) }) },
);

/** Runs a program on both, comparing every entry that comes out; `spread` varies the delays of one step. */
function expectSameOrder(steps: readonly Step[], spread: readonly number[], finestScale = 1): void {
  const twin = new Twin(finestScale);
  let pushed = 0;
  for (const action of steps) {
    if (action.kind === 'push') {
      for (let i = 0; i < action.times; i++) twin.push(twin.now + action.delay + spread[pushed++ % spread.length]);
    } else if (action.kind === 'pop') for (let i = 0; i < action.times; i++) twin.pop();
    else if (action.kind === 'kill') twin.kill(action.modulus);
    else twin.compact();
  }
  twin.drain();
}

describe('LadderQueue', () => {
  const program = fc.array(step, { minLength: 1, maxLength: 40 });

  it('gives the order of a sorted list, FIFO among equal keys, in 5000 random programs of pushes, pops, kills and compactions', () => {
    const spread = fc.array(delay, { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(program, spread, (steps, spreads) => expectSameOrder(steps, spreads)),
      { numRuns: 5000 },
    );
  });

  it('does so for keys with fractions, at 2^20 buckets per unit of key', () => {
    const spread = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(program, spread, (steps, spreads) => expectSameOrder(steps, spreads, 2 ** 20)),
      { numRuns: 2000 },
    );
  });

  it('gives the order of a sorted list when 20 000 entries cross several rungs and spills', () => {
    const steps: Step[] = [];
    for (let i = 0; i < 40; i++) {
      steps.push({ kind: 'push', delay: i % 3, times: 500 }, { kind: 'pop', times: i < 30 ? 300 : 900 });
    }
    for (const spread of [[0, 1], [0, 7, 1_000_003, 2, 2, 40], [5, 1e12, 3, 1e6, 0, 2 ** 48]]) expectSameOrder(steps, spread); // prettier-ignore
  });

  it('keeps FIFO order when a run spills whose last key equals the limit of the top', () => {
    const spread = [0, 0, 0, 0, 0, 0, 0, 0, 1];
    const fill: Step = { kind: 'push', delay: 0, times: 9 };
    expectSameOrder([fill, { kind: 'pop', times: 1 }, { ...fill, times: 208 }], spread);
  });

  it('keeps the order of 10 000 equal keys', () => {
    expectSameOrder([{ kind: 'push', delay: 42, times: 10_000 }], [0]);
  });

  it('holds keys up to 2^53 - 1', () => {
    expectSameOrder([{ kind: 'push', delay: 0, times: 300 }, { kind: 'pop', times: 300 }], [Number.MAX_SAFE_INTEGER, 0, 1, 2 ** 52]); // prettier-ignore
  });
});
