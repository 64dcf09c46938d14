import type { MetricRow, PlanRow, ScalarRow, SummaryRow } from '../archive/rows.ts';
import { comparisonKey, groupBy, isBaseline } from './groups.ts';
import { estimate, paired } from './inference.ts';
import type { Study } from './study.ts';

const DEFAULT_LEVEL = 0.95;

/** A finished run of a plan with its responses. */
export interface FinishedRun {
  readonly row: PlanRow;
  readonly metrics: readonly MetricRow[];
}

type StudyView = Pick<Study, 'experiment' | 'compare' | 'zip' | 'repeat'>;
type Baselines = ReadonlyMap<string, readonly ScalarRow[]>;

/** Responses of runs as tidy rows: runs in the given order, responses by component and name. */
export function scalarRows(experiment: string, runs: readonly FinishedRun[]): ScalarRow[] {
  return runs.flatMap(({ row, metrics }) => {
    const { id: run, measurement, itervars, spec } = row;
    return metrics
      .toSorted((a, b) => compareText(a.component, b.component) || compareText(a.name, b.name))
      .map(({ component, name: metric, unit, value }) => {
        return { run, experiment, measurement, repetition: spec.replication, itervars, component, metric, unit, value };
      });
  });
}

/**
 * Every response of every measurement over its replications, with its difference to the compared level: pairs are runs of equal
 * replication, which share their random numbers. Measurements in the given order, then component and response.
 */
export function summaryRows(study: StudyView, scalars: readonly ScalarRow[]): SummaryRow[] {
  const samples = groupBy(scalars, (row) => `${row.measurement}\0${row.component}\0${row.metric}`);
  const baselines: Baselines = new Map(
    [...samples.values()]
      .filter(([row]) => isBaseline(study, row.itervars))
      .map((sample) => [pairKey(study, sample[0]), sample]),
  );
  return [...samples.values()].map((sample) => summaryRow(study, sample, baselines));
}

/** Confidence level of a study: that of its precision target, or 0.95. */
function levelOf(study: Pick<Study, 'repeat'>): number {
  return typeof study.repeat === 'number' ? DEFAULT_LEVEL : study.repeat.target.level;
}

function summaryRow(study: StudyView, sample: readonly ScalarRow[], baselines: Baselines): SummaryRow {
  const { experiment, measurement, itervars, component, metric, unit } = sample[0];
  const level = levelOf(study);
  const values = sample.map((row) => row.value);
  const own = { experiment, measurement, itervars, component, metric, unit, ...estimate(values, level), level };
  const baseline = baselines.get(pairKey(study, sample[0]));
  if (baseline === undefined || baseline === sample) return own;
  const byReplication = new Map(baseline.map((row) => [row.repetition, row.value]));
  const both = sample.filter((row) => byReplication.has(row.repetition));
  if (both.length === 0) return own;
  const against = both.map((row) => byReplication.get(row.repetition)!);
  const difference = paired(
    both.map((row) => row.value),
    against,
    level,
  );
  return { ...own, baseline: String(study.compare!.to), ...difference };
}

function pairKey(study: StudyView, row: ScalarRow): string {
  return `${comparisonKey(study, row.itervars)}\0${row.component}\0${row.metric}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
