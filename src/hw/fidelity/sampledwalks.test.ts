import { describe, expect, it } from 'vitest';
import { flatMemory } from '../../../test/model/flatmemory.ts';
import { Hierarchy } from '../hierarchy.ts';
import { LineSample } from './linesample.ts';
import { SampledDram } from './sampleddram.ts';
import { SampledWalks } from './sampledwalks.ts';

const EVERY = 8;
const L2 = 10;
const MEMORY = 140;
/** Lines of one page, in the sample and outside it. */
const sample = new LineSample(EVERY);
const [inSample, outside] = [true, false].map((is) => [...Array(64).keys()].filter((line) => sample.has(line) === is));

function walksOf(): SampledWalks {
  const first = { sets: 1, ways: 2 };
  const spec = {
    cores: 1,
    l1i: first,
    l1d: first,
    l2: { sets: 8, ways: 8, latency: L2 },
    llc: { sets: 8, ways: 8, latency: 40, inclusion: 'inclusive' as const },
    remoteLatency: 60,
    lines: 1024,
  };
  return new SampledWalks(1, new Hierarchy(spec, new SampledDram(flatMemory(100), EVERY)), sample);
}

/** Cycles that a read of a line takes at a time. */
function readAt(walks: SampledWalks, line: number, now: number): number {
  walks.at.now = now;
  return walks.read(0, line);
}

/** The sampled lines of 16 pages: twice as many as the last level holds. */
const MANY = [...Array(16 * 64).keys()].filter((line) => sample.has(line));
const ROUNDS = 40;

/** Reads three lines in turn, which the two ways of the first level cannot keep, every `gap` cycles from `start` on; returns what each read takes. */
function cycle(walks: SampledWalks, rounds: number, start: number, gap: number): number[] {
  return Array.from({ length: 3 * rounds }, (_, i) => readAt(walks, inSample[i % 3], start + gap * i));
}

describe('SampledWalks', () => {
  it('charges a line outside the sample what sampled ones cost at its reuse time: 140 cold, 10 after long, 0 at once', () => {
    const walks = walksOf();
    const cold = MANY.map((line) => readAt(walks, line, 0));
    const late = cycle(walks, ROUNDS, 1e6, 4000).slice(3);
    const soon = Array.from({ length: ROUNDS }, (_, i) => readAt(walks, inSample[2], 2e6 + i)).slice(1);
    expect([new Set(cold), new Set(late), new Set(soon)]).toEqual([new Set([MEMORY]), new Set([L2]), new Set([0])]);

    const [x] = outside;
    expect(readAt(walks, x, 3_000_000)).toBe(MEMORY);
    expect(readAt(walks, x, 3_012_000)).toBe(L2);
    expect(readAt(walks, x, 3_012_001)).toBe(0);
  });

  it('forgets what reads cost after boot: 140 at a reuse time that the sample had only then becomes the 10 of the nearest one', () => {
    const walks = walksOf();
    const [x] = outside;
    const again = (now: number): number => {
      readAt(walks, x, now);
      return readAt(walks, x, now + 1280);
    };
    for (let round = 0; round < 3; round++)
      MANY.forEach((line, i) => readAt(walks, line, 10 * (round * MANY.length + i)));
    expect(again(1e5)).toBe(MEMORY);

    cycle(walks, 2000, 1e6, 4000);
    expect(again(1e8)).toBe(L2);
  });
});
