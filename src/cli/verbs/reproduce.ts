import { reproduceBag, type Reproduction } from '../../experiment/node/reproduce.ts';
import type { EngineName } from '../../experiment/node/protocol.ts';
import { engineOption, jsonOption, whole, workersOption } from '../arguments.ts';
import { attended } from '../attended.ts';
import { checkBag, mismatchText, openBag } from '../bags.ts';
import { answer, example, type CommonOptions, type Context, type Verb } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { count } from '../text.ts';

interface Options extends CommonOptions {
  readonly sample?: number;
  readonly jobs: number;
  readonly engine: EngineName;
}

/** `ringsim reproduce`: runs an archive again and compares bytes. */
export const reproduce: Verb = (program, context, finish) => {
  program
    .command('reproduce <archive>')
    .description('run what an archive holds again and compare every file of every run byte by byte')
    .option('--sample <n>', 'only so many runs, spread over the study', whole(1))
    .addOption(workersOption())
    .addOption(engineOption())
    .addOption(jsonOption())
    .addHelpText('after', example('reproduce results/quickstart.zip --sample 4'))
    .action(async (path: string, options: Options) => finish(await act(path, options, context)));
};

async function act(path: string, options: Options, context: Context): Promise<ExitCode> {
  const opened = openBag(path);
  const { runs, wrong } = checkBag(opened, path);
  if (wrong.length > 0 || !('bag' in opened)) {
    answer(context, options, { archive: path, ok: false, wrong }, mismatchText(wrong));
    return EXIT.mismatch;
  }
  const done = await attended(context, options.jobs, (progress, signal) => {
    progress.plan(Math.min(options.sample ?? runs, runs), 0);
    return reproduceBag(opened.bag, options.sample, {
      workers: options.jobs,
      runModule: context.runModule,
      engine: options.engine,
      signal,
      onDone: (_, outcome) => progress.step(outcome.host.seconds),
    });
  });
  answer(context, options, { archive: path, ok: done.different.length === 0, ...done }, textOf(path, done));
  if (done.different.length > 0) return EXIT.mismatch;
  return done.left > 0 ? EXIT.interrupted : EXIT.ok;
}

function textOf(path: string, { runs, equal, different, left }: Reproduction): string {
  return [
    ...different.map(
      ({ id, name, files, message }) => `${name} (${id}): ${message ?? `other bytes in ${files.join(', ')}`}`,
    ),
    `${path}: ${equal} of ${count(runs, 'run')} equal byte for byte${left > 0 ? `, ${left} not run` : ''}`,
  ].join('\n');
}
