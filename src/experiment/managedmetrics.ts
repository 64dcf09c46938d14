import type { MetricRow, StatRow } from '../archive/rows.ts';
import type { Clock } from '../sim/units.ts';

const PREFIX = 'managed.';
/** Means of a pause, by the counter of its cycles. */
const MEANS = [
  ['pauseUs', 'pauseCycles'],
  ['timeToSafepointUs', 'reachCycles'],
] as const;

/** Responses of a managed runtime: what it counted, as `managed.*`, and the mean pause and time to a safepoint in us; none without a runtime. */
export function managedMetrics(rows: readonly StatRow[], clock: Clock, seconds: number): readonly MetricRow[] {
  const own = rows.filter(({ name }) => name.startsWith(PREFIX));
  if (own.length === 0) return [];
  const value = (name: string): number => own.find((row) => row.name === `${PREFIX}${name}`)!.value;
  const pauses = value('pauses');
  const means = MEANS.map(([name, cycles]) =>
    row(`${PREFIX}${name}`, pauses === 0 ? 0 : clock.ns(value(cycles)) / pauses / 1000, 'us'),
  );
  const share = clock.ns(value('pauseCycles')) / (seconds * 1e9);
  return [
    ...own.map((stat) => row(stat.name, stat.value, stat.unit)),
    ...means,
    row(`${PREFIX}pauseShare`, share, 'share'),
  ];
}

function row(name: string, value: number, unit: string): MetricRow {
  return { name, component: 'server', value, unit };
}
