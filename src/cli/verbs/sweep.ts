import { Option } from 'commander';
import type { PlanRow } from '../../archive/rows.ts';
import { firstReplications, measurements, planRuns } from '../../experiment/expand.ts';
import { prepareResults } from '../../experiment/node/prepare.ts';
import type { EngineName } from '../../experiment/node/protocol.ts';
import { sweep as doSweep, type SweepOutcome } from '../../experiment/node/sweep.ts';
import { selection } from '../../experiment/select.ts';
import type { Study } from '../../experiment/study.ts';
import { engineOption, jsonOption, workersOption } from '../arguments.ts';
import { attended } from '../attended.ts';
import { closingText, sweepDocument } from '../closing.ts';
import { answer, example, type CommonOptions, type Context, type Verb } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { packResults, type Packed } from '../pack.ts';
import type { Progress } from '../progress.ts';
import { openStudy, resultsDir, studyText, type Results } from '../studies.ts';
import { count } from '../text.ts';

interface Options extends CommonOptions {
  readonly jobs: number;
  readonly filter?: string;
  readonly dry?: true;
  readonly out?: string;
  readonly failFast?: true;
  readonly replace?: true;
  readonly archive?: true;
  readonly engine: EngineName;
}

/** `ringsim sweep`: all runs of a study that are not there yet. */
export const sweep: Verb = (program, context, finish) => {
  program
    .command('sweep <study>')
    .description('do all runs of a study that are not stored yet, and summarise them; resumes by itself')
    .addOption(workersOption())
    .option('-r, --filter <expr>', `only runs that satisfy an expression: "policy == 'free' && repetition < 2"`)
    .option('--dry', 'list the runs and their number, and do nothing')
    .option('--out <dir>', 'folder of results (default: results/<experiment>)')
    .addOption(new Option('--keep-going', 'finish all other runs when one fails (default)').conflicts('failFast'))
    .option('--fail-fast', 'stop when one run fails')
    .option('--replace', 'make a folder that holds another study hold this one; runs they share are kept')
    .option('--archive', 'then draw the figures and write the archive')
    .addOption(engineOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      example('sweep experiments/quickstart.yaml --dry', 'sweep experiments/quickstart.yaml -j 2 --archive'),
    )
    .action(async (file: string, options: Options) => finish(await act(file, options, context)));
};

async function act(file: string, options: Options, context: Context): Promise<ExitCode> {
  const study = await openStudy(file, context, {});
  const catalogue = await context.catalogue();
  const plan = planRuns(study, measurements(study, catalogue), 0, firstReplications(study));
  const select = options.filter === undefined ? () => true : selection(options.filter, study, plan, catalogue);
  if (options.dry) return dry(study, plan.filter(select), options, context);
  const dir = resultsDir(study, options.out);
  prepareResults(dir, study, studyText(file), options.replace === true);
  const done = await attended(context, options.jobs, (progress, signal) =>
    doSweep(study, {
      dir,
      catalogue,
      runModule: context.runModule,
      engine: options.engine,
      workers: options.jobs,
      failFast: options.failFast === true,
      select,
      program: context.program,
      signal,
      observer: observe(progress),
    }),
  );
  const files = options.archive ? await pack({ dir, plan: done.plan, study }, done, context) : undefined;
  answer(context, options, sweepDocument(study, dir, done, files), closingText(study, dir, done, files));
  return codeOf(done);
}

async function pack(results: Results, done: SweepOutcome, context: Context): Promise<Packed | undefined> {
  if (done.done + done.skipped === done.plan.length) return packResults(results, context);
  context.err('no figures and no archive: not all runs are there\n');
  return undefined;
}

function dry(study: Study, rows: readonly PlanRow[], options: Options, context: Context): ExitCode {
  const runs = rows.map(({ id, name, itervars, spec }) => ({ id, name, itervars, repetition: spec.replication }));
  const until =
    typeof study.repeat === 'number' ? '' : ` in the first round, up to ${study.repeat.max} replications each`;
  const text = [...runs.map(({ id, name }) => `${id}  ${name}`), `${count(runs.length, 'run')}${until}`].join('\n');
  answer(context, options, { experiment: study.experiment, count: runs.length, runs }, text);
  return EXIT.ok;
}

function observe(progress: Progress): Parameters<typeof doSweep>[1]['observer'] {
  return {
    planned: (selected, done) => progress.plan(selected, done),
    finished: (_, seconds) => progress.step(seconds),
    failed: ({ row, message, command }) =>
      progress.fail(`failed ${row.name} (${row.id}): ${message}\n  repeat it: ${command}`),
  };
}

/** Runs are left over, without a failure, only when Ctrl-C stopped the sweep. */
function codeOf({ failures, left }: SweepOutcome): ExitCode {
  if (failures.length > 0) return EXIT.someRunsFailed;
  return left > 0 ? EXIT.interrupted : EXIT.ok;
}
