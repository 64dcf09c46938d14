import { census, readRecord } from '../../archive/storeruns.ts';
import { jsonOption } from '../arguments.ts';
import { answer, example, type CommonOptions, type Verb } from '../context.ts';
import { EXIT } from '../exit.ts';
import { openResults } from '../studies.ts';
import { count } from '../text.ts';

/** `ringsim status`: how far a study is, from the names of files alone. */
export const status: Verb = (program, context, finish) => {
  program
    .command('status <dir>')
    .description('progress of a study, from its files alone')
    .addOption(jsonOption())
    .addHelpText('after', example('status results/quickstart'))
    .action((dir: string, options: CommonOptions) => {
      const document = progressOf(dir);
      answer(context, options, document, textOf(document));
      finish(EXIT.ok);
    });
};

interface Progress {
  readonly experiment: string;
  readonly planned: number;
  readonly finished: number;
  readonly failed: readonly { readonly run: string; readonly name: string; readonly message: string }[];
  readonly left: number;
  /** Runs stored here that the plan does not ask for. */
  readonly others: number;
}

function progressOf(dir: string): Progress {
  const { plan, study } = openResults(dir);
  const stored = census(dir);
  const finished = plan.filter((row) => stored.finished.has(row.id)).length;
  const failed = plan
    .filter((row) => stored.failed.has(row.id) && !stored.finished.has(row.id))
    .map((row) => ({ run: row.id, name: row.name, message: readRecord(dir, row.id)?.message ?? '' }));
  const left = plan.length - finished - failed.length;
  return {
    experiment: study.experiment,
    planned: plan.length,
    finished,
    failed,
    left,
    others: stored.finished.size - finished,
  };
}

function textOf({ experiment, planned, finished, failed, left, others }: Progress): string {
  return [
    `${experiment}: ${finished} of ${count(planned, 'run')} finished, ${failed.length} failed, ${left} left`,
    ...failed.map(({ run, name, message }) => `  failed ${name} (${run}): ${message}`),
    ...(others > 0 ? [`  ${count(others, 'stored run')} outside this plan`] : []),
  ].join('\n');
}
