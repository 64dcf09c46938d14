import { existsSync, statSync } from 'node:fs';
import { FILES } from '../archive/layout.ts';
import type { PlanRow } from '../archive/rows.ts';
import { bagText } from '../archive/storebag.ts';
import { parsePlan } from '../archive/storeresults.ts';
import { singleRow } from '../experiment/node/single.ts';
import { openBag } from './bags.ts';
import type { Context } from './context.ts';
import { openResults, openStudy, resultsDir } from './studies.ts';
import { UsageError } from './usage.ts';
import { findRun } from './verbs/command.ts';
import { noteFirstLevels } from './verbs/run.ts';

/** What chooses a run of a study, as `ringsim run` has it; of results and archives a run is chosen by its id or name. */
export interface Choice {
  readonly override?: readonly string[];
  readonly seed?: number;
  readonly replication?: number;
}

/** The one run that a user means: of a results folder or an archive the one that `run` names, of a study file the one that `choice` leaves. */
export async function plannedRun(
  from: string,
  run: string | undefined,
  choice: Choice,
  context: Context,
): Promise<PlanRow> {
  if (!existsSync(from)) throw new UsageError(`${from}: no such study file, folder of results or archive`);
  const plan = planOf(from);
  return plan === undefined ? ofStudy(from, run, choice, context) : ofPlan(plan, from, run, choice);
}

/** The plan in a folder or an archive; undefined of what is neither. */
function planOf(from: string): readonly PlanRow[] | undefined {
  if (statSync(from).isDirectory()) return openResults(from).plan;
  if (!from.endsWith('.zip')) return undefined;
  const opened = openBag(from);
  if ('damage' in opened) throw new UsageError(`${from} is damaged: ${opened.damage}`);
  return parsePlan(bagText(opened.bag, FILES.plan), `${from}/${FILES.plan}`);
}

function ofPlan(
  plan: readonly PlanRow[],
  from: string,
  run: string | undefined,
  { override, seed, replication }: Choice,
): PlanRow {
  if (override !== undefined || seed !== undefined || replication !== undefined)
    throw new UsageError(
      `${from} holds runs: name one of them; -o, --seed and --replication choose a run of a study file`,
    );
  if (run !== undefined) return findRun(plan, run, from);
  if (plan.length === 1) return plan[0];
  throw new UsageError(`${from} plans ${plan.length} runs: say which, such as '${plan[0].name}'`);
}

async function ofStudy(file: string, run: string | undefined, choice: Choice, context: Context): Promise<PlanRow> {
  if (run !== undefined)
    throw new UsageError(`${file} is a study file: choose its run by -o, --seed and --replication, not by ${run}`);
  const { override: overrides = [], seed, replication = 0 } = choice;
  const study = await openStudy(file, context, { overrides, ...(seed === undefined ? {} : { seed }) });
  const row = singleRow(study, { catalogue: await context.catalogue(), replication, dir: resultsDir(study) });
  noteFirstLevels(study, row.measurement, context);
  return row;
}
