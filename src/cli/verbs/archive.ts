import { jsonOption } from '../arguments.ts';
import { answer, example, type CommonOptions, type Verb } from '../context.ts';
import { EXIT } from '../exit.ts';
import { writeArchive } from '../pack.ts';
import { openResults } from '../studies.ts';

interface Options extends CommonOptions {
  readonly out?: string;
}

/** `ringsim archive`: results as one zip that proves itself. */
export const archive: Verb = (program, context, finish) => {
  program
    .command('archive <dir>')
    .description('write complete results as <experiment>.zip; equal results give equal bytes')
    .option('--out <dir>', 'folder of the zip (default: beside the results)')
    .addOption(jsonOption())
    .addHelpText('after', example('archive results/quickstart --out .'))
    .action(async (dir: string, options: Options) => {
      const results = openResults(dir);
      const path = await writeArchive(results, options.out);
      answer(context, options, { archive: path, runs: results.plan.length }, path);
      finish(EXIT.ok);
    });
};
