import type { MetricRow, StatRow } from '../archive/rows.ts';
import type { Clock } from '../sim/units.ts';

/** How long signals waited for their delivery, where there were any. */
export function eventMetrics(rows: readonly StatRow[], clock: Clock): readonly MetricRow[] {
  const total = (prefix: string): number =>
    rows.reduce((sum, { name, value }) => (name.startsWith(prefix) ? sum + value : sum), 0);
  const signals = total('kernel.signals.delivered.call') + total('kernel.signals.delivered.event');
  if (signals === 0) return [];
  const wait = clock.ns(total('kernel.signals.waited.')) / 1000 / signals;
  return [{ name: 'signals.wait', component: 'server', value: wait, unit: 'us' }];
}
