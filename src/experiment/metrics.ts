import type { HistogramRow, MetricRow, SemanticsCount, StatRow } from '../archive/rows.ts';
import { CPI_BUCKETS, LONE_BUCKETS } from '../hw/cpi.ts';
import { RADII } from './faults/radius.ts';
import { eventMetrics } from './eventmetrics.ts';
import { managedMetrics } from './managedmetrics.ts';
import type { Clock } from '../sim/units.ts';

const QUANTILES = ['p50', 'p90', 'p95', 'p99', 'p999'] as const;
const LEVELS = ['l2', 'llc', 'remote', 'dram'] as const;

/** What a phase is judged by: rates, latencies and shares, derived from its counters. */
export interface Phase {
  readonly rows: readonly StatRow[];
  readonly latency: HistogramRow;
  readonly seconds: number;
  readonly clock: Clock;
}

/** All responses of a phase, in the order of reports. */
export function deriveMetrics(phase: Phase): readonly MetricRow[] {
  const total = totals(phase.rows);
  const completed = total('server.completed');
  const perRequest = (value: number): number => (completed === 0 ? 0 : value / completed);
  return [
    metric('throughput', completed / phase.seconds, 'requests/s'),
    ...latencies(phase),
    ...cpiStack(phase.rows, perRequest),
    metric('utilisation', utilisation(phase.rows), 'share'),
    ...counts(phase.rows, 'kernel.calls.').map(([call, count]) =>
      metric(`callsPerRequest.${call}`, perRequest(count), 'calls/request'),
    ),
    ...LEVELS.flatMap((level) => missesPerRequest(phase.rows, level, perRequest)),
    metric('instructionsPerRequest', perRequest(overCores(phase.rows, '.work.instructions')), 'instructions/request'),
    metric('walksPerRequest', perRequest(overCores(phase.rows, '.work.walks')), 'walks/request'),
    ...managedMetrics(phase.rows, phase.clock, phase.seconds),
    ...riskMetrics(phase.rows),
    ...eventMetrics(phase.rows, phase.clock),
    metric('switchesPerRequest', perRequest(total('kernel.sched.switches')), 'switches/request'),
  ];
}

/** What the rules decided, from the counters since boot. */
export function countSemantics(sinceBoot: readonly StatRow[]): SemanticsCount {
  return {
    transitions: Object.fromEntries(counts(sinceBoot, 'semantics.transitions.')),
    refused: Object.fromEntries(counts(sinceBoot, 'semantics.refused.')),
    ...attackOf(sinceBoot),
    violations: sums([...counts(sinceBoot, 'semantics.violations.'), ...counts(sinceBoot, 'semantics.attack.broken.')]),
  };
}

function attackOf(sinceBoot: readonly StatRow[]): Pick<SemanticsCount, 'attack'> {
  const total = totals(sinceBoot);
  const rounds = total('semantics.attack.rounds');
  if (rounds === 0) return {};
  return { attack: { rounds, refused: total('semantics.attack.refused'), killed: total('semantics.attack.killed') } };
}

/** Adds up the values of equal names. */
function sums(values: readonly (readonly [string, number])[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const [name, value] of values) sum[name] = (sum[name] ?? 0) + value;
  return sum;
}

/** The same as responses of the study. */
export function semanticsMetrics({ transitions, refused, attack, violations }: SemanticsCount): readonly MetricRow[] {
  return [
    ...Object.entries(transitions).map(([rule, count]) => metric(`transitions.${rule}`, count, 'count')),
    ...Object.entries(refused).map(([rule, count]) => metric(`refused.${rule}`, count, 'count')),
    ...Object.entries(attack ?? {}).map(([what, count]) => metric(`attack.${what}`, count, 'count')),
    ...Object.entries(violations).map(([id, count]) => metric(`violations.${id}`, count, 'count')),
  ];
}

/** Reach of the wild writes and jumps of a run, as shares of them; nothing without any. */
function riskMetrics(rows: readonly StatRow[]): readonly MetricRow[] {
  const reached = counts(rows, 'risk.');
  const all = reached.reduce((sum, [, count]) => sum + count, 0);
  if (all === 0) return [];
  const share = (radius: string): number => (reached.find(([name]) => name === radius)?.[1] ?? 0) / all;
  return [
    metric('risk.operations', all, 'count'),
    ...RADII.map((radius) => metric(`risk.${radius}`, share(radius), 'share')),
  ];
}

function metric(name: string, value: number, unit: string): MetricRow {
  return { name, component: 'server', value, unit };
}

function totals(rows: readonly StatRow[]): (name: string) => number {
  const values = new Map(rows.map((row) => [row.name, row.value]));
  return (name) => values.get(name) ?? 0;
}

/** Rows under a prefix that counted anything, by what follows it. */
function counts(rows: readonly StatRow[], prefix: string): (readonly [string, number])[] {
  return rows
    .filter(({ name, value }) => name.startsWith(prefix) && value > 0)
    .map(({ name, value }) => [name.slice(prefix.length), value] as const);
}

function latencies({ latency, clock }: Phase): MetricRow[] {
  const us = (cycles: number): number => clock.ns(cycles) / 1000;
  const quantiles = QUANTILES.map((name) => metric(`latency.${name}`, us(latency.quantiles[name]), 'us'));
  return [metric('latency.mean', us(latency.mean), 'us'), ...quantiles];
}

/** Sum over all logical CPUs of one statistic of theirs. */
function overCores(rows: readonly StatRow[], suffix: string): number {
  return rows.reduce((sum, { name, value }) => (CORE.test(name) && name.endsWith(suffix) ? sum + value : sum), 0);
}
const CORE = /^core\d+(t\d+)?\./;

function cpiStack(rows: readonly StatRow[], perRequest: (value: number) => number): MetricRow[] {
  return bucketsOf(rows).map((bucket) =>
    metric(`cyclesPerRequest.${bucket}`, perRequest(overCores(rows, `.cpi.${bucket}`)), 'cycles/request'),
  );
}

/** Without hardware threads there is no waiting for them. */
function bucketsOf(rows: readonly StatRow[]): readonly string[] {
  return rows.some(({ name }) => CORE.test(name) && name.endsWith('.cpi.smt')) ? CPI_BUCKETS : LONE_BUCKETS;
}

/** Share of the time of logical CPUs in which they were not halted. */
function utilisation(rows: readonly StatRow[]): number {
  const all = bucketsOf(rows).reduce((sum, bucket) => sum + overCores(rows, `.cpi.${bucket}`), 0);
  return all === 0 ? 0 : 1 - overCores(rows, '.cpi.idle') / all;
}

function missesPerRequest(rows: readonly StatRow[], level: string, perRequest: (value: number) => number): MetricRow[] {
  return ['User', 'Kernel'].map((domain) =>
    metric(`served.${level}${domain}`, perRequest(overCores(rows, `.served.${level}${domain}`)), 'lines/request'),
  );
}
