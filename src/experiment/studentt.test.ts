import { describe, expect, it } from 'vitest';
import { probabilityWithin, tTwoSided } from './studentt.ts';

describe('tTwoSided', () => {
  it.each([
    [0.95, 1, 12.7062047362],
    [0.95, 2, 4.30265272975],
    [0.95, 4, 2.7764451052],
    [0.95, 9, 2.26215716274],
    [0.95, 29, 2.0452296421],
    [0.95, 120, 1.97993040508],
    [0.99, 4, 4.60409487135],
    [0.9, 10, 1.81246112281],
  ])('level %f with %i degrees of freedom gives the tabulated %f', (level, dof, t) => {
    expect(tTwoSided(level, dof)).toBeCloseTo(t, 9);
  });

  it('with 1 degree of freedom is tan(pi level / 2), with 2 it is level sqrt(2 / (1 - level^2))', () => {
    for (const level of [0.5, 0.8, 0.95, 0.999]) {
      expect(tTwoSided(level, 1) / Math.tan((Math.PI * level) / 2)).toBeCloseTo(1, 10);
      expect(tTwoSided(level, 2) / (level * Math.sqrt(2 / (1 - level * level)))).toBeCloseTo(1, 10);
    }
  });

  it('is undone by the probability to 11 digits for 1 to 60 degrees of freedom', () => {
    for (let dof = 1; dof <= 60; dof++) expect(probabilityWithin(tTwoSided(0.95, dof), dof)).toBeCloseTo(0.95, 11);
  });

  it('approaches the normal quantile 1.959964 from above as degrees of freedom grow to 10000', () => {
    expect(tTwoSided(0.95, 10_000)).toBeCloseTo(1.960201, 5);
    expect(tTwoSided(0.95, 10_000)).toBeGreaterThan(1.959964);
  });
});
