import { expect, test } from 'vitest';
import { fixed, percentage, signOf, significant } from './numbers.ts';

test('counts have 4 significant digits and separated thousands', () => {
  expect([0.12345, 594.06, 12_345.6, 1_234_567].map(significant)).toEqual(['0.1235', '594.1', '12,350', '1,235,000']);
});

test('a rounded zero has no sign and a negative number a true minus', () => {
  expect([fixed(-0.04, 1), fixed(-1.25, 1)]).toEqual(['0.0', '−1.3']);
});

test('digits follow the half-width, so that it is printed as 0.0 only where it is none', () => {
  expect(percentage({ mean: 9.13, halfwidth: 0.41 }, true)).toBe('+9.1 % ± 0.4');
  expect(percentage({ mean: 9.13, halfwidth: 0.012 }, false)).toBe('9.13 % ± 0.01');
  expect(percentage({ mean: 9.13 }, false)).toBe('9.1 %');
  expect(percentage({ mean: 6.716, halfwidth: 1e-15 }, true)).toBe('+6.7 % ± 0.0');
});

test('a difference of 0.3 is none within ± 0.3 and one beyond ± 0.29', () => {
  expect(signOf({ mean: 0.3, halfwidth: 0.3 })).toBe('none');
  expect(signOf({ mean: -0.3, halfwidth: 0.29 })).toBe('fewer');
});
