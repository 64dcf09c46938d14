import type { PlanRow } from '../archive/rows.ts';
import { planRuns, type Measurement } from './expand.ts';
import { comparisonKey, groupBy } from './groups.ts';
import { estimate } from './inference.ts';
import type { Study, Until } from './study.ts';
import type { FinishedRun } from './summarise.ts';

/**
 * Runs to add after a round so that the target response gets precise: measurements that are compared with each other grow
 * together, by half of what they have, until every one of them meets the target or has `max` replications. Empty when the study is
 * done. Depends on results only, so every machine and every resumed sweep adds the same runs. Groups with a failed run stop.
 */
export function nextRound(study: Study, points: readonly Measurement[], runs: readonly FinishedRun[]): PlanRow[] {
  if (typeof study.repeat === 'number') return [];
  const until = study.repeat;
  const byName = groupBy(runs, (run) => run.row.measurement);
  // Without a comparison nothing is paired, and each measurement grows on its own.
  const keyOf = (point: Measurement): string =>
    study.compare === undefined ? point.name : comparisonKey(study, point.itervars);
  return [...groupBy(points, keyOf).values()].flatMap((group) => growGroup(study, until, group, byName));
}

type RunsByName = ReadonlyMap<string, readonly FinishedRun[]>;

function growGroup(study: Study, until: Until, group: readonly Measurement[], byName: RunsByName): PlanRow[] {
  const counts = group.map((point) => byName.get(point.name)?.length ?? 0);
  const have = Math.min(...counts);
  const isPrecise = group.every((point) => meetsTarget(byName.get(point.name) ?? [], until));
  if (isPrecise || have >= until.max || Math.max(...counts) !== have) return [];
  return planRuns(study, group, have, Math.min(until.max, have + Math.ceil(have / 2)));
}

/** True when every component's response has its relative half-width within the target. */
export function meetsTarget(runs: readonly FinishedRun[], { target }: Until): boolean {
  const limit = Number(target.halfwidth.replace('%', '')) / 100;
  const rows = runs.flatMap((run) => run.metrics.filter((metric) => metric.name === target.metric));
  const samples = [...groupBy(rows, (row) => row.component).values()];
  return samples.every((sample) => {
    const { mean, halfwidth } = estimate(
      sample.map((row) => row.value),
      target.level,
    );
    return halfwidth !== undefined && halfwidth <= limit * Math.abs(mean);
  });
}

/** Responses the runs have when the target names none of them; undefined when the target exists. */
export function missingTarget(
  study: Study,
  runs: readonly FinishedRun[],
): { wanted: string; have: string[] } | undefined {
  if (typeof study.repeat === 'number' || runs.length === 0) return undefined;
  const wanted = study.repeat.target.metric;
  const have = [...new Set(runs.flatMap((run) => run.metrics.map((metric) => metric.name)))].toSorted();
  return have.includes(wanted) ? undefined : { wanted, have };
}
