import type { MetricRow, StatRow } from '../archive/rows.ts';
import type { Clock } from '../sim/units.ts';

/** How long signals waited for their delivery, and how many messages were lost, where there were any. */
export function eventMetrics(rows: readonly StatRow[], clock: Clock): readonly MetricRow[] {
  const total = (prefix: string): number =>
    rows.reduce((sum, { name, value }) => (name.startsWith(prefix) ? sum + value : sum), 0);
  const signals = total('kernel.signals.delivered.call') + total('kernel.signals.delivered.event');
  const wait = clock.ns(total('kernel.signals.waited.')) / 1000 / signals;
  const dropped = total('nic.dropped');
  return [
    ...(signals === 0 ? [] : [{ name: 'signals.wait', component: 'server', value: wait, unit: 'us' }]),
    ...(dropped === 0 ? [] : [{ name: 'network.dropped', component: 'server', value: dropped, unit: 'count' }]),
  ];
}
