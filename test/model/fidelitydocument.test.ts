import { describe, expect, it } from 'vitest';
import { errorOf, type Comparison, type Pair, type Sample } from '../../bench/fidelity/compare.ts';
import { document } from '../../bench/fidelity/document.ts';

const setting = { machine: 'toy', workload: 'java-nio', cores: 1, policy: 'free' };

function sampleOf(completed: number, served: Partial<Sample['served']>, cpuSeconds: number): Sample {
  return { completed, served: { l2: 0, llc: 0, remote: 0, dram: 0, ...served }, calls: 4000, coreMs: 50, cpuSeconds };
}

const pairOf = (llc: number): Pair => ({
  exact: sampleOf(1000, { l2: 100_000, llc: 20_000, dram: 50 }, 4),
  interval: sampleOf(1010, { l2: 102_010, llc, dram: 101 }, 1),
});
const comparison: Comparison = { setting, ...pairOf(22_220), pairs: [pairOf(22_220), pairOf(22_220)] };
/** Errors of 4 and 16 %: on average 10, give or take t(0.95, 1) = 12.7 times 6. */
const spread: Comparison = { setting, ...pairOf(22_220), pairs: [pairOf(21_008), pairOf(23_432)] };

describe('docs/fidelity.md', () => {
  const text = document([comparison]);

  it('shows misses a request with their error: bold beyond 5 %, in brackets below 10 000, none as a dash', () => {
    expect(text).toContain(
      '| toy | java-nio | 1 | free | 2 | +1.0 ± 0.0 | 100, +1.0 ± 0.0 | 20.0, **+10.0 ± 0.0** | - | (0.0500, +100.0) |',
    );
  });

  it('counts the bounds that are kept: throughput 1 of 1 case, misses 1 of 2 counts', () => {
    expect(text).toContain('within 2 %: 1 of 1 cases, and of the others 0 may be by chance; largest error +1.0 %');
    expect(text).toContain('within 5 %: 1 of 2 counts, and of the others 0 may be by chance; largest error +10.0 %');
  });

  it('marks what may be by chance: runs 4 and 16 % off are 10 % give or take 76', () => {
    const doubtful = document([spread]);
    expect(doubtful).toContain('20.0, **+10.0 ± 76.2**? |');
    expect(doubtful).toContain('1 of 2 counts, and of the others 1 may be by chance;');
  });

  it('gives speeds: 1000 and 4000 calls a CPU second, 80 and 20 times real time, 4 times faster', () => {
    expect(text).toContain('| java-nio | 1000 | 4000 | 80.0 | 20.0 | 4.0 |');
  });
});

describe('errorOf', () => {
  it('is 0 where there is nothing in either, and 10 % for 110 of 100', () => {
    expect(errorOf(0, 0)).toBe(0);
    expect(errorOf(110, 100)).toBeCloseTo(0.1, 12);
  });
});
