import type { SweepOutcome } from '../experiment/node/sweep.ts';
import type { Study } from '../experiment/study.ts';
import { closingScreen } from '../report/closing.ts';
import { comparisonTable } from '../report/table.ts';
import type { Packed } from './pack.ts';
import { count } from './text.ts';

/** What a sweep says at its end: what was done, the comparison, the answer in two sentences, where the files are. */
export function closingText(study: Study, dir: string, done: SweepOutcome, files?: Packed): string {
  const { machine } = study.base;
  const context = {
    directory: dir,
    ...(typeof machine === 'string' ? { machine } : {}),
    ...(files === undefined ? {} : { figures: files.figures.filter((path) => path.endsWith('.png')) }),
    failed: done.failures.length,
  };
  const table = done.summary.length === 0 ? '' : `${comparisonTable(done.summary)}\n`;
  const archive = files === undefined ? '' : `Archive: ${files.archive}\n`;
  return `${accountOf(done)}\n\n${table}${closingScreen(done.summary, context)}${archive}`;
}

function accountOf({ done, skipped, failures, left }: SweepOutcome): string {
  const parts = [
    `${count(done, 'run')} done`,
    ...(skipped > 0 ? [`${skipped} there already`] : []),
    ...(failures.length > 0 ? [`${failures.length} failed`] : []),
    ...(left > 0 ? [`${left} left; the same command continues`] : []),
  ];
  return parts.join(', ');
}

/** The same as one JSON document. */
export function sweepDocument(study: Study, dir: string, outcome: SweepOutcome, files?: Packed): unknown {
  const { plan, done, skipped, failures, left, summary } = outcome;
  return {
    experiment: study.experiment,
    dir,
    runs: { planned: plan.length, done, skipped, failed: failures.length, left },
    failures: failures.map(({ row, message, command }) => ({ run: row.id, name: row.name, message, command })),
    summary,
    ...(files === undefined ? {} : { figures: files.figures, archive: files.archive }),
  };
}
