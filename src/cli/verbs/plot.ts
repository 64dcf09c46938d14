import { figures } from '../../report/figures.ts';
import { unknownName } from '../../experiment/messages.ts';
import { ConfigError } from '../../sim/errors.ts';
import { FILES } from '../../archive/layout.ts';
import { readResultsFile } from '../../archive/storeresults.ts';
import { collect, jsonOption } from '../arguments.ts';
import { answer, example, type CommonOptions, type Verb } from '../context.ts';
import { EXIT } from '../exit.ts';
import { drawFigures } from '../pack.ts';
import { openResults } from '../studies.ts';
import { UsageError } from '../usage.ts';

interface Options extends CommonOptions {
  readonly fig?: readonly string[];
}

/** `ringsim plot`: the figures of a study from its summary alone. */
export const plot: Verb = (program, context, finish) => {
  program
    .command('plot <dir>')
    .description('draw figures from summary.csv: vega-lite spec, CSV, SVG, PDF and PNG')
    .option(
      '--fig <id>',
      `one figure, may be repeated: ${Object.keys(figures).join(', ')}; lines:METRIC:FACTOR draws any metric`,
      collect,
    )
    .addOption(jsonOption())
    .addHelpText('after', example('plot results/quickstart --fig gain'))
    .action(async (dir: string, options: Options) => {
      const { study } = openResults(dir);
      checkIds(options.fig ?? []);
      if (readResultsFile(dir, FILES.summary) === undefined)
        throw new UsageError(`${dir} has no ${FILES.summary} yet: no run has finished`);
      const files = await drawFigures(dir, options.fig ?? study.figures);
      answer(context, options, { dir, files }, files.join('\n'));
      finish(EXIT.ok);
    });
};

function checkIds(ids: readonly string[]): void {
  const known = Object.keys(figures);
  const unknown = ids.filter((id) => !known.includes(id.split(':')[0]));
  if (unknown.length > 0)
    throw new ConfigError(
      unknown.map((id) => Object.assign({ file: `--fig ${id}`, path: '(option)' }, unknownName('figure', id, known))),
    );
}
