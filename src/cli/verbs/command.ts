import type { PlanRow } from '../../archive/rows.ts';
import { runCommand } from '../../experiment/command.ts';
import { nearest } from '../../sim/nearest.ts';
import { jsonOption } from '../arguments.ts';
import { answer, example, type CommonOptions, type Verb } from '../context.ts';
import { EXIT } from '../exit.ts';
import { openResults } from '../studies.ts';
import { UsageError } from '../usage.ts';

/** `ringsim command`: the exact command of one run. */
export const command: Verb = (program, context, finish) => {
  program
    .command('command <dir> <run>')
    .description('the exact command that repeats one run; <run> is its id, the start of it, or its name')
    .addOption(jsonOption())
    .addHelpText('after', example("command results/quickstart 'quickstart-cores=2,kpti=true,policy=kernelmode#3'"))
    .action((dir: string, run: string, options: CommonOptions) => {
      const results = openResults(dir);
      const row = findRun(results.plan, run, dir);
      const text = runCommand(context.program, results.dir, row);
      answer(context, options, { run: row.id, name: row.name, command: text }, text);
      finish(EXIT.ok);
    });
};

/** The one run of a plan that a user means; a `UsageError` when there is none or more than one. */
export function findRun(plan: readonly PlanRow[], wanted: string, dir: string): PlanRow {
  const found = plan.filter((row) => row.name === wanted || row.id.startsWith(wanted));
  if (found.length === 1) return found[0];
  if (found.length > 1)
    throw new UsageError(
      `${found.length} runs of ${dir} start with ${wanted}: ${found.map((row) => row.id).join(', ')}`,
    );
  const near = nearest(
    wanted,
    plan.flatMap((row) => [row.id, row.name]),
  );
  throw new UsageError(`${dir} plans no run ${wanted}${near === undefined ? '' : `; did you mean ${near}?`}`);
}
