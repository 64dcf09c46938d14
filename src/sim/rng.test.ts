import { describe, expect, it } from 'vitest';
import { Rng, openStream } from './rng.ts';

const N = 200_000;
const Z = 5;

/** First draw of a stream. */
function first(seed: number, replication: number, name: string): number {
  return openStream(seed, replication, name).uint32();
}

describe('Rng', () => {
  it('gives the known outputs of xoshiro128** from the state 1 2 3 4', () => {
    const rng = new Rng([1, 2, 3, 4]);
    expect(Array.from({ length: 5 }, () => rng.uint32())).toEqual([11520, 0, 5927040, 70819200, 2031721883]);
  });

  it('draws doubles of 53 bits in [0, 1) with mean 1/2 and variance 1/12', () => {
    const rng = openStream(1, 0, 'uniform');
    let sum = 0;
    let squares = 0;
    let odd = 0;
    for (let i = 0; i < N; i++) {
      const u = rng.uniform();
      sum += u;
      squares += (u - 0.5) ** 2;
      odd += (u * 2 ** 53) % 2;
      if (u < 0 || u >= 1) throw new Error(`draw ${i}: ${u}`);
    }
    expect(Math.abs(sum / N - 0.5)).toBeLessThan(Z * Math.sqrt(1 / 12 / N));
    expect(Math.abs(squares / N - 1 / 12)).toBeLessThan(Z * Math.sqrt(1 / 180 / N));
    expect(Math.abs(odd / N - 0.5)).toBeLessThan(Z * Math.sqrt(0.25 / N));
  });

  it('draws below(6) and below(3 x 2^30) evenly', () => {
    const rng = openStream(1, 0, 'below');
    const faces = new Float64Array(6);
    let thirds = 0;
    for (let i = 0; i < N; i++) {
      faces[rng.below(6)] += 1;
      if (rng.below(3 * 2 ** 30) < 2 ** 30) thirds++;
    }
    for (const count of faces) expect(Math.abs(count - N / 6)).toBeLessThan(Z * Math.sqrt((N * 5) / 36));
    expect(Math.abs(thirds - N / 3)).toBeLessThan(Z * Math.sqrt((N * 2) / 9));
  });

  it('rejects a bound of 0, 2.5 or above 2^32, and the all-zero state', () => {
    const rng = new Rng([1, 2, 3, 4]);
    for (const bound of [0, 2.5, 2 ** 32 + 1, NaN]) expect(() => rng.below(bound)).toThrow(/bound/);
    expect(() => new Rng([0, 0, 0, 0])).toThrow(/all zero/);
  });
});

describe('openStream', () => {
  it('repeats for equal (seed, replication, name) and differs when any of the three does', () => {
    expect(first(7, 2, 'arrivals')).toBe(first(7, 2, 'arrivals'));
    const others = [first(8, 2, 'arrivals'), first(7, 3, 'arrivals'), first(7, 2, 'keys'), first(7, 2, 'arrival')];
    expect(new Set([first(7, 2, 'arrivals'), ...others]).size).toBe(5);
  });

  it('is seeded by the first 16 bytes of SHA-256 over its canonical text', () => {
    // printf 'ringsim stream\nseed 42\nreplication 3\nname nic.arrivals\n' | sha256sum, as little-endian words
    const expected = new Rng([0xbd681402, 0x9dfa0a91, 0x51e48aa4, 0xf400d5c9]);
    const stream = openStream(42, 3, 'nic.arrivals');
    expect(Array.from({ length: 8 }, () => stream.uint32())).toEqual(
      Array.from({ length: 8 }, () => expected.uint32()),
    );
  });

  it('rejects a seed that is not an integer', () => {
    expect(() => openStream(0.5, 0, 'x')).toThrow(/safe integers/);
  });
});
