import type { SummaryRow } from '../../archive/rows.ts';
import { colour, dash, estimates, fieldName, specOf } from '../chart.ts';
import type { Encoding, Layer } from '../chart.ts';
import { evidence, inOrder, intervalOf, placeOf } from '../figure.ts';
import type { Datum, Figure, FigureDef } from '../figure.ts';
import { axisTitle, factorTitle, metricLabel } from '../labels.ts';
import { axisFactor, layoutOf } from '../layout.ts';
import type { Layout } from '../layout.ts';
import { factorScale, valueScale } from '../scales.ts';
import { isNumeric, levelsOf, rowsOf } from '../study.ts';

const question = 'How does a metric change along a factor, under each policy?';

/** Largest over smallest value from which the axis is logarithmic: more than a decade. */
const logFrom = 12;
/** Marks on lines are small: neighbouring lines are often a few per cent apart. */
const size = { area: 9, cap: 3.5 } as const;

/** Any metric (y) along any numeric factor (x), one line per policy: `lines`, `lines:latency.p99`, `lines:latency.p99:cores`. */
export const lines: FigureDef = { question, needs: 'such metric along a numeric factor', draw };

function draw(all: readonly SummaryRow[], options: readonly string[]): Figure {
  const metric = options[0] ?? 'throughput';
  const factor = options[1] ?? axisFactor(all);
  const drawable = factor !== undefined && isNumeric(all, factor);
  const layout = layoutOf(all, factor, ['kpti']);
  const rows = drawable ? inOrder(rowsOf(all, metric), layout) : [];
  const data = rows.map((row): Datum => ({
    ...placeOf(row, layout),
    metric,
    ...intervalOf(row),
    unit: row.unit,
    n: row.n,
    level: row.level,
  }));
  const columns = Math.max(1, layout.column.labels.length);
  return {
    width: columns > 2 ? 'double' : 'single',
    columns,
    data,
    spec: (panelWidth) =>
      specOf({
        description: `How does ${metricLabel(metric)} change with ${factorTitle(factor ?? '')}? ${evidence(rows)}`,
        data,
        layout,
        layer: marks(rows, layout),
        width: panelWidth,
        height: layout.row.labels.length > 1 ? 85 : 100,
      }),
  };
}

function marks(rows: readonly SummaryRow[], layout: Layout): Layer[] {
  const [x, y] = [horizontal(rows, layout.position ?? ''), vertical(rows)];
  const encoding = {
    ...x,
    y: { ...y, field: 'value' },
    color: colour(layout.series),
    strokeDash: dash(layout.series),
  } as Encoding;
  return [{ mark: { type: 'line', strokeWidth: 0.9 }, encoding }, ...estimates(layout.series, x, y, size)];
}

function horizontal(rows: readonly SummaryRow[], factor: string): Encoding {
  const levels = levelsOf(rows, factor).map(Number);
  return { x: { field: fieldName(factor), type: 'quantitative', title: factorTitle(factor), ...factorScale(levels) } };
}

function vertical(rows: readonly SummaryRow[]): NonNullable<Encoding['y']> {
  const ends = rows.flatMap((row) => [row.mean - (row.halfwidth ?? 0), row.mean + (row.halfwidth ?? 0)]);
  const [first] = rows;
  return {
    type: 'quantitative',
    title: axisTitle(first?.metric ?? '', first?.unit ?? ''),
    ...valueScale(ends, logFrom),
  };
}
