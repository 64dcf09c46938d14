import { describe, expect, it } from 'vitest';
import { openStream } from '../../sim/rng.ts';
import { Heap } from './heap.ts';

const SIZES = { eden: 1000, live: 5000, old: 200, survival: 0.2 };

describe('the heap', () => {
  it('accounts for every line through 10000 random pieces, collections and full collections', () => {
    const heap = new Heap(SIZES);
    const rng = openStream(7, 0, 'heap');
    let collections = 0;
    for (let i = 0; i < 10_000; i++) {
      if (heap.take(1 + rng.below(64)) >= 0) continue;
      heap.collectYoung(rng.below(2) === 0 ? heap.used : Math.floor(heap.used / 2));
      if (heap.isOldFull) heap.reclaim();
      heap.audit();
      collections++;
    }

    expect(collections).toBeGreaterThan(100);
    expect(heap.allocated).toBe(heap.freed + heap.held);
    expect(heap.used).toBeLessThanOrEqual(SIZES.eden);
  });

  it('never hands out two pieces that overlap between two collections', () => {
    const heap = new Heap(SIZES);
    const owner = new Int32Array(SIZES.eden);
    for (let piece = 1; ; piece++) {
      const first = heap.take(7);
      if (first < 0) break;
      expect(owner.subarray(first, first + 7).every((line) => line === 0)).toBe(true);
      owner.fill(piece, first, first + 7);
    }

    expect(owner.filter((line) => line === 0)).toHaveLength(SIZES.eden % 7);
  });

  it('copies what a collection of the nursery then counts as alive', () => {
    const heap = new Heap(SIZES);
    while (heap.take(10) >= 0);
    const copied = heap.copied;
    heap.collectYoung();

    expect(copied).toBe(heap.survivors + heap.tenured);
    expect(heap.survivors).toBe(200);
  });
});
