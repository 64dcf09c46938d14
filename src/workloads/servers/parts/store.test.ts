import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ThreadEnv } from '../../../kernel/abi.ts';
import { LINES_PER_PAGE } from '../../../sim/units.ts';
import type { RoleScript } from '../../server.ts';
import { Store } from './store.ts';

const FIRST = 1000;
const env = { lineOf: () => FIRST } as unknown as ThreadEnv;

type Touch = readonly [line: number, lines: number, isWrite: boolean];

/** Runs of lines that an operation on an item touches: the bucket, then the item. */
function touchesOf(store: Store, key: number, bytes: number, isWrite: boolean): readonly Touch[] {
  const touches: Touch[] = [];
  const touch = (...run: Touch): number => touches.push(run);
  store.touch(env, { script: { touch } } as unknown as RoleScript, key, bytes, isWrite);
  return touches;
}

describe('a store of values', () => {
  it('reads a line of buckets, and a line of header with 5 of value for 300 bytes', () => {
    const store = new Store(100, 300);

    // 13 lines of buckets, 8 of them in each.
    expect(touchesOf(store, 14, 300, false)).toEqual([
      [FIRST + 1, 1, false],
      [FIRST + 13 + 14 * 6, 6, false],
    ]);
    expect(touchesOf(store, 0, 300, true)[1]).toEqual([FIRST + 13, 6, true]);
  });

  it('never leaves its region, however few its items are and however far a value is above the mean', () => {
    const items = fc.integer({ min: 1, max: 1_000_000 });
    const bytes = fc.integer({ min: 1, max: 16_384 });
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 1, max: 20 }), items),
        fc.nat(),
        bytes,
        bytes,
        (count, key, mean, size) => {
          const store = new Store(count, mean);
          const end = FIRST + store.region.pages * LINES_PER_PAGE;

          for (const [line, lines] of touchesOf(store, key % count, size, true)) {
            expect(line).toBeGreaterThanOrEqual(FIRST);
            expect(lines).toBeGreaterThan(0);
            expect(line + lines).toBeLessThanOrEqual(end);
          }
        },
      ),
    );
  });
});
