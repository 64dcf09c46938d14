import { expect, test } from 'vitest';
import { axisFactor, layoutOf } from './layout.ts';
import { comparisonOf } from './study.ts';
import { stylesOf } from './styles.ts';
import { changed, syntheticRows } from './testing.ts';

test('the compared factor and its base are found from the rows, whatever the factor is', () => {
  expect(comparisonOf(syntheticRows({ factors: { kpti: [false, true] } }))).toEqual({
    factor: 'policy',
    base: 'baseline',
  });
  const alone = syntheticRows({ compare: false, policies: ['free'], factors: { kpti: [false, true] } });
  const flipped = changed(alone, ({ itervars }) => (itervars['kpti'] === true ? { baseline: 'false' } : {}));

  expect(comparisonOf(flipped)).toEqual({ factor: 'kpti', base: 'false' });
  expect(layoutOf(flipped, undefined, []).series.levels).toEqual(['without KPTI', 'with KPTI']);
});

test('the baseline leads the legend and the others follow the table, even when the file lists them backwards', () => {
  const rows = syntheticRows({ policies: ['uring', 'free', 'bypage', 'kernelmode', 'baseline'] });
  const { series } = layoutOf(rows, undefined, []);

  expect(series.levels).toEqual(['baseline', 'kernelmode', 'bypage', 'free', 'uring']);
});

test('a policy has one colour and one shape, with or without the others beside it', () => {
  const all = stylesOf(['baseline', 'kernelmode', 'bypage', 'free'], 'baseline');

  expect(stylesOf(['baseline', 'bypage'], 'baseline')).toEqual([all[0], all[2]]);
  expect(new Set(all.map(({ colour }) => colour)).size).toBe(4);
  expect(new Set(all.map(({ shape }) => shape)).size).toBe(4);
});

test('every varying factor has one part: 4 factors become the series, the axis, 2 columns and 6 rows', () => {
  const factors = { cores: [1, 2, 4], kpti: [false, true], workload: ['web', 'kv'], 'params.thinkUs': [0, 50, 200] };
  const layout = layoutOf(syntheticRows({ factors }), 'cores', ['kpti']);

  expect(layout.column).toEqual({ factors: ['kpti'], labels: ['without KPTI', 'with KPTI'] });
  expect(layout.row.labels).toHaveLength(6);
  expect(layout.row.labels[1]).toBe('web, think = 50 µs');
});

test('a factor zipped with the policy needs no panel of its own', () => {
  const rows = changed(syntheticRows(), ({ itervars }) => ({
    itervars: { ...itervars, ring: itervars['policy'] === 'free' ? 8 : 0 },
  }));

  expect(layoutOf(rows, undefined, [])).toMatchObject({ column: { factors: [] }, row: { factors: [] } });
});

test('the axis is cores when they vary, else the number with the most levels, else nothing', () => {
  const thinking = { 'params.thinkUs': [0, 50, 200, 400], kpti: [false, true] };

  expect(axisFactor(syntheticRows({ factors: { ...thinking, cores: [1, 4] } }))).toBe('cores');
  expect(axisFactor(syntheticRows({ factors: thinking }))).toBe('params.thinkUs');
  expect(axisFactor(syntheticRows({ factors: { kpti: [false, true] } }))).toBeUndefined();
});
