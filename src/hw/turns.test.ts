import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rank, type EventHandler } from '../sim/engine.ts';
import { NativeEngine } from '../sim/nativeengine.ts';
import type { HandlerId } from '../sim/units.ts';
import { GROUP, GroupedTurns } from './turns.ts';

/** What happened in order: turns of CPUs, and an event of the engine (-1), with their times. */
type Log = { readonly cpu: number; readonly at: number }[];

/** CPUs that log their turns, after each of which the next is due as much later as the CPU's list says. */
function cpusTaking(gaps: readonly (readonly number[])[], stretch: number) {
  const engine = new NativeEngine();
  const places = gaps.map((_, cpu) => cpu);
  const turns = new GroupedTurns(engine, places, stretch);
  const log: Log = [];
  const schedule = (cpu: number, time: number): void => turns.schedule(time, Rank.Core, cpu as HandlerId);
  gaps.forEach((left, cpu) => {
    const rest = [...left];
    const onEvent = (_kind: number, _arg: number, at: number): void => {
      log.push({ cpu, at });
      const gap = rest.shift();
      if (gap !== undefined) schedule(cpu, at + gap);
    };
    turns.register({ name: `cpu${cpu}`, onEvent });
    schedule(cpu, 0);
  });
  return { engine, turns, log, schedule };
}

function eventAt(engine: NativeEngine, time: number, rank: Rank, onEvent: EventHandler['onEvent']): void {
  engine.schedule(time, rank, engine.register({ name: 'event', onEvent }), 0, 0);
}

const gap = fc.integer({ min: 1, max: 300 });
const gapsOf = (cpus: number) =>
  fc.array(fc.array(gap, { maxLength: 20, size: 'max' }), { minLength: cpus, maxLength: cpus });

describe('GroupedTurns', () => {
  it('without a stretch has 20 CPUs take their turns in the order of time', () => {
    fc.assert(
      fc.property(gapsOf(20), (gaps) => {
        const { engine, log } = cpusTaking(gaps, 0);
        engine.runUntil(1e6);
        expect(log.map(({ at }) => at)).toEqual(log.map(({ at }) => at).toSorted((a, b) => a - b));
        expect(log).toHaveLength(gaps.flat().length + gaps.length);
      }),
    );
  });

  it('with a stretch of 500 cycles has no CPU of 20 begin a turn 500 or more later than another has yet to begin one', () => {
    fc.assert(
      fc.property(gapsOf(20), (gaps) => {
        const { engine, log } = cpusTaking(gaps, 500);
        engine.runUntil(1e6);
        expect(log).toHaveLength(gaps.flat().length + gaps.length);
        log.forEach(({ at }, i) => {
          const behind = Math.min(...log.slice(i).map((later) => later.at));
          expect(at - behind).toBeLessThan(500);
        });
      }),
    );
  });

  it('has the CPUs of one of 2 groups take 5 turns each before the other does, the one most behind first', () => {
    const { engine, log } = cpusTaking(
      Array.from({ length: 2 * GROUP }, () => [100, 100, 100, 100]),
      500,
    );
    engine.runUntil(1e6);
    const groups = log.map(({ cpu }) => Math.floor(cpu / GROUP));
    expect(groups).toEqual([...Array<number>(5 * GROUP).fill(0), ...Array<number>(5 * GROUP).fill(1)]);
    expect(log.slice(0, 5 * GROUP).map(({ at }) => at)).toEqual(
      [0, 100, 200, 300, 400].flatMap((at) => Array<number>(GROUP).fill(at)),
    );
  });

  it.each([
    ['before', Rank.Interrupt],
    ['after', Rank.Arrival],
  ] as const)(
    'ends a stretch for an event of the engine at 200, %s the turns of that time by its rank',
    (side, rank) => {
      const { engine, log } = cpusTaking(
        Array.from({ length: 2 * GROUP }, () => [100, 100, 100]),
        1000,
      );
      eventAt(engine, 200, rank, (_kind, _arg, at) => log.push({ cpu: -1, at }));
      engine.runUntil(1e6);
      const event = log.findIndex(({ cpu }) => cpu === -1);
      expect(log.slice(0, event).every(({ at }) => (side === 'before' ? at < 200 : at <= 200))).toBe(true);
      expect(log.slice(event + 1).every(({ at }) => (side === 'before' ? at >= 200 : at > 200))).toBe(true);
      expect(event).toBeGreaterThanOrEqual(4 * GROUP);
    },
  );

  it('lets an event wake one CPU of the other group, at 150, before the rest of either goes on at 1000', () => {
    const { engine, log, schedule } = cpusTaking(
      Array.from({ length: GROUP + 1 }, (_, cpu) => (cpu < GROUP ? [1000] : [])),
      5000,
    );
    eventAt(engine, 150, Rank.Interrupt, () => schedule(GROUP, 150));
    engine.runUntil(1e6);
    expect(log.slice(GROUP + 1).map(({ cpu, at }) => [cpu, at])).toEqual([
      [GROUP, 150],
      ...Array.from({ length: GROUP }, (_, cpu) => [cpu, 1000]),
    ]);
  });

  it('says when the next turn of the group or the next event is due, whichever is sooner', () => {
    const { engine, turns, log, schedule } = cpusTaking([[], []], 100);
    const seen: number[] = [];
    eventAt(engine, 5, Rank.Interrupt, () => {
      schedule(0, 10);
      schedule(1, 40);
    });
    eventAt(engine, 60, Rank.Interrupt, () => undefined);
    const watched = log.push.bind(log);
    log.push = (...entries) => {
      seen.push(turns.nextEventTime());
      return watched(...entries);
    };
    engine.runUntil(1e6);
    expect(seen).toEqual([0, 5, 40, 60]);
  });

  it('has a CPU whose time stands still end as a stall that names it', () => {
    const engine = new NativeEngine({ stallLimit: 10 });
    const turns = new GroupedTurns(engine, [0], 100);
    const onEvent = (): void => turns.schedule(0, Rank.Core, 0 as HandlerId);
    turns.register({ name: 'cpu0', onEvent, describe: () => 'cpu0 is stuck' });
    turns.schedule(0, Rank.Core, 0 as HandlerId);
    expect(() => engine.runUntil(1)).toThrow(/cpu0 is stuck/);
  });
});
