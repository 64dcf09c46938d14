import type { SummaryRow } from '../../archive/rows.ts';
import { groupsFor } from '../buckets.ts';
import type { BucketGroup } from '../buckets.ts';
import { specOf } from '../chart.ts';
import type { Encoding, Layer } from '../chart.ts';
import { inOrder, placeOf } from '../figure.ts';
import type { Datum, Figure, FigureDef } from '../figure.ts';
import { layoutOf } from '../layout.ts';
import type { Layout } from '../layout.ts';
import { numberLabel } from '../scales.ts';
import { metricsOf, rowsOf } from '../study.ts';

const question = 'Where do the cycles of a request go under each policy?';
const family = 'cyclesPerRequest.';
const barPoints = 9;
/** Axis length over the longest bar: the total is written behind it. */
const roomForTotal = 1.13;
const outline = { stroke: '#333333', strokeWidth: 0.3 } as const;

/** Cycles per completed request, stacked by what they were spent on: one bar per policy, KPTI side by side. */
export const cpi: FigureDef = { question, needs: 'cycles per request by bucket', draw };

function draw(all: readonly SummaryRow[]): Figure {
  const layout = layoutOf(all, undefined, ['kpti']);
  const rows = all.filter(({ metric }) => metric.startsWith(family));
  const bars = barsOf(rows, layout);
  const busy = bars.some(mostlyIdle);
  const groups = groupsFor(bucketsOf(rows).filter((bucket) => !(busy && bucket === 'idle')));
  const data = bars.flatMap((bar) => stack(bar, groups, layout));
  const runs = bars[0]?.[0]?.n ?? 0;
  return {
    width: 'double',
    columns: Math.max(1, layout.column.labels.length),
    data,
    spec: (panelWidth) =>
      specOf({
        description: `${question} Means of n = ${runs} replications without intervals; idle cycles are ${busy ? 'left out' : 'included'}.`,
        data,
        layout,
        layer: marks(layout, groups, busy ? 'busy cycles per request' : 'cycles per request', data),
        width: panelWidth,
        height: layout.series.levels.length * (barPoints + 4),
      }),
  };
}

/** Buckets that hold cycles in at least one bar. */
function bucketsOf(rows: readonly SummaryRow[]): string[] {
  return metricsOf(rows.filter(({ mean }) => mean > 0)).map(bucketOf);
}

function bucketOf(metric: string): string {
  return metric.slice(family.length);
}

/** At low load idle cycles dwarf what a request costs. */
function mostlyIdle(bar: readonly SummaryRow[]): boolean {
  const total = bar.reduce((sum, row) => sum + row.mean, 0);
  return bar.some((row) => bucketOf(row.metric) === 'idle' && row.mean > total / 2);
}

/** The rows of each bar: all buckets of one setting. */
function barsOf(rows: readonly SummaryRow[], layout: Layout): SummaryRow[][] {
  const counted = metricsOf(rows).flatMap((metric) => rowsOf(rows, metric));
  return [...Map.groupBy(inOrder(counted, layout), (row) => JSON.stringify(row.itervars)).values()];
}

/** The parts of one bar laid end to end; the last part carries the bar's total. */
function stack(bar: readonly SummaryRow[], groups: readonly BucketGroup[], layout: Layout): Datum[] {
  const data: Datum[] = [];
  let end = 0;
  for (const group of groups) {
    const parts = bar.filter((row) => group.buckets.includes(bucketOf(row.metric)));
    const start = end;
    end += parts.reduce((sum, row) => sum + row.mean, 0);
    const total = group === groups.at(-1) ? { total: end } : {};
    data.push({ ...placeOf(bar[0], layout), part: group.label, start, end, ...total, n: bar[0].n });
  }
  return data;
}

function marks({ series }: Layout, groups: readonly BucketGroup[], title: string, data: readonly Datum[]): Layer[] {
  const axis = { ticks: false, grid: false };
  const y: Encoding = { y: { field: 'series', type: 'nominal', sort: [...series.levels], title: null, axis } };
  const x = along(title, data);
  return [
    {
      mark: { type: 'bar', height: barPoints, ...outline },
      encoding: { ...y, x: { ...x, field: 'start' }, x2: { field: 'end' }, color: colour(groups) },
    },
    {
      transform: [{ filter: 'isValid(datum.total)' }],
      mark: { type: 'text', align: 'left', dx: 2, fontSize: 6.5 },
      encoding: { ...y, x: { ...x, field: 'total' }, text: { field: 'total', type: 'quantitative', format: '.3s' } },
    },
  ];
}

function along(title: string, data: readonly Datum[]) {
  const domain = [0, Math.max(...data.map(({ end }) => Number(end))) * roomForTotal];
  const axis = { labelExpr: numberLabel, tickCount: 5, grid: false };
  return { type: 'quantitative' as const, title, scale: { domain, nice: false }, axis };
}

function colour(groups: readonly BucketGroup[]): NonNullable<Encoding['color']> {
  const domain = groups.map((group) => group.label);
  const symbol = {
    symbolType: 'square',
    symbolSize: 40,
    symbolStrokeColor: outline.stroke,
    symbolStrokeWidth: outline.strokeWidth,
  };
  return {
    field: 'part',
    type: 'nominal',
    sort: domain,
    scale: { domain, range: groups.map((group) => group.colour) },
    legend: { title: null, columns: 5, ...symbol },
  };
}
