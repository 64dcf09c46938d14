import type { SummaryRow } from '../../archive/rows.ts';
import { estimates, markSize, sideBySide, specOf } from '../chart.ts';
import type { Encoding, MarkSize } from '../chart.ts';
import { evidence, inOrder, intervalOf, placeOf } from '../figure.ts';
import type { Datum, Figure, FigureDef } from '../figure.ts';
import { axisTitle } from '../labels.ts';
import { layoutOf } from '../layout.ts';
import type { Layout } from '../layout.ts';
import { valueScale } from '../scales.ts';
import { rowsOf } from '../study.ts';

const question = 'How long do requests take under each policy, in the median and in the tail?';
const percentiles = ['p50', 'p95', 'p99'] as const;

/** Tail over median from which the axis is logarithmic, where equal relative gains have equal length at every percentile. */
const logFrom = 3;

/** Latency percentiles of the policies side by side; cores in columns and KPTI in rows where they vary. */
export const latency: FigureDef = { question, needs: 'latency percentiles', draw };

function draw(all: readonly SummaryRow[]): Figure {
  const layout = layoutOf(all, undefined, ['cores', 'kpti']);
  const rows = inOrder(
    percentiles.flatMap((name) => rowsOf(all, `latency.${name}`)),
    layout,
  );
  const data = rows.map((row) => datumOf(row, layout));
  const size = (width: number): MarkSize => markSize(width, percentiles.length * layout.series.levels.length);
  const columns = Math.max(1, layout.column.labels.length);
  return {
    width: columns > 2 || columns * layout.series.levels.length > 8 ? 'double' : 'single',
    columns,
    data,
    spec: (panelWidth) =>
      specOf({
        description: `${question} ${evidence(rows)}`,
        data,
        layout,
        layer: estimates(
          layout.series,
          sideBySide('percentile', null, percentiles, layout.series),
          vertical(rows),
          size(panelWidth),
        ),
        width: panelWidth,
        height: layout.row.labels.length > 1 ? 75 : 100,
      }),
  };
}

function datumOf(row: SummaryRow, layout: Layout): Datum {
  const percentile = row.metric.replace('latency.', '');
  return { ...placeOf(row, layout), percentile, ...intervalOf(row), unit: row.unit, n: row.n, level: row.level };
}

function vertical(rows: readonly SummaryRow[]): NonNullable<Encoding['y']> {
  const ends = rows.flatMap((row) => [row.mean - (row.halfwidth ?? 0), row.mean + (row.halfwidth ?? 0)]);
  return { type: 'quantitative', title: axisTitle('latency', rows[0]?.unit ?? 'us'), ...valueScale(ends, logFrom) };
}
