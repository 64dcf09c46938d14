import { jsonOption } from '../arguments.ts';
import { checkBag, mismatchText, openBag } from '../bags.ts';
import { answer, example, type CommonOptions, type Verb } from '../context.ts';
import { EXIT } from '../exit.ts';
import { count } from '../text.ts';

/** `ringsim verify`: hashes, run ids and tables of an archive, without running anything. */
export const verify: Verb = (program, context, finish) => {
  program
    .command('verify <archive>')
    .description('check the hashes of an archive, the ids of its runs and that its tables follow from them')
    .addOption(jsonOption())
    .addHelpText('after', example('verify results/quickstart.zip'))
    .action((path: string, options: CommonOptions) => {
      const { runs, wrong } = checkBag(openBag(path), path);
      const text = wrong.length === 0 ? `${path}: whole, ${count(runs, 'run')}` : mismatchText(wrong);
      answer(context, options, { archive: path, runs, ok: wrong.length === 0, wrong }, text);
      finish(wrong.length === 0 ? EXIT.ok : EXIT.mismatch);
    });
};
