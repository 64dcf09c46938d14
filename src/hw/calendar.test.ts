import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Calendar } from './calendar.ts';

/** Busy cycles kept one by one: what `Calendar` stands for. */
class NaiveCalendar {
  readonly #busy = new Set<number>();

  take(time: number, length: number): number {
    let start = time;
    while (!this.#isFree(start, length)) start++;
    for (let cycle = start; cycle < start + length; cycle++) this.#busy.add(cycle);
    return start;
  }

  #isFree(start: number, length: number): boolean {
    for (let cycle = start; cycle < start + length; cycle++) if (this.#busy.has(cycle)) return false;
    return true;
  }
}

describe('Calendar', () => {
  it('queues requests in the order of time: three of 7 cycles asked for at 10 start at 10, 17 and 24', () => {
    const calendar = new Calendar();

    expect([10, 10, 10].map((time) => calendar.take(time, 7))).toEqual([10, 17, 24]);
  });

  it('lets one that lags fill the gap before those of a core that is ahead, where it fits: at 0 and 14, not at 15', () => {
    const calendar = new Calendar();
    calendar.take(100, 7);
    calendar.take(21, 7);

    expect([0, 14, 15].map((time) => calendar.take(time, 7))).toEqual([0, 14, 28]);
  });

  it('takes the same cycles as one that keeps every busy cycle, for 30 requests in any order of time', () => {
    const request = fc.tuple(fc.nat(120), fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(fc.array(request, { maxLength: 30, size: 'max' }), (requests) => {
        const [calendar, naive] = [new Calendar(), new NaiveCalendar()];

        expect(requests.map(([time, length]) => calendar.take(time, length))).toEqual(
          requests.map(([time, length]) => naive.take(time, length)),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('forgets the oldest of more than 64 separate stretches, and no later one', () => {
    const calendar = new Calendar();
    for (let i = 0; i <= 64; i++) calendar.take(10 * i, 5);

    expect(calendar.take(640, 5)).toBe(645);
    expect(calendar.take(10, 5)).toBe(15);
    expect(calendar.take(0, 5)).toBe(0);
  });
});
