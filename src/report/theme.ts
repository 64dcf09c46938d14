import type { Config } from 'vega-lite';

/** Typeface of every figure, with what to fall back to where a reader's SVG viewer lacks it. */
const fontFamily = 'Source Sans 3, Source Sans Pro, Helvetica, Arial, sans-serif';

/** Figure widths in inches: one and both columns of a two-column paper (USENIX and ACM templates). */
export const paperWidth = { single: 3.33, double: 7 } as const;
/** Name of a width. */
export type PaperWidth = keyof typeof paperWidth;

const ink = '#333333';
const text = {
  labelFontSize: 7,
  titleFontSize: 8,
  titleFontWeight: 'normal',
  labelColor: '#000000',
  titleColor: '#000000',
} as const;

/** Look of a figure at its printed size: 1 px of the spec is 1 pt on paper, and no text is below 6.5 pt. */
export const theme: Config = {
  font: fontFamily,
  background: 'white',
  padding: 1,
  aria: false,
  view: { stroke: ink, strokeWidth: 0.5 },
  axis: {
    ...text,
    gridColor: '#dddddd',
    gridWidth: 0.4,
    tickColor: ink,
    tickWidth: 0.5,
    tickSize: 3,
    labelFlush: false,
    tickRound: false,
    translate: 0,
    domain: false,
    labelPadding: 2,
    titlePadding: 4,
  },
  header: { ...text, labelFontSize: 7.5, labelPadding: 3, titlePadding: 2 },
  legend: {
    ...text,
    orient: 'top',
    direction: 'horizontal',
    symbolOpacity: 1,
    symbolSize: 28,
    symbolStrokeWidth: 0,
    offset: 3,
    padding: 0,
    columnPadding: 8,
    rowPadding: 1,
    labelOffset: 3,
  },
  text: { fontSize: 7 },
};
