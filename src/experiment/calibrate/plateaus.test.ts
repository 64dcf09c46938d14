import { describe, expect, it } from 'vitest';
import { openStream } from '../../sim/rng.ts';
import { shapeOf, type CurvePoint } from './plateaus.ts';

interface Level {
  readonly size: number;
  readonly ns: number;
}

/** Quarter octaves up to four times the last store, or as given. */
function sizesTo(largest: number, smallest: number): number[] {
  const sizes: number[] = [];
  for (let size = smallest; size <= largest; size *= 1.1892) sizes.push(Math.round(size));
  return sizes;
}

/** A machine's curve with replacement that keeps a share C/W of a set that is too large (random), or nothing (LRU); with noise. */
function synthetic(
  levels: readonly Level[],
  memoryNs: number,
  keeps: 'random' | 'lru',
  noise: number,
  smallest = 2048,
): CurvePoint[] {
  const rng = openStream(1, 0, 'noise');
  return sizesTo(levels.at(-1)!.size * 8, smallest).map((size) => {
    let [ns, reaching] = [0, 1];
    for (const level of levels) {
      const share = size <= level.size ? 1 : keeps === 'lru' ? 0 : (level.size / size) ** 3;
      ns += reaching * share * level.ns;
      reaching *= 1 - share;
    }
    // One point in 20 is hit by another tenant.
    const disturbance = rng.below(20) === 0 ? 1.6 : 1;
    return { size, ns: (ns + reaching * memoryNs) * disturbance * (1 + (noise * rng.below(1000)) / 1000) };
  });
}

const K = 1024;
const MACHINES = {
  northwood: {
    levels: [
      [8 * K, 0.7],
      [512 * K, 6.4],
    ],
    memory: 110,
  },
  nehalem: {
    levels: [
      [32 * K, 1.4],
      [256 * K, 3.6],
      [8192 * K, 13.5],
    ],
    memory: 65,
  },
  skylake: {
    levels: [
      [32 * K, 1.1],
      [1024 * K, 4],
      [22528 * K, 20],
    ],
    memory: 90,
  },
  genoa: {
    levels: [
      [32 * K, 1.08],
      [1024 * K, 3.8],
      [32768 * K, 13.6],
    ],
    memory: 120,
  },
} as const;

const CASES = Object.entries(MACHINES).flatMap(([name, machine]) =>
  (['lru', 'random'] as const).flatMap((keeps) =>
    [0, 0.04, 0.08].map((noise) => Object.assign({ name, keeps, noise }, machine)),
  ),
);

describe('levels of a latency curve', () => {
  it.each(CASES)(
    'are those of $name under $keeps replacement with $noise noise: sizes within 45 %, latencies within 12 %',
    ({ levels, memory, keeps, noise }) => {
      const stores = levels.map(([size, ns]) => ({ size, ns }));
      const { plateaus, knees } = shapeOf(synthetic(stores, memory, keeps, noise));
      const expected = [...stores.map(({ ns }) => ns), memory];

      expect(plateaus).toHaveLength(expected.length);
      expect(knees).toHaveLength(stores.length);
      for (const [i, ns] of expected.entries()) expect(Math.abs(plateaus[i].ns / ns - 1)).toBeLessThan(0.12);
      for (const [i, { size }] of stores.entries()) {
        expect(knees[i] / size).toBeGreaterThan(0.85);
        expect(knees[i] / size).toBeLessThan(1.45);
      }
    },
  );

  it('show where the last of them ends when the curve rises on without another', () => {
    const walk = Array.from({ length: 12 }, (_, i) => ({ size: 3072 * 1.19 ** i, ns: 3 * 1.35 ** i }));
    const { plateaus, knees } = shapeOf([
      ...synthetic([{ size: 64, ns: 1 }], 3, 'lru', 0.02, 16).filter(({ size }) => size < 3072),
      ...walk,
    ]);

    expect(plateaus).toHaveLength(2);
    expect(knees).toHaveLength(2);
    expect(knees[0]).toBeGreaterThan(60);
    expect(knees[0]).toBeLessThan(76);
    expect(knees[1]).toBeGreaterThan(3000);
    expect(knees[1]).toBeLessThan(5000);
  });

  it('are none on a curve of one point, and one with no knee on a flat one', () => {
    expect(shapeOf([{ size: 4096, ns: 1 }])).toEqual({ plateaus: [], knees: [] });
    const flat = shapeOf(sizesTo(65536, 1024).map((size) => ({ size, ns: 1 })));
    expect(flat.plateaus).toHaveLength(1);
    expect(flat.knees).toEqual([]);
  });

  it('ignore a single point that is four times too slow', () => {
    const curve = synthetic([{ size: 32 * K, ns: 1 }], 10, 'lru', 0).map((point, i) =>
      i === 5 ? { size: point.size, ns: 4 } : point,
    );
    const { plateaus, knees } = shapeOf(curve);
    expect(plateaus).toHaveLength(2);
    expect(knees[0] / (32 * K)).toBeCloseTo(1.09, 1);
  });
});
