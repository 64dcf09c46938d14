import { expect, test } from 'vitest';
import { figures, figuresFor } from './figures.ts';
import type { FigureId } from './figures.ts';
import { changed, syntheticRows } from './testing.ts';

const factors = { cores: [1, 4], kpti: [false, true] };
const rows = syntheticRows({ factors });
const panelWidth = 100;

test.each(Object.keys(figures) as FigureId[])('the spec of %s is what it was', async (id) => {
  const spec = figures[id].draw(syntheticRows({ policies: ['baseline', 'bypage'], factors }), []).spec(panelWidth);

  await expect(`${JSON.stringify(spec, undefined, 2)}\n`).toMatchFileSnapshot(`snapshots/${id}.vl.json`);
});

test('the gain figure shows the 12 gains with the ends of their intervals, and not the baseline', () => {
  const { data } = figures.gain.draw(rows, []);
  const gain = rows.find((row) => row.metric === 'throughput' && row.itervars['policy'] === 'bypage')?.gain;

  expect(data).toHaveLength(12);
  expect(data.find(({ series }) => series === 'bypage')).toMatchObject({
    value: gain?.mean,
    low: gain!.mean - 0.4,
    high: gain!.mean + 0.4,
  });
  expect(data.map(({ series }) => series)).not.toContain('baseline');
});

test('each of the 16 bars of cycles per request ends at the sum of its buckets', () => {
  const { data } = figures.cpi.draw(rows, []);
  const sums = Map.groupBy(
    rows.filter(({ metric }) => metric.startsWith('cyclesPerRequest.')),
    (row) => row.measurement,
  );
  const totals = [...sums.values()].map((bar) => bar.reduce((sum, row) => sum + row.mean, 0));
  const drawn = data.flatMap(({ total }) => (total === undefined ? [] : [Number(total)]));

  expect(drawn).toHaveLength(16);
  expect(drawn.map((end) => end.toFixed(6)).sort()).toEqual(totals.map((end) => end.toFixed(6)).sort());
});

test('16 buckets are drawn as 10 parts, and an unknown bucket becomes a part of its own at the end', () => {
  const idle = rows.filter((row) => row.metric === 'cyclesPerRequest.idle');
  const extra = changed(idle, () => ({ metric: 'cyclesPerRequest.dma' }));
  const parts = (given: typeof rows): unknown[] => [
    ...new Set(figures.cpi.draw(given, []).data.map(({ part }) => part)),
  ];

  expect(parts(rows)).toHaveLength(10);
  expect(parts([...rows, ...extra]).at(-1)).toBe('dma');
});

test('a bucket without a cycle in any bar has no entry in the legend', () => {
  const spec = figures.cpi.draw(syntheticRows({ policies: ['baseline', 'free'] }), []).spec(panelWidth);

  expect(JSON.stringify(spec)).toContain('crossing, hardware');
  expect(JSON.stringify(spec)).not.toMatch(/rights check|crossing, page tables/);
});

test('when a bar is mostly idle, idle cycles are left out and the axis says busy cycles', () => {
  const idle = changed(rows, ({ metric }) => (metric === 'cyclesPerRequest.idle' ? { mean: 1e6 } : {}));
  const figure = figures.cpi.draw(idle, []);

  expect(figure.data.map(({ part }) => part)).not.toContain('idle');
  expect(JSON.stringify(figure.spec(panelWidth))).toContain('busy cycles per request');
});

test('lines draws any metric along any numeric factor', () => {
  const { data } = figures.lines.draw(rows, ['latency.p99', 'cores']);

  expect(data).toHaveLength(16);
  expect(new Set(data.map(({ cores }) => cores))).toEqual(new Set([1, 4]));
});

test.each([
  [[1, 2, 4], { zero: false }],
  [[1, 2, 4, 8], { type: 'log', base: 2 }],
  [[0, 1, 10, 100], { type: 'symlog', constant: 1 }],
])('an axis with a tick at each of the levels %j spaces them so that none hides another', (levels, scale) => {
  const spec = figures.lines.draw(syntheticRows({ factors: { 'params.jniCalls': levels } }), []).spec(panelWidth);

  expect(spec).toHaveProperty('layer[0].encoding.x.title', 'JNI calls');
  expect(spec).toHaveProperty('layer[0].encoding.x.scale', { ...scale, nice: false, padding: 6 });
  expect(spec).toHaveProperty('layer[0].encoding.x.axis.values', levels);
});

test.each(Object.keys(figures) as FigureId[])(
  'the description of %s has the question, n and what the bars mean',
  (id) => {
    const { description } = figures[id].draw(rows, []).spec(panelWidth);

    expect(description).toMatch(/\?.*n = 10/);
    expect(description).toMatch(id === 'cpi' ? 'without intervals' : '95 % confidence intervals');
  },
);

test('single runs are drawn without bars, and the description says so', () => {
  const figure = figures.latency.draw(syntheticRows({ factors, n: 1 }), []);

  expect(figure.data.every((datum) => !('low' in datum))).toBe(true);
  expect(figure.spec(panelWidth).description).toContain('no intervals');
});

test('without ids the figures that the study can fill are drawn: lines needs a numeric factor', () => {
  expect(figuresFor(syntheticRows({ factors: { kpti: [false, true] } })).map(({ name }) => name)).toEqual([
    'gain',
    'latency',
    'cpi',
    'risk',
  ]);
});

test('a figure without rows says in words that there is nothing to draw', () => {
  const [empty] = figuresFor([], ['gain']);

  expect(empty?.figure.data).toEqual([]);
  expect(JSON.stringify(empty?.figure.spec(panelWidth))).toContain('Nothing to draw');
});

test('3 unknown ids are all named, with the allowed ones and the nearest where one is near', () => {
  expect(() => figuresFor(rows, ['gian', 'gain', 'latnecy:x', 'zzzzzzzz'])).toThrow(
    'unknown figure "gian" (nearest: gain); unknown figure "latnecy:x" (nearest: latency); unknown figure "zzzzzzzz"; allowed are gain, latency, cpi, lines',
  );
});
