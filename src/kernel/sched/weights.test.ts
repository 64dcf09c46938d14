import { describe, expect, it } from 'vitest';
import { NICE_0_WEIGHT, weightOf } from './weights.ts';

describe('weightOf', () => {
  it('is 1024 at nice 0, and each of the 39 steps from -20 to 19 changes it by a factor of 1.25 within 8 %', () => {
    const steps = Array.from({ length: 39 }, (_, i) => weightOf(i - 20) / weightOf(i - 19));

    expect(weightOf(0)).toBe(NICE_0_WEIGHT);
    expect(Math.min(...steps)).toBeGreaterThan(1.25 * 0.92);
    expect(Math.max(...steps)).toBeLessThan(1.25 * 1.08);
  });

  it('takes levels beyond the ends as the ends', () => {
    expect([weightOf(-100), weightOf(100)]).toEqual([weightOf(-20), weightOf(19)]);
  });
});
