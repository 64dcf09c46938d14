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

describe('SampledWalks', () => {
  it('charges a line outside the sample what sampled ones cost at its reuse time: 140 cold, 10 after long, 0 at once', () => {
    const walks = walksOf();
    const [a, b, c] = inSample;
    const cold = [a, b, c].map((line) => readAt(walks, line, 0));
    // Two ways of first level: the third line back is in the second.
    const late = [a, b, c].map((line, i) => readAt(walks, line, 10_000 + i));
    const soon = readAt(walks, c, 10_003);
    expect([cold, late, soon]).toEqual([[MEMORY, MEMORY, MEMORY], [L2, L2, L2], 0]);

    const [x] = outside;
    expect(readAt(walks, x, 20_000)).toBe(MEMORY);
    expect(readAt(walks, x, 30_000)).toBe(L2);
    expect(readAt(walks, x, 30_001)).toBe(0);
  });
});
