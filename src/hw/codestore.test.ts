import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MEMORY_LINES } from '../sim/units.ts';
import { CodeStore } from './codestore.ts';
import { SetAssoc } from './setassoc.ts';
import { Slab } from './slab.ts';

const line = fc.oneof(
  fc.nat(MEMORY_LINES - 1),
  fc.integer({ min: MEMORY_LINES - 3000, max: MEMORY_LINES - 1 }),
  fc.nat(3000),
);

describe('CodeStore', () => {
  it.each([
    [512, 4],
    [1024, 1],
    [512, 13],
  ])('of %i sets of %i ways knows the lines that a store of whole words knows', (sets, ways) => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 400 }), (lines) => {
        const slab = new Slab();
        slab.take(5);
        const [store, wide] = [new CodeStore({ sets, ways }, slab), new SetAssoc(sets, ways)];
        expect(lines.map((key) => store.reference(key))).toEqual(lines.map((key) => wide.reference(key)));
      }),
    );
  });

  it('fits 512 sets in 1 GiB, not 256, whose last tag would be that of an empty way', () => {
    expect(CodeStore.fits({ sets: 512, ways: 4 })).toBe(true);
    expect(CodeStore.fits({ sets: 256, ways: 4 })).toBe(false);
  });

  it('knows nothing after it was cleared, and clears nothing beside it: 2 stores in a slab', () => {
    const slab = new Slab();
    const [first, second] = [512, 512].map((sets) => new CodeStore({ sets, ways: 3 }, slab));
    for (const store of [first, second]) expect(store.reference(7)).toBe(false);
    first.clear();
    expect([first.reference(7), second.reference(7)]).toEqual([false, true]);
  });
});
