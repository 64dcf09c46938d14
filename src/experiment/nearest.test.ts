import { describe, expect, it } from 'vitest';
import { differences } from './differ.ts';
import { editDistance, nearest } from '../sim/nearest.ts';
import { formatTime, parseTime } from './time.ts';

describe('nearest', () => {
  it('counts one edit for a swap of neighbours, three from kitten to sitting', () => {
    expect([editDistance('polciy', 'policy'), editDistance('kitten', 'sitting'), editDistance('', 'ab')]).toEqual([
      1, 3, 2,
    ]);
  });

  it('finds the name with fewest edits, whatever its case, and nothing for a word unlike all', () => {
    expect(nearest('Coers', ['machine', 'cores', 'policy'])).toBe('cores');
    expect(nearest('zzz', ['machine', 'cores'])).toBeUndefined();
    expect(nearest('a', [])).toBeUndefined();
  });
});

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

describe('differences', () => {
  it('name the 3 dotted paths that differ, lists as a whole', () => {
    expect(differences({ a: { b: 1, c: [1, 2] }, d: 4 }, { a: { b: 2, c: [1, 3] }, e: 5, d: 4 })).toEqual([
      { path: 'a.b', before: 1, after: 2 },
      { path: 'a.c', before: [1, 2], after: [1, 3] },
      { path: 'e', before: undefined, after: 5 },
    ]);
  });
});
