import type { SummaryRow } from '../../archive/rows.ts';
import { estimates, fieldName, markSize, reference, sideBySide, specOf } from '../chart.ts';
import type { Encoding, Layer, MarkSize } from '../chart.ts';
import { evidence, inOrder, intervalOf, placeOf } from '../figure.ts';
import type { Datum, Figure, FigureDef } from '../figure.ts';
import { factorTitle } from '../labels.ts';
import { axisFactor, layoutOf, withoutBase } from '../layout.ts';
import type { Layout, Series } from '../layout.ts';
import { linearScale } from '../scales.ts';
import { rowsOf } from '../study.ts';

const question = 'How much more throughput does each policy give than the baseline?';

/** Throughput gain over the baseline in per cent, with intervals, along cores where they vary; KPTI side by side. */
export const gain: FigureDef = { question, needs: 'throughput compared with a base level', draw };

function draw(rows: readonly SummaryRow[]): Figure {
  const layout = layoutOf(rows, axisFactor(rows), ['kpti']);
  const compared = inOrder(rowsOf(rows, 'throughput'), layout).filter((row) => row.gain !== undefined);
  const data = compared.map((row): Datum => ({
    ...placeOf(row, layout),
    ...intervalOf(row.gain!),
    n: row.n,
    level: row.level,
  }));
  const columns = Math.max(1, layout.column.labels.length);
  const positions = new Set(compared.map((row) => row.itervars[layout.position ?? ''])).size;
  return {
    width: columns * positions > 8 ? 'double' : 'single',
    columns,
    data,
    spec: (panelWidth) =>
      specOf({
        description: `${question} ${evidence(compared)} Zero is ${layout.series.base}.`,
        data,
        layout,
        layer: marks(layout, data, markSize(panelWidth, positions * (layout.series.levels.length - 1))),
        width: panelWidth,
        height: layout.row.labels.length > 1 ? 70 : 95,
      }),
  };
}

/** Along the axis factor the series stand side by side at each level; without one they are the axis themselves. */
function marks(layout: Layout, data: readonly Datum[], size: MarkSize): Layer[] {
  const series = withoutBase(layout.series);
  const title = ['throughput gain', `over ${series.base} (%)`];
  const ends = data.flatMap(({ value, low = value, high = value }) => [Number(low), Number(high)]);
  const y = { type: 'quantitative' as const, title, ...linearScale(ends) };
  const { position } = layout;
  const along =
    position === undefined ? alone(series) : sideBySide(fieldName(position), factorTitle(position), undefined, series);
  return [...estimates(series, along, y, size), reference(0)];
}

function alone(series: Series): Encoding {
  return {
    x: {
      field: 'series',
      type: 'nominal',
      sort: [...series.levels],
      title: null,
      axis: { labels: false, ticks: false },
    },
  };
}
