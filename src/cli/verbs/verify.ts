import { verifyBag } from '../../experiment/node/reproduce.ts';
import { jsonOption } from '../arguments.ts';
import { openBag } from '../bags.ts';
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
      const opened = openBag(path);
      const { runs, wrong } =
        'bag' in opened ? verifyBag(opened.bag) : { runs: 0, wrong: [{ file: path, problem: opened.damage }] };
      const text =
        wrong.length === 0
          ? `${path}: whole, ${count(runs, 'run')}`
          : wrong.map(({ file, problem }) => `${file}: ${problem}`).join('\n');
      answer(context, options, { archive: path, runs, ok: wrong.length === 0, wrong }, text);
      finish(wrong.length === 0 ? EXIT.ok : EXIT.mismatch);
    });
};
