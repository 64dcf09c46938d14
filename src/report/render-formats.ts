import { Resvg } from '@resvg/resvg-js';
import { stringify } from 'csv-stringify/sync';
import PdfDocument from 'pdfkit';
import SVGtoPDF from 'svg-to-pdfkit';
import type { Datum } from './figure.ts';
import { faceOf, fontFiles } from './render-fonts.ts';
import type { Face } from './render-fonts.ts';
import type { Drawing } from './render-svg.ts';

const pngDpi = 600;
const pointsPerInch = 72;
/** Figures carry no time stamp: equal data give equal bytes. */
const noTime = new Date(0);

/** SVG at its printed size, with the figure's name and description for readers who cannot see it. */
export function toSvg({ svg, width, height }: Drawing, name: string, description: string): string {
  const sized = svg.replace(
    /(<svg[^>]*?)\swidth="[\d.]+"\sheight="[\d.]+"/,
    `$1 width="${inches(width)}" height="${inches(height)}"`,
  );
  return `${sized.replace(/(<svg[^>]*>)/, `$1<title>${escapeXml(name)}</title><desc>${escapeXml(description)}</desc>`)}\n`;
}

/** PNG at 600 dpi of the printed size, on white. */
export function toPng({ svg }: Drawing): Uint8Array {
  const font = { loadSystemFonts: false, fontFiles: Object.values(fontFiles), defaultFontFamily: 'Source Sans 3' };
  return new Resvg(svg, { fitTo: { mode: 'zoom', value: pngDpi / pointsPerInch }, background: 'white', font })
    .render()
    .asPng();
}

/** One-page PDF of the printed size: vector marks, embedded and selectable text. Not compressed, since builds of zlib may differ in their bytes. */
export async function toPdf({ svg, width, height }: Drawing, name: string, description: string): Promise<Uint8Array> {
  const info = {
    Title: name,
    Subject: description,
    Creator: 'ringsim',
    Producer: 'ringsim',
    CreationDate: noTime,
    ModDate: noTime,
  };
  const doc = new PdfDocument({ size: [width, height], margin: 0, info, compress: false });
  for (const [face, file] of Object.entries(fontFiles)) doc.registerFont(face, file);
  SVGtoPDF(doc, svg, 0, 0, { assumePt: true, fontCallback });
  doc.end();
  const chunks: Uint8Array[] = [];
  for await (const chunk of doc) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** The figure's data as CSV with Unix line ends; the columns are those of all records in order of appearance. */
export function toCsv(data: readonly Datum[]): string {
  const columns = [...new Set(data.flatMap((datum) => Object.keys(datum)))];
  const cells = data.map((datum) => columns.map((column) => String(datum[column] ?? '')));
  return stringify([columns, ...cells], { record_delimiter: '\n' });
}

function inches(points: number): string {
  return `${(points / pointsPerInch).toFixed(4)}in`;
}

function fontCallback(_family: string, bold: boolean, italic: boolean): Face {
  return faceOf(bold, italic);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
