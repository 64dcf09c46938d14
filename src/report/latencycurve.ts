import type { Bytes, Cycles } from '../sim/units.ts';
import { colour, dash, shape, specOf, type Encoding, type Layer } from './chart.ts';
import type { Figure } from './figure.ts';
import type { NamedFigure } from './figures.ts';
import { valueScale } from './scales.ts';
import { stylesOf } from './styles.ts';

/** Load-to-use latency of a working set with small and with large pages, and with large pages of another socket. */
export interface LatencyPoint {
  readonly bytes: Bytes;
  readonly small: Cycles;
  readonly large: Cycles;
  readonly remote?: Cycles;
}

/** Columns of the longest bar. */
const BAR = 40;
const SERIES = { small: '4 KiB pages', large: '2 MiB pages', remote: 'remote, 2 MiB' } as const;
/** Labels of binary sizes, from bytes. */
const SIZE_LABEL =
  "datum.value >= 1048576 ? datum.value / 1048576 + ' MiB' : datum.value >= 1024 ? datum.value / 1024 + ' KiB' : datum.value";

/**
 * Text chart of a latency curve: a bar for the latency with large pages, lengthened by what the translation of small pages adds. Bars are
 * logarithmic, so that equal lengths are equal factors.
 */
export function latencyText(points: readonly LatencyPoint[]): string {
  const top = Math.max(...points.map(({ small, large, remote = 0 }) => Math.max(small, large, remote, 2)));
  const columns = (cycles: Cycles): number => Math.round((BAR * Math.log(Math.max(cycles, 1))) / Math.log(top));
  const hasRemote = points.some(({ remote }) => remote !== undefined);
  const rows = points.map(({ bytes, small, large, remote }) => {
    const bar = '#'.repeat(columns(large)) + '+'.repeat(Math.max(0, columns(small) - columns(large)));
    const numbers = remote === undefined ? [large, small] : [large, small, remote];
    return [sizeText(bytes).padStart(8), ...numbers.map((cycles) => cycles.toFixed(1).padStart(8)), ` ${bar}`].join(
      '  ',
    );
  });
  const titles = ['working set', '  2M pages', '  4K pages', ...(hasRemote ? ['    remote'] : [])].join('');
  return [`${titles}  cycles, logarithmic (# large pages, + small pages)`, ...rows].join('\n');
}

/** The curve as a figure of one column, one line for each page size. */
export function latencyFigure(machine: string, points: readonly LatencyPoint[]): NamedFigure {
  const shown = (Object.keys(SERIES) as (keyof typeof SERIES)[]).filter((key) => points[0]?.[key] !== undefined);
  const levels = shown.map((key) => SERIES[key]);
  const series = { factor: undefined, base: SERIES.small, levels, styles: stylesOf(levels, SERIES.small) };
  const data = points.flatMap((point) =>
    shown.map((key) => ({ bytes: point.bytes, series: SERIES[key], cycles: point[key]! })),
  );
  const along = { ...axes(points), color: colour(series) };
  const layer: Layer[] = [
    { mark: { type: 'line', strokeWidth: 0.9 }, encoding: { ...along, strokeDash: dash(series) } as Encoding },
    { mark: { type: 'point', filled: true, size: 7, opacity: 1 }, encoding: { ...along, shape: shape(series) } },
  ];
  const layout = { series, position: undefined, column: { factors: [], labels: [] }, row: { factors: [], labels: [] } };
  const figure: Figure = {
    width: 'single',
    columns: 1,
    data,
    spec: (width) =>
      specOf({
        description: `How long does a load take on ${machine}, by the size of what is read in random order? Simulated, one load after the other.`,
        data,
        layout,
        layer,
        width,
        height: 110,
      }),
  };
  return { name: `latency-${machine}`, figure };
}

function axes(points: readonly LatencyPoint[]): Encoding {
  const cycles = points.flatMap(({ small, large, remote = large }) => [small, large, remote]);
  const sizes = points.map(({ bytes }) => bytes);
  const ticks = sizes.filter((bytes) => Number.isInteger(Math.log2(bytes / 1024) / 3));
  return {
    x: {
      field: 'bytes',
      type: 'quantitative',
      title: 'working set',
      scale: { type: 'log', base: 2, domain: [Math.min(...sizes), Math.max(...sizes)], nice: false },
      axis: { values: ticks, labelExpr: SIZE_LABEL, grid: true },
    },
    y: {
      field: 'cycles',
      type: 'quantitative',
      title: 'load-to-use latency (cycles)',
      ...valueScale(cycles, 8),
    },
  };
}

function sizeText(bytes: Bytes): string {
  return bytes >= 1048576 ? `${bytes / 1048576} MiB` : `${bytes / 1024} KiB`;
}
