import { describe, expect, it } from 'vitest';
import { Topology } from '../../hw/topology.ts';
import { Balancer } from './balance.ts';
import { makeQueues } from './index.ts';
import { ORDINARY, Task } from './task.ts';

describe('a CPU without work', () => {
  it('takes a task of the second longest queue where those of the longest may run nowhere else', () => {
    const queues = makeQueues('cfs', 3);
    const topology = new Topology({ cores: 3, threadsPerCore: 1, coresPerSocket: 3 });
    const pinned = [1, 2, 3].map((tid) => new Task(tid, { ...ORDINARY, affinity: [0] }));
    const free = [4, 5].map((tid) => new Task(tid, ORDINARY));
    for (const task of pinned) queues[0].enqueue(task, 'new', 0);
    for (const task of free) queues[1].enqueue(task, 'new', 0);
    for (const queue of queues) queue.pick(0);

    const pull = new Balancer(2, { queues, topology }).idle();

    expect(queues.map(({ waiting }) => waiting)).toEqual([2, 1, 0]);
    expect(pull?.from).toBe(queues[1]);
    expect(free).toContain(pull?.task);
  });
});
