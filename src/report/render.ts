import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIGURES, FILES } from '../archive/layout.ts';
import { writeWhole } from '../archive/storefiles.ts';
import { figuresFor } from './figures.ts';
import type { NamedFigure } from './figures.ts';
import { toCsv, toPdf, toPng, toSvg } from './render-formats.ts';
import { drawFigure } from './render-svg.ts';
import { readSummary } from './summary.ts';

/**
 * Draws figures of a study from its `summary.csv` alone and writes `figures/<name>.{vl.json,csv,svg,pdf,png}` beside it.
 * Equal summaries give equal bytes. Returns the paths written.
 * @throws when the summary cannot be read, an id is unknown, or the chart compiler warns
 */
export async function renderFigures(resultDir: string, ids?: readonly string[]): Promise<string[]> {
  const summary = join(resultDir, FILES.summary);
  const rows = readSummary(readFileSync(summary, 'utf8'), summary);
  const folder = join(resultDir, FIGURES);
  const paths: string[] = [];
  for (const named of figuresFor(rows, ids)) {
    for (const [extension, content] of await renderFigure(named)) {
      const path = join(folder, `${named.name}.${extension}`);
      writeWhole(path, content);
      paths.push(path);
    }
  }
  return paths;
}

/** The files of one figure: extension and content. */
export async function renderFigure({
  name,
  figure,
}: NamedFigure): Promise<[extension: string, content: string | Uint8Array][]> {
  const drawing = await drawFigure(figure);
  if (drawing.warnings.length > 0) throw new Error(`figure ${name}: ${drawing.warnings.join('; ')}`);
  const description = String(drawing.spec.description);
  return [
    ['vl.json', `${JSON.stringify(drawing.spec, undefined, 2)}\n`],
    ['csv', toCsv(figure.data)],
    ['svg', toSvg(drawing, name, description)],
    ['pdf', await toPdf(drawing, name, description)],
    ['png', toPng(drawing)],
  ];
}
