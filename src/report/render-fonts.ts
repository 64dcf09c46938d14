import { createRequire } from 'node:module';
import { openSync } from 'fontkit';
import type { Font } from 'fontkit';
import { textMetrics } from 'vega-scenegraph';

const folder = createRequire(import.meta.url)
  .resolve('source-sans/package.json')
  .replace(/package\.json$/, 'TTF/');

/** Font files by face; every figure is set in these three and no system font is ever read. */
export const fontFiles = {
  regular: `${folder}SourceSans3-Regular.ttf`,
  bold: `${folder}SourceSans3-Semibold.ttf`,
  italic: `${folder}SourceSans3-It.ttf`,
} as const;
/** Name of a face. */
export type Face = keyof typeof fontFiles;

/** The face for a weight and a slant; bold italics are not used in figures. */
export function faceOf(bold: boolean, italic: boolean): Face {
  if (italic) return 'italic';
  return bold ? 'bold' : 'regular';
}

/**
 * Gives Vega the fonts' real advance widths. Without a canvas it guesses 0.8 em a letter, which misplaces legends,
 * axis titles and label overlap (vega/vega-lite#7956).
 */
export function installTextMetrics(): void {
  const fonts = new Map<Face, Font>();
  textMetrics.width = (item, text) => {
    const label = (text ?? '') as string | number;
    const weight = item.fontWeight;
    const face = faceOf(weight === 'bold' || Number(weight) >= 600, item.fontStyle === 'italic');
    const font = fonts.get(face) ?? (openSync(fontFiles[face]) as Font);
    fonts.set(face, font);
    const advance = font.layout(String(label)).advanceWidth / font.unitsPerEm;
    return advance * (item.fontSize ?? 11);
  };
}
