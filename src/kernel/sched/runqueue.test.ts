import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootToy, processOf } from '../../../test/model/toysystem.ts';
import { Thread } from '../process.ts';
import { Runqueue } from './runqueue.ts';
import { NICE_0_WEIGHT, weightOf } from './weights.ts';

const [process] = bootToy([processOf([])]).processes;

function threadOf(tid: number, vruntime: number): Thread {
  const thread = new Thread(tid, `t${tid}`, process, NICE_0_WEIGHT, 0, 0);
  thread.vruntime = vruntime;
  return thread;
}

describe('Runqueue', () => {
  it('gives the thread of least vruntime, the first to have come among equals, whatever the order of 30 arrivals', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { maxLength: 30, size: 'max' }), (vruntimes) => {
        const queue = new Runqueue(0);
        const threads = vruntimes.map((vruntime, tid) => threadOf(tid, vruntime));
        for (const thread of threads) queue.enqueue(thread);
        expect(queue.leastVruntime()).toBe(Math.min(...vruntimes));

        const taken = threads.map(() => queue.take());

        const sorted = [...threads].sort((a, b) => a.vruntime - b.vruntime || a.tid - b.tid);
        expect(taken).toEqual(sorted);
        expect(queue.take()).toBeUndefined();
      }),
    );
  });

  it('counts who waits, and who waits or runs', () => {
    const queue = new Runqueue(0);
    queue.enqueue(threadOf(1, 0));
    queue.enqueue(threadOf(2, 0));

    queue.current = queue.take();

    expect([queue.length, queue.load]).toEqual([1, 2]);
  });

  it('has a minimum that never goes back: 50, 90, then a thread of 20 leaves it at 90', () => {
    const queue = new Runqueue(0);
    const minima = [50, 90, 20].map((vruntime) => {
      queue.enqueue(threadOf(1, vruntime));
      queue.take();
      return queue.minVruntime;
    });

    expect(minima).toEqual([50, 90, 90]);
  });
});

describe('weightOf', () => {
  it('is 1024 at nice 0, and each of the 39 steps from -20 to 19 changes it by a factor of 1.25 within 8 %', () => {
    const steps = Array.from({ length: 39 }, (_, i) => weightOf(i - 20) / weightOf(i - 19));

    expect(weightOf(0)).toBe(NICE_0_WEIGHT);
    expect(Math.min(...steps)).toBeGreaterThan(1.25 * 0.92);
    expect(Math.max(...steps)).toBeLessThan(1.25 * 1.08);
  });

  it('takes levels beyond the ends as the ends', () => {
    expect([weightOf(-100), weightOf(100)]).toEqual([weightOf(-20), weightOf(19)]);
  });
});
