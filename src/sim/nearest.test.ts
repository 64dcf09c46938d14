import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from './nearest.ts';

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
