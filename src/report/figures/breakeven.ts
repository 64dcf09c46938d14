import type { Scalar, SummaryRow } from '../../archive/rows.ts';
import { specOf } from '../chart.ts';
import type { Encoding, Layer } from '../chart.ts';
import { contourOf } from '../contour.ts';
import { intervalOf, placeOf } from '../figure.ts';
import type { Datum, Figure, FigureDef } from '../figure.ts';
import { factorTitle, percent } from '../labels.ts';
import { panelsOf } from '../layout.ts';
import type { Layout } from '../layout.ts';
import { comparisonOf, isNumeric, levelsOf, rowsOf, settingFactors } from '../study.ts';

const question = 'Where does each policy gain, and where does it lose?';
/** Gain in per cent from which colours are at their darkest: what lies beyond is in the numbers. */
const STRONGEST = 20;
/** Vermilion and blue of Okabe and Ito, lightened for losses, which colour-blind readers tell apart; in grey losses stay lighter, and signs and line say the rest. */
const COLOURS = ['#dd7633', '#f7d8c0', '#ffffff', '#a9cfe8', '#00588a'] as const;
const CELL_HEIGHT = 12;

/** Gain over two numeric factors, a panel for each policy, with the line of no gain: `break-even`, `break-even:X:Y`. */
export const breakEven: FigureDef = {
  question,
  needs: 'gain over two numeric factors',
  draw,
};

/** What stands along the axes, and the panels. */
interface GainMap {
  readonly x: string;
  readonly y: string;
  readonly layout: Layout;
}

function draw(all: readonly SummaryRow[], options: readonly string[]): Figure {
  const rows = rowsOf(all, 'throughput');
  const compared = rows.filter((row) => row.gain !== undefined);
  const axes = axesOf(rows, options);
  const map = axes === undefined ? undefined : { ...axes, layout: layoutOf(compared, axes) };
  const data = map === undefined ? [] : dataOf(compared, map);
  const columns = Math.max(1, map?.layout.column.labels.length ?? 1);
  return {
    width: columns > 1 ? 'double' : 'single',
    columns,
    data,
    spec: (panelWidth) =>
      specOf({
        description: `${question} ${evidenceOf(rows)}`,
        data,
        layout: map?.layout ?? NO_PANELS,
        layer: map === undefined ? [] : layers(compared, map, panelWidth),
        width: panelWidth,
        height: CELL_HEIGHT * (map === undefined ? 1 : levelsOf(compared, map.y).length),
      }),
  };
}

const SERIES = { factor: undefined, base: undefined, levels: [''], styles: [] };
const NO_PANELS: Layout = { series: SERIES, position: undefined, column: panelsOf([], []), row: panelsOf([], []) };

/** The factors asked for; else the two numeric ones with the most levels. */
function axesOf(
  rows: readonly SummaryRow[],
  [x, y]: readonly string[],
): { readonly x: string; readonly y: string } | undefined {
  const numbers = settingFactors(rows, comparisonOf(rows)?.factor).filter((factor) => isNumeric(rows, factor));
  const size = (factor: string): number => levelsOf(rows, factor).length;
  const [first, second] = [...numbers].sort((a, b) => size(b) - size(a));
  const found = { x: x ?? first, y: y ?? (first === x ? second : x === undefined ? second : first) };
  return found.x !== found.y && numbers.includes(found.x) && numbers.includes(found.y) ? found : undefined;
}

function layoutOf(rows: readonly SummaryRow[], { x, y }: { readonly x: string; readonly y: string }): Layout {
  const { factor } = comparisonOf(rows) ?? {};
  const rest = settingFactors(rows, factor).filter((name) => name !== x && name !== y);
  return {
    series: SERIES,
    position: undefined,
    column: panelsOf(rows, factor === undefined ? [] : [factor]),
    row: panelsOf(rows, rest),
  };
}

/** Cells with their numbers, then the pieces of the lines; `kind` tells them apart. */
function dataOf(rows: readonly SummaryRow[], map: GainMap): Datum[] {
  const [xs, ys] = [levelsOf(rows, map.x), levelsOf(rows, map.y)];
  const cells = rows.map((row): Datum => {
    const [x, y] = [xs.indexOf(row.itervars[map.x]), ys.indexOf(row.itervars[map.y])];
    return { ...placeOf(row, map.layout), kind: 'cell', x, y, ...intervalOf(row.gain!), text: textOf(row), n: row.n };
  });
  const panels = Map.groupBy(cells, ({ columnPanel, rowPanel }) => `${columnPanel}\n${rowPanel}`);
  return [...cells, ...[...panels.values()].flatMap((panel) => linesOf(panel, xs.length, ys.length))];
}

