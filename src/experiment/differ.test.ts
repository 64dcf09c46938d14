import { describe, expect, it } from 'vitest';
import { differences } from './differ.ts';

describe('differences', () => {
  it('name the 3 dotted paths that differ, lists as a whole', () => {
    expect(differences({ a: { b: 1, c: [1, 2] }, d: 4 }, { a: { b: 2, c: [1, 3] }, e: 5, d: 4 })).toEqual([
      { path: 'a.b', before: 1, after: 2 },
      { path: 'a.c', before: [1, 2], after: [1, 3] },
      { path: 'e', before: undefined, after: 5 },
    ]);
  });
});
