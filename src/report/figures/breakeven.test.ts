import { expect, test } from 'vitest';
import { syntheticRows } from '../testing.ts';
import { breakEven } from './breakeven.ts';

const factors = { 'params.nativeCallsPerMs': [0, 10, 100], 'params.syscallsPerMs': [30, 300] };
/** Gains of bypage that fall with native calls and rise with system calls; kernelmode gains 5 everywhere. */
const rows = syntheticRows({
  policies: ['baseline', 'kernelmode', 'bypage'],
  factors,
  gain: ({ policy, ...at }) => ({
    mean:
      policy === 'kernelmode' ? 5 : Number(at['params.syscallsPerMs']) / 30 - Number(at['params.nativeCallsPerMs']) / 5,
    halfwidth: 1.5,
  }),
});

test('a cell for each of 2 policies at 6 places shows the gain with its sign, and 0 where the interval contains it', () => {
  const cells = breakEven.draw(rows, []).data.filter(({ kind }) => kind === 'cell');
  const bypage = cells.filter(({ columnPanel }) => columnPanel === 'bypage');

  expect(cells).toHaveLength(12);
  expect(bypage.map(({ x, y, text }) => [x, y, text])).toEqual([
    [0, 0, '0'],
    [0, 1, '+10'],
    [1, 0, '0'],
    [1, 1, '+8.0'],
    [2, 0, '\u221219'],
    [2, 1, '\u221210'],
  ]);
});

test('the line of no gain stands where the gain changes its sign, and nowhere for a policy that always gains', () => {
  const lines = breakEven.draw(rows, []).data.filter(({ kind }) => kind === 'gain');
  const top = lines.filter(({ y, y2 }) => Number(y) >= 1 && Number(y2) >= 1);

  expect(new Set(lines.map(({ columnPanel }) => columnPanel))).toEqual(new Set(['bypage']));
  // Between +8 and -10 the line crosses after 8 of 18 parts.
  expect(top.flatMap(({ x, x2 }) => [x, x2].map((at) => Number(at).toFixed(4)))).toEqual(['1.4444', '1.4444']);
});

test('the axes may be named, and a factor that is not numeric has no map', () => {
  const named = breakEven.draw(rows, ['params.syscallsPerMs', 'params.nativeCallsPerMs']).data;

  expect(Math.max(...named.filter(({ kind }) => kind === 'cell').map(({ x }) => Number(x)))).toBe(1);
  expect(breakEven.draw(syntheticRows({ factors: { kpti: [false, true], cores: [1, 2] } }), []).data).toEqual([]);
});

test('the axis says the unit of a rate in words', () => {
  expect(JSON.stringify(breakEven.draw(rows, []).spec(100))).toContain('"title":"native calls per ms"');
});

test('the spec of a map is what it was', async () => {
  const spec = breakEven.draw(rows, []).spec(100);

  await expect(`${JSON.stringify(spec, undefined, 2)}\n`).toMatchFileSnapshot('../snapshots/break-even-map.vl.json');
});
