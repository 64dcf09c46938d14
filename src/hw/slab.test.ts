import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Slab } from './slab.ts';

describe('Slab', () => {
  it('gives rooms that do not overlap, at whole lines of 16 words, of 1 to 10000 words each', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        const slab = new Slab();
        const rooms = sizes.map((size) => slab.take(size));
        rooms.forEach(({ words, first }, i) => words.fill(i + 1, first, first + sizes[i]));

        rooms.forEach(({ words, first }, i) => {
          expect(first % 16).toBe(0);
          expect(words.subarray(first, first + sizes[i]).every((word) => word === i + 1)).toBe(true);
        });
      }),
    );
  });

  it('shares one array among 100 small rooms', () => {
    const slab = new Slab();
    const arrays = new Set(Array.from({ length: 100 }, () => slab.take(16).words));
    expect(arrays.size).toBe(1);
  });

  it('shows the same memory as words, halves and bytes', () => {
    const { words, halves, bytes, first } = new Slab().take(1);
    words[first] = 0x01020304;
    expect([halves[2 * first], halves[2 * first + 1]]).toEqual([0x0304, 0x0102]);
    expect([bytes[4 * first], bytes[4 * first + 3]]).toEqual([4, 1]);
  });
});
