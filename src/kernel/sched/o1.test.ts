import { describe, expect, it } from 'vitest';
import { currentBonus, effectivePriority, isInteractive, MAX_SLEEP_AVG, timesliceOf } from './interactivity.ts';
import type { ActorSpec } from './lab/actor.ts';
import { Lab } from './lab/lab.ts';
import { O1 } from './o1.ts';
import { ORDINARY, Task } from './task.ts';

const MS = 1e6;
const FREE = { timer: 0, switch: 0, tick: 0, sleep: 0 };

function labOf(actors: readonly ActorSpec[]): Lab {
  return new Lab({ scheduler: 'o1', cpus: 1, actors, costs: FREE });
}

const busy = (nice: number): ActorSpec => ({ ...ORDINARY, nice, work: Infinity });

describe('the arithmetic of 2.6.8', () => {
  it('gives timeslices of 200 ms at nice -20, 102 at 0 and 10 at 19, and counts sleep up to 1020 ms', () => {
    expect([-20, 0, 19].map((nice) => timesliceOf(nice) / MS)).toEqual([200, 102, 10]);
    expect(MAX_SLEEP_AVG / MS).toBe(1020);
  });

  it('scales the sleep average into a bonus of -5 to 5 that stays within the 40 fair priorities', () => {
    expect([0, 0.5, 1].map((share) => effectivePriority(0, share * MAX_SLEEP_AVG))).toEqual([125, 120, 115]);
    expect([effectivePriority(-20, MAX_SLEEP_AVG), effectivePriority(19, 0)]).toEqual([100, 139]);
  });

  // The table in the comment above TASK_INTERACTIVE, bonus from 5 down to -5; at -10 the comment has one more than its C gives, which divides towards 0.
  it.each([
    [-20, '11111111100'],
    [-10, '11111100000'],
    [0, '11110000000'],
    [10, '11000000000'],
    [19, '00000000000'],
  ])('calls a task of nice %i interactive by its bonus as the kernel documents: %s', (nice, expected) => {
    const flags = Array.from({ length: 11 }, (_, i) => {
      const task = new Task(1, { ...ORDINARY, nice });
      task.dynamicPriority = 120 + nice - (5 - i);
      return Number(isInteractive(task));
    });

    expect(flags.join('')).toBe(expected);
  });

  it('takes the whole average for a bonus of 10, and none for 0', () => {
    expect([currentBonus(0), currentBonus(MAX_SLEEP_AVG)]).toEqual([0, 10]);
  });
});

describe('a task that runs 600 ms in one go', () => {
  it('is debited when it leaves its CPU, and loses one point of credit, not one a tick', () => {
    const queue = new O1(1);
    const task = new Task(1, ORDINARY);
    queue.enqueue(task, 'new', 0);
    queue.pickNext(0);
    const half = task.sleepAverage;
    for (let now = MS; now <= 600 * MS; now += MS) queue.charge(task, MS);

    expect([task.sleepAverage, task.interactiveCredit]).toEqual([half, 0]);
    queue.putPrev(task, 600 * MS);
    expect([task.sleepAverage, task.interactiveCredit]).toEqual([0, -1]);
  });
});

describe('threads under O(1)', () => {
  it('share one core by their timeslices, 200 to 102 to 10, within 2 %', () => {
    const lab = labOf([busy(-20), busy(0), busy(19)]);
    lab.run(20_000 * MS);

    const expected = [200, 102, 10].map((slice) => slice / 312);
    lab.actors.forEach(({ runtime }, i) => expect(Math.abs(runtime / lab.now - expected[i])).toBeLessThan(0.02));
  });

  it('that sleep much answer at once beside three busy ones: nine of ten wake-ups within one tick, once known as interactive', () => {
    const sleeper = { ...ORDINARY, work: MS, sleep: () => 20 * MS };
    const lab = labOf([sleeper, busy(0), busy(0), busy(0)]);
    lab.run(20_000 * MS);

    const { delays } = lab.actors[0];
    const prompt = delays.filter((delay) => delay <= MS);
    expect(prompt.length / delays.length).toBeGreaterThan(0.9);
  });

  it('of the real-time class starve the others: nothing holds a FIFO thread back in 2.6.8', () => {
    const fifo = { ...ORDINARY, policy: 'fifo', priority: 1, work: Infinity } as const;
    const lab = labOf([fifo, busy(0)]);
    lab.run(5000 * MS);

    expect(lab.actors.map(({ runtime }) => runtime)).toEqual([5000 * MS, 0]);
  });
});
