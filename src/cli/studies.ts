import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILES } from '../archive/layout.ts';
import type { PlanRow } from '../archive/rows.ts';
import { parseStored } from '../archive/parsed.ts';
import { readPlan, readResultsFile } from '../archive/storeresults.ts';
import { readStudyFile } from '../experiment/node/readstudy.ts';
import { loadStudy, type Study, type StudyOptions } from '../experiment/study.ts';
import { figures } from '../report/figures.ts';
import type { Context } from './context.ts';
import { UsageError } from './usage.ts';

/** The study in a file, checked against everything this version knows. */
export async function openStudy(
  file: string,
  context: Context,
  changes: Omit<StudyOptions, 'catalogue' | 'figures'>,
): Promise<Study> {
  return loadStudy(file, readStudyFile, {
    ...changes,
    catalogue: await context.catalogue(),
    figures: Object.keys(figures),
  });
}

/** A study file as its author wrote it. */
export function studyText(file: string): string {
  return readFileSync(file, 'utf8');
}

/** Folder of the results of a study unless the user names one. */
export function resultsDir(study: Study, out?: string): string {
  return out ?? `results/${study.experiment}`;
}

/** A results folder with its plan and study. */
export interface Results {
  readonly dir: string;
  readonly plan: readonly PlanRow[];
  readonly study: Study;
}

/** The results in a folder; a `UsageError` when nothing was planned there, a `ConfigError` when its plan or study is damaged. */
export function openResults(dir: string): Results {
  if (!existsSync(dir)) throw new UsageError(`${dir}: no such folder`);
  const [plan, resolved] = [readPlan(dir), readResultsFile(dir, FILES.resolved)];
  if (plan === undefined || resolved === undefined) {
    throw new UsageError(
      `${dir} holds no results: it has no ${plan === undefined ? FILES.plan : FILES.resolved}; sweep makes both`,
    );
  }
  const file = join(dir, FILES.resolved);
  const study = parseStored(
    resolved,
    file,
    ['experiment', 'base', 'vary', 'repeat'],
    'sweep again with --replace',
  ) as Study;
  return { dir: dir.replace(/(?<=.)\/+$/, ''), plan, study };
}
