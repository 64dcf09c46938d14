import type { TopLevelSpec } from 'vega-lite';
import type { SummaryRow } from '../../archive/rows.ts';
import { theme } from '../theme.ts';
import { evidence, intervalOf } from '../figure.ts';
import type { Datum, Figure, FigureDef } from '../figure.ts';
import { levelLabel } from '../labels.ts';
import { comparisonOf, rowsOf, varying } from '../study.ts';

const question = 'What does each policy gain, and how long until wild native code takes the machine down?';
const ROW_POINTS = 11;
const schema = 'https://vega.github.io/schema/vega-lite/v6.json';

/** Gain and risk of all levels of the compared factor side by side; filled are those that no other beats in both. */
export const risk: FigureDef = {
  question,
  needs: 'gain, or no wild operations in its runs',
  draw,
};

interface Point {
  readonly level: string;
  readonly gain: number;
  readonly low: number;
  readonly high: number;
  /** Share of wild operations that take the machine down. */
  readonly share: number;
  readonly n: number;
}

function draw(rows: readonly SummaryRow[]): Figure {
  const points = pointsOf(rows);
  const finite = points.filter(({ share }) => share > 0).map(({ share }) => 1 / share);
  // A place beyond the longest time that was found stands for never.
  const never = 3 * Math.max(10, ...finite);
  const data = points.map((point): Datum => ({
    level: point.level,
    gain: point.gain,
    low: point.low,
    high: point.high,
    share: point.share,
    days: point.share > 0 ? 1 / point.share : never,
    isBest: !points.some((other) => beats(other, point)),
    n: point.n,
  }));
  const description = `${question} ${evidence(rowsOf(rows, 'throughput'))} At one wild write or jump a day; filled: no other policy is better in both.`;
  return {
    width: 'double',
    columns: 2,
    data,
    spec: (width) => specOf(description, data, never, width),
  };
}

function pointsOf(rows: readonly SummaryRow[]): Point[] {
  const comparison = comparisonOf(rows);
  if (comparison === undefined) return [];
  const { factor } = comparison;
  const others = varying(rows).filter((name) => name !== factor);
  const shares = new Map(rowsOf(rows, 'risk.machine').map((row) => [row.measurement, row.mean]));
  const points = rowsOf(rows, 'throughput').flatMap((row): Point[] => {
    const share = shares.get(row.measurement);
    if (share === undefined) return [];
    const { value, low = value, high = value } = row.gain === undefined ? { value: 0 } : withEnds(intervalOf(row.gain));
    return [{ level: labelOf(row, factor, others), gain: value, low, high, share, n: row.n }];
  });
  return points.sort((a, b) => b.gain - a.gain);
}

function labelOf({ itervars }: SummaryRow, factor: string, others: readonly string[]): string {
  return [String(itervars[factor]), ...others.map((name) => levelLabel(name, itervars[name]))].join(', ');
}

function withEnds(fields: Record<string, number>): { value: number; low?: number; high?: number } {
  return fields as { value: number; low?: number; high?: number };
}

/** Better in one and no worse in the other; gains within each other's intervals count as equal. */
function beats(a: Point, b: Point): boolean {
  const gainsMore = a.low > b.high;
  const gainsLess = a.high < b.low;
  return (gainsMore && a.share <= b.share) || (!gainsLess && a.share < b.share);
}

function specOf(description: string, data: readonly Datum[], never: number, width: number): TopLevelSpec {
  const levels = data.map(({ level }) => String(level));
  const y = {
    field: 'level',
    type: 'nominal' as const,
    sort: levels,
    title: null,
    axis: { grid: true, ticks: false, labelLimit: 200 },
  };
  const fill = { condition: { test: 'datum.isBest', value: '#000000' }, value: '#ffffff' };
  const point = { type: 'point', filled: true, size: 22, stroke: '#000000', strokeWidth: 0.7, opacity: 1 } as const;
  const panel = { width, height: levels.length * ROW_POINTS };
  const gain = { type: 'quantitative' as const, title: 'throughput gain (%)', scale: { zero: true, padding: 5 } };
  const days = {
    field: 'days',
    type: 'quantitative' as const,
    title: 'days until the machine fails, at one wild operation a day',
    scale: { type: 'log' as const, domain: [1, never * 1.15], nice: false },
    axis: { values: ticksTo(never), labelExpr: `datum.value === ${never} ? 'never' : format(datum.value, '~s')` },
  };
  const rule = { mark: { type: 'rule' as const, strokeWidth: 0.8 }, encoding: { y } };
  return {
    $schema: schema,
    description,
    config: theme,
    data: { values: [...data] },
    spacing: 10,
    hconcat: [
      {
        ...panel,
        layer: [
          { ...rule, encoding: { y, x: { ...gain, field: 'low' }, x2: { field: 'high' } } },
          { mark: point, encoding: { y, x: { ...gain, field: 'gain' }, fill } },
        ],
      },
      { ...panel, mark: point, encoding: { y: { ...y, axis: { ...y.axis, labels: false } }, x: days, fill } },
    ],
  };
}

function ticksTo(never: number): number[] {
  const decades = [1, 3, 10, 30, 100, 300, 1000, 3000].filter((tick) => tick <= never / 2);
  return [...decades, never];
}
