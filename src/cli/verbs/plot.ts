import { join } from 'node:path';
import type { SummaryRow } from '../../archive/rows.ts';
import { figures } from '../../report/figures.ts';
import { metricsOf } from '../../report/study.ts';
import { readSummary } from '../../report/summary.ts';
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
      const summary = readResultsFile(dir, FILES.summary);
      if (summary === undefined) throw new UsageError(`${dir} has no ${FILES.summary} yet: no run has finished`);
      checkIds(options.fig ?? [], readSummary(summary, join(dir, FILES.summary)));
      const files = await drawFigures(dir, options.fig ?? study.figures);
      answer(context, options, { dir, files }, files.join('\n'));
      finish(EXIT.ok);
    });
};

/** Throws a ConfigError with all figures that do not exist, and all metrics and factors of `lines` that these results do not have. */
function checkIds(ids: readonly string[], rows: readonly SummaryRow[]): void {
  const known = { metric: metricsOf(rows), factor: Object.keys(rows[0]?.itervars ?? {}) };
  const problems = ids.flatMap((id) => {
    const [figure, metric, factor] = id.split(':');
    const findings = [
      ...unknownIn('figure', figure, Object.keys(figures)),
      ...(figure === 'lines' ? unknownIn('metric', metric, known.metric) : []),
      ...(figure === 'lines' ? unknownIn('factor', factor, known.factor) : []),
    ];
    return findings.map((finding) => Object.assign({ file: `--fig ${id}`, path: '(option)' }, finding));
  });
  if (problems.length > 0) throw new ConfigError(problems);
}

function unknownIn(kind: string, name: string | undefined, known: readonly string[]): ReturnType<typeof unknownName>[] {
  return name === undefined || known.includes(name) ? [] : [unknownName(kind, name, known)];
}
