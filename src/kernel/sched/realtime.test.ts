import { describe, expect, it } from 'vitest';
import { Realtime, RR_TIMESLICE } from './realtime.ts';
import { ORDINARY, Task } from './task.ts';

const TICK = 4_000_000;

function two(policy: 'rr' | 'fifo'): { realtime: Realtime; tasks: Task[] } {
  const realtime = new Realtime(TICK);
  const tasks = [1, 2].map((tid) => new Task(tid, { ...ORDINARY, policy, priority: 10 }));
  for (const task of tasks) realtime.enqueue(task);
  return { realtime, tasks };
}

describe('a turn of round robin', () => {
  it('ends at its 25th tick of 4 ms, whatever part of each tick it ran, and the other thread is next', () => {
    const { realtime, tasks } = two('rr');
    expect(realtime.pickNext()).toBe(tasks[0]);
    const isOver = Array.from({ length: RR_TIMESLICE / TICK }, () => realtime.tick(tasks[0]));

    expect(isOver.map((over, i) => (over ? i + 1 : 0)).filter((tick) => tick > 0)).toEqual([25]);
    realtime.putPrev(tasks[0]);
    expect(realtime.pickNext()).toBe(tasks[1]);
  });

  it('goes on after a preemption with the ticks that are left: 10, then 15', () => {
    const { realtime, tasks } = two('rr');
    realtime.pickNext();
    for (let tick = 0; tick < 10; tick++) realtime.tick(tasks[0]);
    realtime.putPrev(tasks[0]);

    expect(realtime.pickNext()).toBe(tasks[0]);
    expect(Array.from({ length: 15 }, () => realtime.tick(tasks[0])).indexOf(true)).toBe(14);
  });

  it('is without end for FIFO', () => {
    const { realtime, tasks } = two('fifo');
    realtime.pickNext();

    expect(Array.from({ length: 100 }, () => realtime.tick(tasks[0])).includes(true)).toBe(false);
  });
});
