import { describe, expect, it } from 'vitest';
import { exp, ln } from './maths.ts';
import { Rng } from './rng.ts';

/** Distance in units of the last place of `b`. */
function ulps(a: number, b: number): number {
  const ulp = 2 ** Math.max(-1074, Math.floor(Math.log2(Math.abs(b))) - 52);
  return Math.abs(a - b) / ulp;
}

describe('ln', () => {
  it('gives the correctly rounded values of ln 2, ln 10, ln 0.1 and 0 at 1', () => {
    expect([ln(2), ln(10), ln(0.1), ln(1)]).toEqual([Math.LN2, Math.LN10, -2.3025850929940455, 0]);
  });

  it('is -Infinity at 0, NaN below, Infinity at Infinity and NaN at NaN', () => {
    expect([ln(0), ln(-1), ln(Infinity), ln(NaN)]).toEqual([-Infinity, NaN, Infinity, NaN]);
  });

  it('holds at the smallest and the largest double', () => {
    expect(ulps(ln(5e-324), -744.4400719213812)).toBeLessThanOrEqual(1);
    expect(ulps(ln(Number.MAX_VALUE), 709.782712893384)).toBeLessThanOrEqual(1);
  });

  it('stays within 2 ulp of Math.log on 200 000 draws over (0, 1), around 1 and over all exponents', () => {
    const rng = new Rng([1, 2, 3, 4]);
    let worst = 0;
    for (let i = 0; i < 200_000; i++) {
      const u = rng.uniform() + 2 ** -60;
      for (const x of [u, 0.5 + u, u * 2 ** (rng.below(2000) - 1000)])
        worst = Math.max(worst, ulps(ln(x), Math.log(x)));
    }
    expect(worst).toBeLessThanOrEqual(2);
  });
});

describe('exp', () => {
  it('gives the correctly rounded values of sqrt(e), 1/e, e^10 and 1 at 0, and e within 1 ulp', () => {
    expect([exp(0.5), exp(-1), exp(10), exp(0)]).toEqual([
      1.6487212707001282, 0.36787944117144233, 22026.465794806718, 1,
    ]);
    expect(ulps(exp(1), Math.E)).toBeLessThanOrEqual(1);
  });

  it('overflows to Infinity above 709.78, underflows to 0 below -745.13 and passes NaN', () => {
    expect([exp(709.8), exp(-745.2), exp(NaN)]).toEqual([Infinity, 0, NaN]);
    expect(exp(709.78)).toBeLessThan(Infinity);
    expect(exp(-745.13)).toBe(5e-324);
  });

  it('stays within 2 ulp of Math.exp on 200 000 draws over (-745, 709)', () => {
    const rng = new Rng([5, 6, 7, 8]);
    let worst = 0;
    for (let i = 0; i < 200_000; i++) {
      const u = rng.uniform();
      for (const x of [u - 0.5, u * 709, u * -745]) worst = Math.max(worst, ulps(exp(x), Math.exp(x)));
    }
    expect(worst).toBeLessThanOrEqual(2);
  });
});
