import type { TopLevelSpec } from 'vega-lite';
import type { Datum } from './figure.ts';
import type { Layout, Panels, Series } from './layout.ts';
import { theme } from './theme.ts';

/** A layer of marks; it may carry data of its own. */
export type Layer = Extract<TopLevelSpec, { layer: unknown }>['layer'][number];
/** How a layer maps fields to what is drawn. */
export type Encoding = NonNullable<Extract<Layer, { mark: unknown }>['encoding']>;

const schema = 'https://vega.github.io/schema/vega-lite/v6.json';
/** Panels stand flush: axes touch their frames. */
const grid = { spacing: { row: 7, column: 7 }, bounds: 'flush' } as const;

/** Row labels stand at the right edge, one line for each factor. */
const rowHeader = { labelOrient: 'right', labelAngle: 90, labelExpr: "split(datum.value, ', ')" } as const;

/** A whole chart: layers over inlined data, repeated in panels where the layout asks for them. */
export interface Chart {
  readonly description: string;
  readonly data: readonly Datum[];
  readonly layout: Layout;
  readonly layer: readonly Layer[];
  /** Size of one panel in points. */
  readonly width: number;
  readonly height: number;
}

/** The spec of a chart, complete in itself: data, theme and description are inside. */
export function specOf({ description, data, layout, layer, width, height }: Chart): TopLevelSpec {
  const top = { $schema: schema, description, config: theme, data: { values: [...data] } };
  const panel = { width, height, layer: [...layer] };
  const facet = {
    ...(layout.column.factors.length > 0 && { column: header('columnPanel', layout.column) }),
    ...(layout.row.factors.length > 0 && { row: { ...header('rowPanel', layout.row), header: rowHeader } }),
  };
  return Object.keys(facet).length === 0 ? { ...top, ...panel } : { ...top, facet, ...grid, spec: panel };
}

function header(field: string, panels: Panels) {
  return { field, type: 'nominal' as const, sort: [...panels.labels], title: null };
}

/** A column of the data as a field of the spec, where dots and brackets would mean nested objects. */
export function fieldName(column: string): string {
  return column.replaceAll(/[.[\]\\]/g, String.raw`\$&`);
}

/** Colour of a series; the legend appears when there is more than one. */
export function colour(series: Series): NonNullable<Encoding['color']> {
  return {
    ...seriesChannel(series),
    scale: { domain: [...series.levels], range: series.styles.map((style) => style.colour) },
  };
}

/** Shape of a series; merges with the colour into one legend. */
export function shape(series: Series): NonNullable<Encoding['shape']> {
  return {
    ...seriesChannel(series),
    scale: { domain: [...series.levels], range: series.styles.map((style) => style.shape) },
  };
}

/** Dashes of a series' line; joins the legend of colour and shape. */
export function dash(series: Series): NonNullable<Encoding['strokeDash']> {
  const range = series.styles.map((style) => [...style.dash]);
  return { ...seriesChannel(series), scale: { domain: [...series.levels], range } };
}

function seriesChannel(series: Series) {
  const legend = series.levels.length > 1 ? { title: null } : null;
  return { field: 'series', type: 'nominal' as const, sort: [...series.levels], legend };
}

/** Sizes of a mark in points: the area of its symbol and the width of its caps. */
export interface MarkSize {
  readonly area: number;
  readonly cap: number;
}

/** Marks that just fit beside each other when this many share the width. */
export function markSize(width: number, count: number): MarkSize {
  const slot = (0.8 * width) / Math.max(1, count);
  return { area: Math.min(14, Math.max(6, slot * slot * 0.6)), cap: Math.min(5.5, Math.max(1.5, slot * 0.55)) };
}

/** Means with their intervals as explicit bars from `low` to `high` with caps; never a composite mark that would compute its own. */
export function estimates(series: Series, along: Encoding, y: NonNullable<Encoding['y']>, size: MarkSize): Layer[] {
  const at = (field: string): Encoding => ({
    ...along,
    color: colour(series),
    y: { ...y, field },
  });
  const cap = { type: 'tick', orient: 'horizontal', size: size.cap, thickness: 0.7, opacity: 1 } as const;
  return [
    { mark: { type: 'rule', strokeWidth: 0.7 }, encoding: { ...at('low'), y2: { field: 'high' } } },
    { mark: cap, encoding: at('low') },
    { mark: cap, encoding: at('high') },
    {
      mark: { type: 'point', filled: true, size: size.area, opacity: 1 },
      encoding: { ...at('value'), shape: shape(series) },
    },
  ];
}

/** The channels that set the series side by side at every level of an ordinal field. */
export function sideBySide(
  field: string,
  title: string | null,
  sort: readonly string[] | undefined,
  series: Series,
): Encoding {
  const levels = [...series.levels];
  return {
    x: {
      field,
      type: 'ordinal',
      title,
      ...(sort && { sort: [...sort] }),
      scale: { paddingInner: 0.25, paddingOuter: 0.12 },
      axis: { labelAngle: 0 },
    },
    xOffset: { field: 'series', type: 'nominal', sort: levels, scale: { domain: levels, paddingOuter: 0.25 } },
  };
}

/** A horizontal reference line across every panel. */
export function reference(y: number): Layer {
  return {
    data: { values: [{}] },
    mark: { type: 'rule', color: '#000000', strokeWidth: 0.6 },
    encoding: { y: { datum: y } },
  };
}
