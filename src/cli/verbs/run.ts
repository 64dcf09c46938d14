import type { SingleOutcome } from '../../experiment/node/single.ts';
import { runSingle, singleRow } from '../../experiment/node/single.ts';
import type { EngineName } from '../../experiment/node/protocol.ts';
import { runFolder } from '../../archive/layout.ts';
import type { Study } from '../../experiment/study.ts';
import { collect, engineOption, jsonOption, whole } from '../arguments.ts';
import { answer, example, type CommonOptions, type Context, type Verb } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { openStudy, resultsDir } from '../studies.ts';
import { alignColumns } from '../text.ts';

interface Options extends CommonOptions {
  readonly override?: readonly string[];
  readonly seed?: number;
  readonly replication: number;
  readonly out?: string;
  readonly engine: EngineName;
}

const CODES: Readonly<Record<SingleOutcome['stored'], ExitCode>> = {
  new: EXIT.ok,
  equal: EXIT.ok,
  different: EXIT.mismatch,
  failed: EXIT.someRunsFailed,
};

/** `ringsim run`: one run of a study. */
export const run: Verb = (program, context, finish) => {
  program
    .command('run <study>')
    .description(
      'do one run of a study; factors that -o leaves open take their first level, and factors zipped with a fixed one the level that goes with it',
    )
    .option(
      '-o, --override <key=value>',
      'replace a setting, such as policy=kernelmode or params.connections=16',
      collect,
    )
    .option('--seed <n>', 'seed of the study', whole(0))
    .option('--replication <n>', 'which replication, from 0', whole(0), 0)
    .option('--out <dir>', 'folder of results (default: results/<experiment>)')
    .addOption(engineOption())
    .addOption(jsonOption())
    .addHelpText('after', example('run experiments/quickstart.yaml -o policy=kernelmode -o cores=2 --out one'))
    .action(async (file: string, options: Options) => finish(await act(file, options, context)));
};

async function act(file: string, options: Options, context: Context): Promise<ExitCode> {
  const { override: overrides = [], seed } = options;
  const study = await openStudy(file, context, { overrides, ...(seed === undefined ? {} : { seed }) });
  const { runModule, program } = context;
  const catalogue = await context.catalogue();
  const single = { ...options, dir: resultsDir(study, options.out), catalogue, runModule, program };
  const row = singleRow(study, single);
  noteFirstLevels(study, row.measurement, context);
  const done = await runSingle(row, single);
  answer(context, options, documentOf(study, single.dir, done), textOf(single.dir, done));
  return CODES[done.stored];
}

/** Tells which factors of a study were left open, and so took their first level. */
export function noteFirstLevels(study: Study, measurement: string, context: Context): void {
  const open = Object.keys(study.vary);
  if (open.length > 0)
    context.err(`taking ${measurement}: set ${open.map((name) => `-o ${name}=...`).join(' ')} for another point\n`);
}

function documentOf(study: Study, dir: string, { row, outcome, stored, differing }: SingleOutcome): unknown {
  const common = { experiment: study.experiment, run: row.id, name: row.name, stored, spec: row.spec };
  if (outcome.kind === 'failed') return { ...common, error: outcome.message };
  const { fingerprint, events, metrics } = outcome.result;
  return { ...common, dir: `${dir}/${runFolder(row.id)}`, differing, fingerprint, events, metrics };
}

function textOf(dir: string, { row, outcome, stored, differing }: SingleOutcome): string {
  if (outcome.kind === 'failed') return `${row.name} (${row.id}) failed: ${outcome.message}\n${outcome.log}`;
  const rows = outcome.result.metrics.map(({ component, name, value, unit }) => [
    `${component}.${name}`,
    String(value),
    unit,
  ]);
  const folder = `${dir}/${runFolder(row.id)}`;
  const places: Readonly<Record<string, string>> = {
    new: `Stored in ${folder}`,
    equal: `Equal, byte for byte, to the run stored in ${folder}`,
    different: `DIFFERENT from the run stored in ${folder} (${differing.join(', ')}), which stays as it is`,
  };
  return `${row.name} (${row.id}), fingerprint ${outcome.result.fingerprint}\n\n${alignColumns(rows)}\n\n${places[stored]}\n`;
}
