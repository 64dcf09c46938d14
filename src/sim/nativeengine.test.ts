import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_TIME, Rank, type EventHandler } from './engine.ts';
import { StallError } from './errors.ts';
import { NativeEngine } from './nativeengine.ts';
import type { HandlerId } from './units.ts';

type Delivery = readonly [kind: number, arg: number, now: number];

/** An engine with one handler that logs what it gets and then does what the test wants. */
function logging(react?: (delivery: Delivery, engine: NativeEngine, self: HandlerId) => void): {
  engine: NativeEngine;
  self: HandlerId;
  log: Delivery[];
} {
  const engine = new NativeEngine();
  const log: Delivery[] = [];
  const self: HandlerId = engine.register({
    name: 'log',
    onEvent: (...delivery) => {
      log.push(delivery);
      react?.(delivery, engine, self);
    },
  });
  return { engine, self, log };
}

/** 1001 runs of one event each by an engine that calls 1000 at one time a stall; time advances by `step` in each. */
function runThousand(step: number): void {
  const engine = new NativeEngine({ stallLimit: 1000 });
  const self = engine.register({ name: 'one', onEvent: () => undefined });
  for (let run = 0; run < 1001; run++) {
    engine.schedule(engine.now, Rank.Core, self, 0, 0);
    engine.runUntil(engine.now + step);
  }
}

/** One event of a random program; `cancels` picks an earlier one to cancel when this is delivered. */
interface Plan {
  readonly delay: number;
  readonly rank: Rank;
  readonly cancels: number;
  readonly children: number;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  delay: fc.oneof(fc.nat(3), fc.nat(5000), fc.integer({ min: 0, max: 2 ** 40 })),
  rank: fc.constantFrom(...Object.values(Rank)),
  cancels: fc.nat(400),
  children: fc.nat(3),
});

/** A list of all pending events, scanned for the least (time, rank, order of scheduling). */
class NaiveEngine {
  #pending: { time: number; rank: number; id: number }[] = [];
  now = 0;

  schedule(time: number, rank: number, id: number): void {
    this.#pending.push({ time, rank, id });
  }

  cancel(id: number): boolean {
    const before = this.#pending.length;
    this.#pending = this.#pending.filter((event) => event.id !== id);
    return this.#pending.length < before;
  }

