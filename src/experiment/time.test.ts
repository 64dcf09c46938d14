import { describe, expect, it } from 'vitest';
import { formatTime, parseTime } from './time.ts';

describe('times', () => {
  it.each([
    ['500us', 500],
    ['20ms', 20_000],
    ['1.5s', 1_500_000],
    ['0us', 0],
  ])('%s is %i microseconds and is written back in its shortest form', (text, us) => {
    expect(parseTime(text)).toBe(us);
    expect(parseTime(formatTime(us))).toBe(us);
  });

  it('with a blank, a sign or no unit are no times', () => {
    for (const text of ['20 ms', '-1ms', '20', 'ms', '1e3us']) expect(parseTime(text)).toBeNaN();
  });
});
