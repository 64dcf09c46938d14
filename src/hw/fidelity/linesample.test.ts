import { describe, expect, it } from 'vitest';
import { LineSample } from './linesample.ts';

const PAGE = 64;
const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

describe.each([1, 2, 4, 8, 16, 64])('one line of %i', (every) => {
  const sample = new LineSample(every);
  const sampled = range(4 * PAGE).filter((line) => sample.has(line));

  it('is in every group of as many neighbours', () => {
    const groups = sampled.map((line) => Math.floor(line / every));

    expect(groups).toEqual(range((4 * PAGE) / every));
  });

  it('is numbered without gaps, and any run of lines has as many as the difference of its ranks', () => {
    expect(sampled.map((line) => sample.rank(line))).toEqual(range(sampled.length));
    for (const from of [0, 1, 17, 63, 64, 100])
      for (const to of [from, from + 1, from + 40, from + 130])
        expect(sample.rank(to) - sample.rank(from)).toBe(sampled.filter((line) => line >= from && line < to).length);
  });

  it('stands at another place in each of the first groups of a page, as far as there are places', () => {
    const places = sampled.slice(0, Math.min(every, PAGE / every)).map((line) => line % every);

    expect(new Set(places).size).toBe(places.length);
  });
});
