import { runAttacks } from '../../check/attack.ts';
import type { Attack } from '../../check/attackfile.ts';
import { readAttackFile } from '../../check/attackjson.ts';
import { attackTable } from '../../check/attacktable.ts';
import { ConfigError, type Problem } from '../../sim/errors.ts';
import { jsonOption } from '../arguments.ts';
import { answer, example, type CommonOptions, type Verb } from '../context.ts';
import { EXIT } from '../exit.ts';
import { readRecording } from '../recordings.ts';
import { UsageError } from '../usage.ts';

/** `ringsim attack`: attack programs against the readings of the proposal. */
export const attack: Verb = (program, context, finish) => {
  program
    .command('attack <file...>')
    .description(
      'run attack programs (.yaml or .json) under every profile; exits 1 when an outcome is not the one its file expects',
    )
    .addOption(jsonOption())
    .addHelpText('after', example('attack experiments/attacks/*.yaml'))
    .action((paths: string[], options: CommonOptions) => {
      const attacks = readAll(paths);
      if (attacks.length === 0) throw new UsageError(`${paths.join(', ')}: no attack in there`);
      const report = runAttacks(attacks);
      answer(context, options, report, attackTable(report));
      finish(report.disagree > 0 ? EXIT.checkFailed : EXIT.ok);
    });
};

/** The attacks of all files; mistakes of all files are listed together. */
function readAll(paths: readonly string[]): Attack[] {
  const problems: Problem[] = [];
  const attacks = paths.flatMap((path) => {
    try {
      return readAttackFile(readRecording(path).toString(), path);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return attacks;
}
