import { describe, expect, it } from 'vitest';
import { section } from '../../bench/scale/document.ts';
import { LOADS } from '../../bench/scale/scale.ts';

const few = { cores: 4, callsPerCoreSecond: 1e6, callsPerSecond: 50_000, slowdown: 20, wholeSlowdown: 22 };
const many = { cores: 256, callsPerCoreSecond: 9e5, callsPerSecond: 40_000, slowdown: 26, wholeSlowdown: 33 };

describe('docs/scale.md', () => {
  const text = section(LOADS[0], 1000, [few, many]);

  it('gives a core of 256 as 1.30 times one of 4, 25 CPU seconds for a million calls, and 1.50 times with all of the run', () => {
    expect(text).toContain('| 4 | 1.00 | 50000 | 20.0 | 20 | 1.00 | 22.0 | 1.00 |');
    expect(text).toContain('| 256 | 0.90 | 40000 | 26.0 | 25 | 1.30 | 33.0 | 1.50 |');
  });
});
