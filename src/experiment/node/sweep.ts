import { summaryCsv, scalarsCsv } from '../../archive/tables.ts';
import { FILES } from '../../archive/layout.ts';
import type { PlanRow, SummaryRow } from '../../archive/rows.ts';
import { planText, writeResultsFiles, writeTables } from '../../archive/storeresults.ts';
import { census, readRun } from '../../archive/storeruns.ts';
import { ConfigError, type Problem } from '../../sim/errors.ts';
import type { Catalogue } from '../catalogue.ts';
import { runCommand } from '../command.ts';
import { firstReplications, measurements, planRuns, type Measurement } from '../expand.ts';
import { planOrder } from '../groups.ts';
import { noTarget } from '../messages.ts';
import { missingTarget, nextRound } from '../stopping.ts';
import type { Study } from '../study.ts';
import { scalarRows, summaryRows, type FinishedRun } from '../summarise.ts';
import { runPool } from './pool.ts';
import type { EngineName, RunOutcome } from './protocol.ts';
import { storeOutcome } from './store.ts';
import { versions } from './versions.ts';

/** How to do a study. */
export interface SweepOptions {
  readonly dir: string;
  readonly catalogue: Catalogue;
  readonly runModule: string;
  readonly engine: EngineName;
  readonly workers: number;
  /** Stops after the first failure instead of finishing all other runs. */
  readonly failFast: boolean;
  /** Runs to do, all if absent; the plan holds the others too. */
  readonly select?: (row: PlanRow) => boolean;
  /** Name of this program in commands that are shown. */
  readonly program: string;
  readonly signal?: AbortSignal;
  readonly observer: SweepObserver;
}

/** Told what happens, while it happens. */
export interface SweepObserver {
  /** Before runs start, and again when a round is added: runs of the plan that are selected, and how many of them are done. */
  planned(selected: number, done: number): void;
  finished(row: PlanRow, seconds: number): void;
  failed(failure: Failure): void;
}

/** A run that failed, and how to see it fail again. */
export interface Failure {
  readonly row: PlanRow;
  readonly message: string;
  readonly command: string;
}

/** What a sweep did, and what it knows now. */
export interface SweepOutcome {
  readonly plan: readonly PlanRow[];
  /** Selected runs that were there before. */
  readonly skipped: number;
  readonly done: number;
  readonly failures: readonly Failure[];
  /** Selected runs that are neither finished nor failed: the sweep was stopped. */
  readonly left: number;
  readonly summary: readonly SummaryRow[];
}

/**
 * Does all runs of a study that are not stored yet, then writes scalars.csv and summary.csv over all that are. A stopped or failed
 * sweep leaves every finished run usable, and the next one continues. The plan is on disk before its runs start.
 */
export async function sweep(study: Study, options: SweepOptions): Promise<SweepOutcome> {
  const points = measurements(study, options.catalogue);
  let plan = planRuns(study, points, 0, firstReplications(study));
  const before = census(options.dir).finished;
  const failures: Failure[] = [];
  for (;;) {
    writeResultsFiles(options.dir, { [FILES.plan]: planText(plan) });
    await doMissing(plan, failures, options);
    const next = isStopped(failures, options) ? [] : furtherRuns(study, points, plan, options.dir);
    if (next.length === 0) break;
    plan = planOrder(
      [...plan, ...next],
      points.map((point) => point.name),
    );
  }
  return outcome(study, plan, before, failures, options);
}

function isStopped(failures: readonly Failure[], { failFast, signal }: SweepOptions): boolean {
  return signal?.aborted === true || (failFast && failures.length > 0);
}

function furtherRuns(study: Study, points: readonly Measurement[], plan: readonly PlanRow[], dir: string): PlanRow[] {
  if (typeof study.repeat === 'number') return [];
  const runs = finishedRuns(dir, plan);
  const missing = missingTarget(study, runs);
  if (missing !== undefined) throw new ConfigError([noTarget(missing.wanted, missing.have)]);
  return nextRound(study, points, runs);
}

async function doMissing(plan: readonly PlanRow[], failures: Failure[], options: SweepOptions): Promise<void> {
  const stored = census(options.dir).finished;
  const failed = new Set(failures.map((failure) => failure.row.id));
  const selected = plan.filter((row) => options.select?.(row) ?? true);
  const rows = selected.filter((row) => !stored.has(row.id) && !failed.has(row.id));
  options.observer.planned(selected.length, selected.length - rows.length);
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const onDone = (index: number, done: RunOutcome): void => {
    const failure = settle(rows[index], done, options);
    if (failure === undefined) return;
    failures.push(failure);
    if (options.failFast) stop.abort();
  };
  await runPool(
    rows.map((row) => row.spec),
    { ...options, signal, onDone },
  );
}

function settle(row: PlanRow, done: RunOutcome, options: SweepOptions): Failure | undefined {
  const command = runCommand(options.program, options.dir, row);
  storeOutcome(options.dir, row, done, { command, engine: options.engine, versions: versions() });
  if (done.kind === 'finished') {
    options.observer.finished(row, done.host.seconds);
    return undefined;
  }
  const failure = { row, message: done.message, command };
  options.observer.failed(failure);
  return failure;
}

/** Finished runs of a plan, in its order. A ConfigError lists all that are damaged. */
function finishedRuns(dir: string, plan: readonly PlanRow[]): FinishedRun[] {
  const stored = census(dir).finished;
  const problems: Problem[] = [];
  const runs = plan
    .filter((row) => stored.has(row.id))
    .flatMap((row): FinishedRun[] => {
      try {
        return [{ row, metrics: readRun(dir, row.id).metrics }];
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        problems.push(...error.problems);
        return [];
      }
    });
  if (problems.length > 0) throw new ConfigError(problems);
  return runs;
}

/** scalars.csv and summary.csv of the finished runs of a plan, with the rows of the latter. */
export function tablesOf(
  study: Study,
  runs: readonly FinishedRun[],
): { texts: Readonly<Record<string, string>>; summary: SummaryRow[] } {
  const factors = Object.keys(study.vary).toSorted();
  const scalars = scalarRows(study.experiment, runs);
  const summary = summaryRows(study, scalars);
  const texts = { [FILES.scalars]: scalarsCsv(scalars, factors), [FILES.summary]: summaryCsv(summary, factors) };
  return { texts, summary };
}

function outcome(
  study: Study,
  plan: readonly PlanRow[],
  before: ReadonlySet<string>,
  failures: readonly Failure[],
  { dir, select }: SweepOptions,
): SweepOutcome {
  const runs = finishedRuns(dir, plan);
  const { texts, summary } = tablesOf(study, runs);
  writeTables(dir, texts);
  const stored = new Set(runs.map((run) => run.row.id));
  const selected = plan.filter((row) => select?.(row) ?? true);
  const skipped = selected.filter((row) => before.has(row.id)).length;
  const done = selected.filter((row) => stored.has(row.id)).length - skipped;
  return { plan, skipped, done, failures, left: selected.length - skipped - done - failures.length, summary };
}