  /** Id of the next event; undefined when there is none. */
  next(): number | undefined {
    let best = 0;
    for (let i = 1; i < this.#pending.length; i++) {
      const [a, b] = [this.#pending[i], this.#pending[best]];
      if (a.time < b.time || (a.time === b.time && a.rank < b.rank)) best = i;
    }
    const [event] = this.#pending.splice(best, 1);
    if (event !== undefined) this.now = event.time;
    return event?.id;
  }
}

/** Runs a program on either engine: event `id` follows plan `id modulo length`; gives the ids delivered and what cancel returned. */
function runProgram(
  plans: readonly Plan[],
  limit: number,
  engine: { schedule(time: number, rank: Rank, id: number): void; cancel(id: number): boolean },
): { start(): void; deliver(id: number, now: number): void; trace: number[] } {
  const trace: number[] = [];
  let issued = 0;
  const add = (now: number): void => {
    if (issued >= limit) return;
    const { delay, rank } = plans[issued % plans.length];
    engine.schedule(now + delay, rank, issued++);
  };
  const deliver = (id: number, now: number): void => {
    const { cancels, children } = plans[id % plans.length];
    trace.push(id, engine.cancel(cancels % issued) ? 1 : 0);
    for (let i = 0; i < children; i++) add(now);
  };
  return { start: () => plans.forEach(() => add(0)), deliver, trace };
}

function onNative(plans: readonly Plan[], limit: number): readonly number[] {
  const engine = new NativeEngine();
  const handles: number[] = [];
  const program = runProgram(plans, limit, {
    schedule: (time, rank, id) => (handles[id] = engine.schedule(time, rank, self, 0, id)),
    cancel: (id) => engine.cancel(handles[id]),
  });
  const self: HandlerId = engine.register({ name: 'program', onEvent: (_kind, id, now) => program.deliver(id, now) });
  program.start();
  engine.runUntil(Infinity);
  expect(engine.pending).toBe(0);
  return program.trace;
}

function onNaive(plans: readonly Plan[], limit: number): readonly number[] {
  const engine = new NaiveEngine();
  const program = runProgram(plans, limit, engine);
  program.start();
  for (let id = engine.next(); id !== undefined; id = engine.next()) program.deliver(id, engine.now);
  return program.trace;
}

/** Fingerprint of a run in which these events are scheduled, on two handlers, and delivered. */
function hashOf(...events: readonly [time: number, rank: Rank, handler: number, kind: number, arg: number][]): string {
  const engine = new NativeEngine();
  const ids = ['a', 'b'].map((name) => engine.register({ name, onEvent: () => undefined }));
  for (const [time, rank, handler, kind, arg] of events) engine.schedule(time, rank, ids[handler], kind, arg);
  engine.runUntil(Infinity);
  return engine.fingerprint.hex();
}

describe('NativeEngine', () => {
  it('delivers by time, then rank, then order of scheduling', () => {
    const { engine, self, log } = logging();
    const order: readonly [time: number, rank: Rank][] = [[5, Rank.Phase], [5, Rank.Interrupt], [2, Rank.Phase], [5, Rank.Core], [5, Rank.Interrupt], [2, Rank.Core]]; // prettier-ignore
    order.forEach(([time, rank], arg) => engine.schedule(time, rank, self, 7, arg));

    engine.runUntil(10);

    expect(log.map(([, arg]) => arg)).toEqual([5, 2, 1, 4, 3, 0]);
    expect([engine.now, engine.executed, engine.pending]).toEqual([10, 6, 0]);
  });

  it('equals a naive engine in 2000 random programs with cancellations, ranks and ties', () => {
    fc.assert(
      fc.property(fc.array(plan, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 400 }), (plans, limit) => {
        expect(onNative(plans, limit)).toEqual(onNaive(plans, limit));
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps events beyond the end of a run, and delivers those at its end', () => {
    const { engine, self, log } = logging();
    for (const time of [1, 4, 5]) engine.schedule(time, Rank.Core, self, 0, time);

    engine.runUntil(4);
    expect([engine.now, engine.pending, engine.nextEventTime()]).toEqual([4, 1, 5]);
    engine.runUntil(4.5);
    expect(engine.now).toBe(4.5);
    engine.runUntil(Infinity);

    expect(log.map(([, arg]) => arg)).toEqual([1, 4, 5]);
    expect([engine.now, engine.nextEventTime()]).toEqual([5, Infinity]);
  });

  it('cancels once: not again, not after delivery, not the next event in the same slot', () => {
    const { engine, self, log } = logging();
    const first = engine.schedule(1, Rank.Core, self, 0, 1);
    expect([engine.cancel(first), engine.cancel(first), engine.pending]).toEqual([true, false, 0]);

    const second = engine.schedule(1, Rank.Core, self, 0, 2);
    engine.runUntil(1);
    const third = engine.schedule(2, Rank.Core, self, 0, 3);
    expect([engine.cancel(first), engine.cancel(second), engine.cancel(-1), engine.cancel(0.5)]).toEqual([
      false,
      false,
      false,
      false,
    ]);
    engine.runUntil(2);

    expect(engine.cancel(third)).toBe(false);
    expect(log.map(([, arg]) => arg)).toEqual([2, 3]);
  });

  it('drops dead events: after 100 000 timers each cancelled and set anew it holds no more than 1000 slots', () => {
    const { engine, self } = logging();
    let handle = engine.schedule(1e9, Rank.Core, self, 0, 0);
    for (let i = 0; i < 100_000; i++) {
      expect(engine.cancel(handle)).toBe(true);
      handle = engine.schedule(1e9 + i, Rank.Core, self, 0, 0);
    }
    const empty = new NativeEngine().bytes;
    expect(engine.pending).toBe(1);
    expect(engine.bytes - empty).toBeLessThan(1000 * 24);
  });

  it('needs at most 32 bytes per pending event at 100 000, what an empty engine holds aside', () => {
    const { engine, self } = logging();
    const empty = new NativeEngine().bytes;
    for (let i = 0; i < 100_000; i++) engine.schedule((i * 48271) % 1_000_003, Rank.Core, self, 0, i);
    expect((engine.bytes - empty) / 100_000).toBeLessThan(32);
  });

  it('refuses times that are past, fractional, NaN, infinite or above MAX_TIME, and kinds and args out of range, with all numbers', () => {
    const { engine, self } = logging();
    engine.runUntil(10);
    for (const time of [9, 10.5, NaN, Infinity, MAX_TIME + 1, -1]) {
      expect(() => engine.schedule(time, Rank.Core, self, 3, 4)).toThrow(
        `engine at 10: log scheduled kind 3, arg 4 at ${time}`,
      );
    }
    for (const kind of [-1, 65_536, 0.5])
      expect(() => engine.schedule(10, Rank.Core, self, kind, 0)).toThrow(/kind one from 0 to 65535/);
    for (const arg of [0.5, 2 ** 31, NaN])
      expect(() => engine.schedule(10, Rank.Core, self, 0, arg)).toThrow(/arg a 32-bit integer/);
    expect(engine.pending).toBe(0);
    engine.schedule(MAX_TIME, Rank.Phase, self, 65_535, -(2 ** 31));
    expect(engine.nextEventTime()).toBe(MAX_TIME);
  });

  it('refuses to run into the past or from within a handler', () => {
    const { engine, self } = logging((_delivery, within) => within.runUntil(100));
    engine.schedule(5, Rank.Core, self, 0, 0);
    expect(() => engine.runUntil(10)).toThrow('runUntil(100) called by an event handler');
    expect(() => engine.runUntil(4)).toThrow('runUntil(4): lies before now');
    expect(() => engine.runUntil(NaN)).toThrow('runUntil(NaN)');
  });

  it('throws StallError with what every handler says when time stands still for 1000 events', () => {
    const engine = new NativeEngine({ stallLimit: 1000 });
    const spinning: EventHandler = {
      name: 'spin',
      onEvent: (_kind, _arg, now) => engine.schedule(now, Rank.Core, self, 0, 0),
      describe: () => 'waits for a lock',
    };
    const self = engine.register(spinning);
    engine.register({ name: 'quiet', onEvent: () => undefined });
    engine.schedule(7, Rank.Core, self, 0, 0);

    expect(() => engine.runUntil(10)).toThrow(StallError);
    expect(() => engine.runUntil(10)).toThrow(
      'at 7: time stood still for 1000 events\n  spin: waits for a lock\n  quiet: (no description)',
    );
    expect(engine.executed).toBeLessThanOrEqual(4000);
  });

  it('throws it too when time stands still over 1000 runs of one event each, and not when time advances in between', () => {
    expect(() => runThousand(0)).toThrow(StallError);
    expect(() => runThousand(1)).not.toThrow();
  });

  it('does not take 10 000 events that advance time by one every 900 events for a stall of 1000', () => {
    const engine = new NativeEngine({ stallLimit: 1000 });
    const self = engine.register({
      name: 'slow',
      onEvent: (_kind, left, now) => {
        if (left > 0) engine.schedule(now + (left % 900 === 0 ? 1 : 0), Rank.Core, self, 0, left - 1);
      },
    });
    engine.schedule(0, Rank.Core, self, 0, 10_000);
    engine.runUntil(Infinity);
    expect([engine.executed, engine.now]).toEqual([10_001, 11]);
  });

  it('goes on after a handler threw, with the event gone', () => {
    const { engine, self, log } = logging(([, arg]) => {
      if (arg === 1) throw new Error('boom');
    });
    for (const time of [1, 2]) engine.schedule(time, Rank.Core, self, 0, time);
    expect(() => engine.runUntil(5)).toThrow('boom');
    engine.runUntil(5);
    expect(log.map(([, arg]) => arg)).toEqual([1, 2]);
  });

  it('has a fingerprint that tells apart time, rank, handler, kind, arg and order', () => {
    const variants = [
      hashOf([1, 1, 0, 0, 0]),
      hashOf([2, 1, 0, 0, 0]),
      hashOf([1, 2, 0, 0, 0]),
      hashOf([1, 1, 1, 0, 0]),
      hashOf([1, 1, 0, 1, 0]),
      hashOf([1, 1, 0, 0, 1]),
      hashOf([1, 1, 0, 0, 0], [1, 1, 0, 1, 0]),
      hashOf([1, 1, 0, 1, 0], [1, 1, 0, 0, 0]),
    ];
    expect(new Set(variants).size).toBe(variants.length);
  });

  it('checkpoints its fingerprint every 2^3 events, at the same events whatever the cuts between runs', () => {
    const checkpoints = [[1000], [7, 8, 100, 1000]].map((ends) => {
      const engine = new NativeEngine({ checkpointBits: 3 });
      const self = engine.register({ name: 'tick', onEvent: () => undefined });
      for (let i = 0; i < 30; i++) engine.schedule(i, Rank.Core, self, 0, i);
      for (const end of ends) engine.runUntil(end);
      return engine.fingerprint.checkpoints;
    });
    expect(checkpoints[0].map(({ events }) => events)).toEqual([8, 16, 24]);
    expect(checkpoints[1]).toEqual(checkpoints[0]);
  });

  it('allows 32 768 handlers and names the one too many', () => {
    const engine = new NativeEngine();
    const last = Array.from({ length: 32_768 }, (_, i) =>
      engine.register({ name: `h${i}`, onEvent: () => undefined }),
    ).at(-1)!;
    expect(() => engine.register({ name: 'extra', onEvent: () => undefined })).toThrow(
      /more than 32768 handlers \(extra\)/,
    );
    engine.schedule(1, Rank.Core, last, 65_535, 1);
    engine.runUntil(1);
    expect(engine.executed).toBe(1);
  });
});
