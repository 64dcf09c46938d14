import { describe, expect, it } from 'vitest';
import { compile } from './expression.ts';

const names: Readonly<Record<string, number | string | boolean>> = {
  cores: 4,
  policy: 'free',
  kpti: true,
  'params.load': 0.5,
};
const test = (text: string): boolean => compile(text).test((name) => names[name]);

describe('an expression', () => {
  it.each([
    ['cores >= 2 && policy != "baseline"', true],
    ["cores == 2 || policy == 'free'", true],
    ['!kpti || cores > 3 + 1', false],
    ['cores * 2 - 1 == 7 && cores % 3 == 1', true],
    ['params.load <= 0.5 && -cores < 0', true],
    ['(kpti == false) == (cores < 4)', true],
    ['1 + 2 * 3 == 7 && (1 + 2) * 3 == 9', true],
    ['8 - 4 - 2 == 2', true],
    ['true || false && false', true],
  ])('%s is %s', (text, value) => {
    expect(test(text)).toBe(value);
  });

  it.each([
    ['cores >= ', 9, 'expected a value, found the end'],
    ['cores => 2', 6, 'cannot read "=> 2"'],
    ['cores & 2', 6, 'cannot read "& 2"'],
    ['(cores > 2', 10, 'expected ), found the end'],
    ['cores > 2 policy', 10, 'unexpected "policy"'],
    ["policy == 'free", 10, 'cannot read'],
    ['', 0, 'expected a value, found the end'],
  ])('%s is refused at position %i', (text, position, message) => {
    expect(() => compile(text)).toThrow(
      expect.objectContaining({ position, message: expect.stringContaining(message) as string }) as Error,
    );
  });

  it.each([
    ["cores > 'a'", 6, '> cannot join 4 and "a"'],
    ['cores && kpti', 6, '&& cannot join 4 and true'],
    ['kpti && !cores', 8, '! needs a boolean'],
    ['cors > 2', 0, 'unknown name cors'],
    ['cores + 1', 0, 'the expression gives 5, not true or false'],
  ])('%s is refused when evaluated, at position %i', (text, position, message) => {
    expect(() => test(text)).toThrow(expect.objectContaining({ position, message }) as Error);
  });
});
