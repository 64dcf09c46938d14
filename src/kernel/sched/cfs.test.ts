import { describe, expect, it } from 'vitest';
import { Cfs } from './cfs.ts';
import { ORDINARY, Task } from './task.ts';

const MS = 1_000_000;
const tunables = { latency: 6 * MS, minGranularity: 0.75 * MS, wakeupGranularity: MS };

describe('a task that moves to another queue', () => {
  it('takes along by how much it is ahead of its queue while it is there: 0 for who holds it back, though the other is 20 ms further', () => {
    const queue = new Cfs(tunables);
    const tasks = [1, 2].map((tid) => new Task(tid, ORDINARY));
    for (const task of tasks) queue.enqueue(task, 'new');
    const ran = queue.pickNext()!;
    const waited = tasks.find((task) => task !== ran)!;
    queue.charge(ran, 20 * MS);
    queue.putPrev(ran);

    queue.dequeue(waited, 'move');

    expect(waited.vruntime).toBe(0);
    expect(queue.minVruntime).toBe(ran.vruntime);
  });
});
