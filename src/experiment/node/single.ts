import type { PlanRow, RunResult } from '../../archive/rows.ts';
import { runTexts, type Texts } from '../../archive/runfiles.ts';
import { RUN_FILES } from '../../archive/layout.ts';
import { withoutHost } from '../../archive/statstext.ts';
import { readPlan } from '../../archive/storeresults.ts';
import { census, readRunTexts } from '../../archive/storeruns.ts';
import type { Catalogue } from '../catalogue.ts';
import { runCommand } from '../command.ts';
import { measurements, planRuns } from '../expand.ts';
import type { Study } from '../study.ts';
import { MODEL_VERSION } from '../version.ts';
import { loadRun, perform } from './perform.ts';
import type { EngineName, RunOutcome } from './protocol.ts';
import { storeOutcome } from './store.ts';
import { versions } from './versions.ts';

/** How to do one run of a study. */
export interface SingleOptions {
  readonly dir: string;
  readonly catalogue: Catalogue;
  readonly runModule: string;
  readonly engine: EngineName;
  readonly replication: number;
  readonly program: string;
}

/** One run and what the results folder has to do with it. */
export interface SingleOutcome {
  readonly row: PlanRow;
  readonly outcome: RunOutcome;
  /** `new`: stored now; `equal`, `different`: the folder holds this run already, with these or other bytes; it stays untouched. */
  readonly stored: 'new' | 'equal' | 'different' | 'failed';
  /** Files whose bytes differ from the stored ones. */
  readonly differing: readonly string[];
}

/** The first run of a study at one replication: its measurement is the one that `-o` options have left, or the first of several. */
export function singleRow(
  study: Study,
  { catalogue, replication, dir }: Pick<SingleOptions, 'catalogue' | 'replication' | 'dir'>,
): PlanRow {
  const [point] = measurements(study, catalogue);
  const [row] = planRuns(study, [point], replication, replication + 1);
  return readPlan(dir)?.find((planned) => planned.id === row.id) ?? row;
}

/** Does one run in this thread and stores it, or compares it with the stored one byte by byte. */
export async function runSingle(row: PlanRow, options: SingleOptions): Promise<SingleOutcome> {
  const { dir, engine, program, runModule } = options;
  const outcome = await perform(await loadRun(runModule), row.spec, engine);
  if (outcome.kind === 'finished' && census(dir).finished.has(row.id)) {
    const differing = differingFiles(readRunTexts(dir, row.id), outcome.result);
    return { row, outcome, stored: differing.length === 0 ? 'equal' : 'different', differing };
  }
  storeOutcome(dir, row, outcome, { command: runCommand(program, dir, row), engine, versions: versions() });
  return { row, outcome, stored: outcome.kind === 'finished' ? 'new' : 'failed', differing: [] };
}

/** Names of the exact files in which a stored run differs from a result. */
export function differingFiles(stored: Texts, result: RunResult): string[] {
  const texts = runTexts(result, MODEL_VERSION);
  const exact: Texts = { ...stored, [RUN_FILES.statsText]: withoutHost(stored[RUN_FILES.statsText]) };
  return Object.keys(texts).filter((name) => texts[name] !== exact[name]);
}
