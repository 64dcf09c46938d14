import { describe, expect, it } from 'vitest';
import { bootToy, processOf, sys } from '../../../test/model/toysystem.ts';
import type { FileSpec, Program } from '../abi.ts';

/** The clock runs at 1 GHz: a cycle is a nanosecond. */
const LATENCY = 80_000;
const BYTES = 512;
const files: readonly FileSpec[] = [
  { kind: 'disk', pages: 1, direct: true, device: { latencyNs: LATENCY, pageNs: 1000 } },
];

/** Reads twice and notes when. */
const reader = (own: number[]): Program =>
  function* (env) {
    for (let i = 0; i < 2; i++) {
      expect(yield* sys(env, 'pread64', 0, BYTES, 0)).toBe(BYTES);
      own.push(env.now());
    }
  };

/** Ends of the reads of so many threads, two each, by thread. */
function endsOf(threads: number): readonly number[][] {
  const ends = Array.from({ length: threads }, (): number[] => []);
  bootToy([processOf(ends.map(reader), { files })]).engine.runUntil(10_000_000);
  return ends;
}

describe('a file read past the page cache', () => {
  it('waits for the device at each read, of the same page too: two times 80 us and an eighth of a page', () => {
    const [[first, second]] = endsOf(1);

    expect(first).toBeGreaterThan(LATENCY + 125);
    expect(second - first).toBeGreaterThan(LATENCY + 125);
    expect(second - first).toBeLessThan(LATENCY * 2);
  });

  it('gives each thread its own bytes: four requests of two threads, one after the other on the device', () => {
    const ends = endsOf(2).flat();

    expect(ends).toHaveLength(4);
    expect(Math.max(...ends)).toBeGreaterThan(4 * LATENCY);
  });
});
