import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Eevdf } from './eevdf.ts';
import { SCHEDULER_NAMES, TICK_NS } from './index.ts';
import type { ActorSpec } from './lab/actor.ts';
import { Lab } from './lab/lab.ts';
import { NoGuard } from './realtimeguard.ts';
import { Realtime } from './realtime.ts';
import { Runqueue } from './runqueue.ts';
import { ORDINARY, Task } from './task.ts';
import { NICE_0_WEIGHT } from './weights.ts';

const MS = 1e6;
const FREE = { timer: 0, switch: 0, tick: 0, sleep: 0 };
const BASE_SLICE = 1.4 * MS;
/** Virtual times are whole ns, and a ns of virtual time is 87 ns of a thread of nice -20. */
const ROUNDING = (2 * 88761) / 1024;

const REST = { policy: 'other', priority: 0 } as const;
const nice = fc.integer({ min: -20, max: 19 });
const slice = fc.constantFrom(0, 0.1 * MS, 3 * MS, 20 * MS);
const busy = fc.record({ nice, slice }).map((wish): ActorSpec => Object.assign(wish, REST, { work: Infinity }));
const sleepy = fc
  .record({ nice, work: fc.integer({ min: 0, max: 3 * MS }), pause: fc.integer({ min: 1000, max: 9 * MS }) })
  .map((wish): ActorSpec => Object.assign(wish, REST, { slice: 0, sleep: () => wish.pause }));

describe.each(SCHEDULER_NAMES)('%s', (scheduler) => {
  it('leaves no core idle while a thread waits: 1 to 8 threads that never sleep, and sleepers, on 1 to 4 cores', () => {
    fc.assert(
      fc.property(
        fc.array(busy, { minLength: 4, maxLength: 8 }),
        fc.array(sleepy, { maxLength: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (always, sometimes, cpus) => {
          const lab = new Lab({ scheduler, cpus, actors: [...always, ...sometimes], costs: FREE });
          lab.run(200 * MS);

          const worked = lab.actors.reduce((sum, { runtime }) => sum + runtime, 0);
          expect(worked).toBeCloseTo(200 * MS * cpus, -3);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('starves nobody: each of 2 to 8 busy threads of nice -5 to 5 on one core has in 4 s at least half its share by weight or by number', () => {
    const level = fc.integer({ min: -5, max: 5 });
    fc.assert(
      fc.property(fc.array(level, { minLength: 2, maxLength: 8 }), (levels) => {
        const actors = levels.map((own) => ({ ...ORDINARY, nice: own, work: Infinity }));
        const lab = new Lab({ scheduler, cpus: 1, actors, costs: FREE });
        lab.run(4000 * MS);

        const load = lab.actors.reduce((sum, { weight }) => sum + weight, 0);
        for (const { runtime, weight } of lab.actors)
          expect(runtime).toBeGreaterThan(2000 * MS * Math.min(weight / load, 1 / levels.length));
      }),
      { numRuns: 40 },
    );
  });

  it('runs a thread only where its mask lets it, whatever else there is to do', () => {
    const pinned = { ...ORDINARY, work: Infinity, affinity: [1] };
    const lab = new Lab({ scheduler, cpus: 3, actors: [pinned, pinned, pinned], costs: FREE });
    lab.run(300 * MS);

    expect(lab.actors.map(({ cpu }) => cpu)).toEqual([1, 1, 1]);
    expect(lab.actors.reduce((sum, { runtime }) => sum + runtime, 0)).toBe(300 * MS);
  });
});

describe('EEVDF', () => {
  // Theorem 1 of Stoica and Abdel-Wahab, where turns end when they should and not at the next tick.
  it('bounds the lag of 2 to 8 busy threads by the longest slice, at the ends of 2000 turns', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ nice, slice }), { minLength: 2, maxLength: 8 }), (wishes) => {
        const fair = new Eevdf({ baseSlice: BASE_SLICE, tick: TICK_NS });
        const queue = new Runqueue(0, fair, new Realtime(TICK_NS), new NoGuard());
        const tasks = wishes.map((wish, i) => new Task(i + 1, { ...ORDINARY, ...wish }));
        for (const task of tasks) queue.enqueue(task, 'new', 0);
        const bound = Math.max(...tasks.map((task) => task.slice));
        for (let turn = 0, now = 0; turn < 2000; turn++) {
          queue.put(now);
          const task = queue.pick(now)!;
          now += Math.ceil(((task.deadline - task.vruntime) * task.weight) / NICE_0_WEIGHT);
          queue.update(now);
          const lags = tasks.map((each) => Math.abs((fair.lagOf(each) * each.weight) / NICE_0_WEIGHT));
          expect(Math.max(...lags)).toBeLessThanOrEqual(bound + ROUNDING);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a FIFO thread that never sleeps, beside a fair one, for 10 s', () => {
  it.each([
    ['cfs', 0.05],
    ['eevdf', 0.05],
  ] as const)('under %s leaves it a share of %f, give or take a tick of 4 ms a second', (scheduler, expected) => {
    const fifo = { ...ORDINARY, policy: 'fifo', priority: 10, work: Infinity } as const;
    const lab = new Lab({ scheduler, cpus: 1, actors: [fifo, { ...ORDINARY, work: Infinity }], costs: FREE });
    lab.run(10_000 * MS);

    expect(Math.abs(lab.actors[1].runtime / lab.now - expected)).toBeLessThan(0.005);
  });
});
