import { expect, test } from 'vitest';
import { contourOf } from './contour.ts';

test('between rows of -1 and 3 the line runs a quarter of the way, from edge to edge of the cells', () => {
  const segments = contourOf(
    [
      [-1, -1],
      [3, 3],
    ],
    1,
  );

  expect(segments.map(({ x, x2 }) => [Math.min(x, x2), Math.max(x, x2)])).toEqual([
    [-0.5, 0],
    [0, 1],
    [1, 1.5],
  ]);
  expect(segments.flatMap(({ y, y2 }) => [y, y2])).toEqual(Array.from({ length: 6 }, () => 0.25));
});

test('there is no line where all values lie on one side, or are zero', () => {
  expect(
    contourOf(
      [
        [1, 2],
        [3, 4],
      ],
      1,
    ),
  ).toEqual([]);
  expect(
    contourOf(
      [
        [0, 0],
        [0, 0],
      ],
      -1,
    ),
  ).toEqual([]);
});

test('a plateau of zeros has the line of gain half a step before it and that of loss half a step behind', () => {
  const row = [2, 0, 0, -2];

  expect(contourOf([row], 1).map(({ x }) => x)).toEqual([0.5, 0.5]);
  expect(contourOf([row], -1).map(({ x }) => x)).toEqual([2.5, 2.5]);
});

test.each([
  [
    [
      [5, -1],
      [-1, 5],
    ],
    2,
  ],
  [
    [
      [1, -5],
      [-5, 1],
    ],
    2,
  ],
])('two corners of %j that face each other are parted by %d pieces that do not cross', (values, count) => {
  const inner = contourOf(values, 1).filter(({ x, y, x2, y2 }) => [x, y, x2, y2].every((at) => at >= 0 && at <= 1));
  const side = ({ x, y, x2, y2 }: (typeof inner)[number]): number => Math.sign((x2 - x) * (y2 - y));

  expect(inner).toHaveLength(count);
  expect(new Set(inner.map(side)).size).toBe(1);
});