/** Solid around the gain, dashed around the loss where nothing lies between; none in a panel with missing cells. */
function linesOf(cells: readonly Datum[], width: number, height: number): Datum[] {
  if (cells.length !== width * height) return [];
  const grid = Array.from({ length: height }, () => Array.from({ length: width }, () => 0));
  for (const cell of cells)
    grid[Number(cell['y'])][Number(cell['x'])] = cell['text'] === '0' ? 0 : Number(cell['value']);
  const { columnPanel = '', rowPanel = '' } = cells[0];
  const piece = (kind: string, sign: 1 | -1): Datum[] =>
    contourOf(grid, sign).map(({ x, y, x2, y2 }) => ({ kind, columnPanel, rowPanel, x, y, x2, y2 }));
  return [...piece('gain', 1), ...piece('loss', -1)];
}

/** The gain with its sign in two digits; a plain zero where the interval contains zero. */
function textOf({ gain }: SummaryRow): string {
  const { mean, halfwidth = 0 } = gain!;
  if (Math.abs(mean) <= halfwidth || Number(mean.toFixed(1)) === 0) return '0';
  const digits = Math.abs(mean) < 9.95 ? mean.toFixed(1) : mean.toFixed(0);
  return mean > 0 ? `+${digits}` : digits.replace('-', '\u2212');
}

function layers(rows: readonly SummaryRow[], { x, y }: GainMap, width: number): Layer[] {
  const axis = (factor: string, field: string) => indexAxis(levelsOf(rows, factor), factorTitle(factor), field);
  const at: Encoding = { x: axis(x, 'x'), y: axis(y, 'y') };
  const { length } = levelsOf(rows, x);
  const legend = {
    title: `throughput gain over ${comparisonOf(rows)?.base ?? 'the baseline'} (%); solid line: gain ends, dashed: loss begins`,
    titleLimit: 400,
    gradientLength: Math.min(3 * width, 160),
    gradientThickness: 6,
    values: [-STRONGEST, -STRONGEST / 2, 0, STRONGEST / 2, STRONGEST],
  };
  const steps = [-1, -0.3, 0, 0.3, 1].map((part) => part * STRONGEST);
  const colour = {
    field: 'value',
    type: 'quantitative' as const,
    legend,
    scale: { domain: steps, range: [...COLOURS], clamp: true, interpolate: 'rgb' },
  };
  return [
    {
      transform: [{ filter: "datum.kind === 'cell'" }],
      mark: { type: 'rect', width: width / length, height: CELL_HEIGHT },
      encoding: { ...at, color: colour },
    },
    line('gain', '#ffffff', 2.6, at),
    line('loss', '#000000', 0.8, at, [2, 1.6]),
    line('gain', '#000000', 1.2, at),
    {
      transform: [{ filter: "datum.kind === 'cell'" }],
      mark: { type: 'text', fontSize: 6.5 },
      encoding: {
        ...at,
        text: { field: 'text' },
        color: { condition: { test: `datum.value > ${0.6 * STRONGEST}`, value: '#ffffff' }, value: '#000000' },
      },
    },
  ];
}

function line(kind: string, color: string, strokeWidth: number, at: Encoding, strokeDash: number[] = []): Layer {
  return {
    transform: [{ filter: `datum.kind === '${kind}'` }],
    mark: { type: 'rule', color, strokeWidth, strokeCap: 'round', ...(strokeDash.length > 0 && { strokeDash }) },
    encoding: { ...at, x2: { field: 'x2' }, y2: { field: 'y2' } },
  };
}

/** Levels side by side at equal distances, whatever lies between them. */
function indexAxis(levels: readonly Scalar[], title: string, field: string) {
  const names = levels.map((level) => (Number(level) >= 1e4 ? `${Number(level) / 1000}k` : String(level)));
  return {
    field,
    type: 'quantitative' as const,
    title,
    scale: { domain: [-0.5, levels.length - 0.5], nice: false, zero: false },
    axis: {
      values: levels.map((_, i) => i),
      labelExpr: `${JSON.stringify(names)}[datum.value]`,
      grid: false,
      ticks: false,
    },
  };
}

/** What the numbers rest on. */
function evidenceOf(rows: readonly SummaryRow[]): string {
  const counts = rows.map(({ n }) => n);
  const n = Math.min(...counts);
  const level = rows.find((row) => row.halfwidth !== undefined)?.level;
  return level === undefined
    ? `Single runs (n = ${n}), so no intervals.`
    : `Means of n = ${n} replications; 0 where the two-sided 95 % confidence intervals contain it.`.replace(
        '95 %',
        percent(level),
      );
}
