import { fileURLToPath } from 'node:url';
import { readTargets, type Target } from '../../experiment/validate/target.ts';
import { validate as validateTargets } from '../../experiment/validate/validate.ts';
import { ConfigError, problemText } from '../../sim/errors.ts';
import { jsonOption } from '../arguments.ts';
import { answer, example, type CommonOptions, type Context, type Verb } from '../context.ts';
import { EXIT } from '../exit.ts';
import { readRecording } from '../recordings.ts';
import { summaryOf, validationText } from '../validationtext.ts';

interface Options extends CommonOptions {
  readonly targets?: string;
  readonly all?: true;
}

const FOLDER = new URL('../../../experiments/micro/', import.meta.url);
/** What is validated without `--targets`. */
const OWN = ['published.csv', 'lmbench.csv', 'recorded.csv'];

/** `ringsim validate`: published and measured numbers against what the simulator predicts. */
export const validate: Verb = (program, context, finish) => {
  program
    .command('validate')
    .description(
      'compare published and measured numbers with predictions, each by a scenario that runs the simulator; says what is within its band, outside, or has no scenario',
    )
    .option(
      '--targets <file>',
      'CSV with columns source, cpu, metric, value, unit (default: those that come with ringsim)',
    )
    .option('--all', 'also list the targets without a scenario')
    .addOption(jsonOption())
    .addHelpText('after', example('validate --targets experiments/micro/example.csv'))
    .action((options: Options) => {
      const targets =
        options.targets === undefined ? ownTargets(context) : read(options.targets, options.targets, context);
      const outcomes = validateTargets(targets, (text) => {
        if (context.isTerminal) context.err(`${text}\n`);
      });
      const document = { targets: outcomes, summary: summaryOf(outcomes) };
      answer(context, options, document, validationText(outcomes, options.all === true));
      finish(EXIT.ok);
    });
};

function ownTargets(context: Context): readonly Target[] {
  return OWN.flatMap((name) => read(fileURLToPath(new URL(name, FOLDER)), name, context));
}

function read(path: string, name: string, { err }: Context): readonly Target[] {
  const { targets, problems, notes } = readTargets(readRecording(path).toString(), name);
  if (problems.length > 0) throw new ConfigError(problems);
  for (const note of notes) err(`${problemText(note)}\n`);
  return targets;
}
