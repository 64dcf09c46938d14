import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRecords } from './csv.ts';
import { figures, figuresFor } from './figures.ts';
import type { FigureId } from './figures.ts';
import { renderFigure, renderFigures } from './render.ts';
import { drawFigure } from './render-svg.ts';
import { syntheticRows, toSummaryCsv } from './testing.ts';
import type { Synthetic } from './testing.ts';
import { paperWidth } from './theme.ts';

const studies: Readonly<Record<string, Synthetic>> = {
  'cores and KPTI': { factors: { cores: [1, 4], kpti: [false, true] } },
  'two numbers': { factors: { cores: [1, 4], 'params.thinkUs': [0, 50] } },
  'policies alone': {},
  'single runs': { n: 1, factors: { kpti: [false, true] } },
  'four factors': {
    factors: { cores: [1, 8], kpti: [false, true], workload: ['web', 'kv'], 'params.thinkUs': [0, 50] },
  },
  'losses and unknown policies': { policies: ['baseline', 'ukl', 'uring'], gain: () => ({ mean: -3, halfwidth: 5 }) },
  'no comparison': { compare: false, policies: ['free'], factors: { cores: [1, 2, 4, 8, 16, 32] } },
  nothing: { policies: [] },
};
const ids = Object.keys(figures) as FigureId[];
let folder = '';

/** Extension and content of every file of one figure. */
async function filesOf(id: FigureId): Promise<string[]> {
  const [named] = figuresFor(syntheticRows({ factors: { kpti: [false, true] } }), [id]);
  return (await renderFigure(named)).map(([extension, content]) => extension + Buffer.from(content).toString('base64'));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'figures-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each(Object.entries(studies))(
  'figures of a study of %s compile without warnings at their printed width',
  async (_, study) => {
    for (const { figure } of figuresFor(syntheticRows(study), ids)) {
      const drawing = await drawFigure(figure);

      expect(drawing.warnings).toEqual([]);
      expect(Math.abs(drawing.width - 72 * paperWidth[figure.width])).toBeLessThanOrEqual(1);
    }
  },
);

test('no text of a figure is set below 6.5 pt', async () => {
  for (const { figure } of figuresFor(syntheticRows(studies['two numbers']), ids)) {
    const sizes = [...(await drawFigure(figure)).svg.matchAll(/font-size="([\d.]+)px"/g)].map((match) =>
      Number(match[1]),
    );

    expect(sizes.length).toBeGreaterThan(5);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(6.5);
  }
});

test('a render writes 5 files per figure, leaves no temporary file, and the CSV holds the 12 drawn gains', async () => {
  const rows = syntheticRows(studies['cores and KPTI']);
  await writeFile(join(folder, 'summary.csv'), toSummaryCsv(rows));

  const paths = await renderFigures(folder, ['gain', 'lines:latency.p99']);

  const extensions = ['csv', 'pdf', 'png', 'svg', 'vl.json'];
  const expected = ['gain', 'lines-latency.p99'].flatMap((name) =>
    extensions.map((extension) => `${name}.${extension}`),
  );
  expect((await readdir(join(folder, 'figures'))).sort()).toEqual(expected);
  expect(paths).toHaveLength(10);
  const { records } = readRecords(await readFile(join(folder, 'figures', 'gain.csv'), 'utf8'));
  expect(records).toHaveLength(12);
  expect(records[0]).toMatchObject({ policy: 'kernelmode', cores: '1', kpti: 'false', n: '10', level: '0.95' });
});

test('two renders of equal rows give equal bytes in all 5 formats', async () => {
  const first = await filesOf('cpi');

  expect(first).toHaveLength(5);
  expect(await filesOf('cpi')).toEqual(first);
});

test('the PDF embeds the typeface and the PNG has 600 dots per inch', async () => {
  const [named] = figuresFor(syntheticRows(studies['cores and KPTI']), ['gain']);
  const files = new Map(await renderFigure(named));
  const png = Buffer.from(files.get('png') as Uint8Array);

  expect(Buffer.from(files.get('pdf') as Uint8Array).toString('latin1')).toMatch(/FontName \/\w+\+SourceSans3-Regular/);
  expect(png.readUInt32BE(16) / 600).toBeCloseTo(paperWidth.single, 1);
});
