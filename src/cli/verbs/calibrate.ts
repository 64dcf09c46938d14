import { platform } from 'node:os';
import { writeWhole } from '../../archive/storefiles.ts';
import { nearestBase } from '../../experiment/calibrate/base.ts';
import {
  calibrate as deriveMachine,
  machineFileText,
  type Calibration,
} from '../../experiment/calibrate/calibration.ts';
import { parseReadings, type Readings } from '../../experiment/calibrate/readings.ts';
import { findMachine, machineNames, machineProblems } from '../../experiment/machines/machinefile.ts';
import { findCompiler } from '../../experiment/node/calibrate/compiler.ts';
import { MeasureError, measureHost } from '../../experiment/node/calibrate/measure.ts';
import { ConfigError } from '../../sim/errors.ts';
import { jsonOption, whole } from '../arguments.ts';
import { calibrationText } from '../calibrationtext.ts';
import { answer, example, type CommonOptions, type Context, type Verb } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { readRecording } from '../recordings.ts';
import { UsageError } from '../usage.ts';

interface Options extends CommonOptions {
  readonly base?: string;
  readonly name: string;
  readonly runs: number;
  readonly quick?: true;
  readonly cc?: string;
  readonly out?: string;
  readonly readings?: string;
  readonly from?: string;
}

const RUNS = 5;
/** Characters of a line that is no reading, in messages. */
const SHOWN = 60;

/** `ringsim calibrate`: measures this host. */
export const calibrate: Verb = (program, context, finish) => {
  program
    .command('calibrate')
    .description(
      'measure this host with a small C program; prints or writes a machine file with ranges, and says what could not be measured',
    )
    .option('--base <machine>', 'machine from which the rest is taken (default: the one nearest to this processor)')
    .option('--name <name>', 'name of the machine', 'this-host')
    .option('--runs <n>', 'runs of the program; their spread is the range', whole(1), RUNS)
    .option('--quick', 'smaller sets and fewer batches: about 3 s a run instead of 15')
    .option('--cc <command>', 'C compiler (default: gcc, clang or cc)')
    .option('--out <file>', 'write the machine file there (.yaml)')
    .option('--readings <file>', 'keep what the program printed')
    .option('--from <file>', 'use readings that were kept instead of measuring')
    .addOption(jsonOption())
    .addHelpText('after', example('calibrate --quick --out my-host.yaml', 'machine show my-host.yaml --no-curve'))
    .action(async (options: Options) => finish(await act(options, context)));
};

async function act(options: Options, context: Context): Promise<ExitCode> {
  if (options.base !== undefined) findMachine(options.base);
  const text = options.from === undefined ? await measure(options, context) : readRecording(options.from).toString();
  if (options.readings !== undefined) writeWhole(options.readings, text);
  const calibration = derive(parseReadings(text), options, context);
  const file = machineFileText(calibration);
  if (options.out !== undefined) writeWhole(options.out, file);
  const { profile: _, ...document } = calibration;
  const report = calibrationText(calibration);
  answer(context, options, { ...document, out: options.out }, options.out === undefined ? file : report);
  if (options.out === undefined && options.json !== true) context.err(report);
  return EXIT.ok;
}

async function measure({ cc, runs, quick }: Options, context: Context): Promise<string> {
  if (platform() !== 'linux')
    throw new UsageError('calibrate measures Linux hosts; on another, take --from a file of readings');
  const compiler = findCompiler(cc === undefined ? undefined : [cc]);
  if (compiler === undefined)
    throw new UsageError(
      `no C compiler: ${cc ?? 'none of gcc, clang and cc'} does not run; install one, or name it with --cc`,
    );
  const onProgress = (text: string): void => context.err(`calibrate: ${text}\n`);
  try {
    const date = new Date().toISOString().slice(0, 'yyyy-mm-dd'.length);
    return await measureHost({ compiler, runs, quick: quick === true, date, onProgress });
  } catch (error) {
    throw error instanceof MeasureError ? new UsageError(error.message) : error;
  }
}

function derive(readings: Readings, { base, name, from }: Options, { err }: Context): Calibration {
  for (const { line, text } of readings.malformed.slice(0, 20))
    err(`${from ?? 'probe'}:${line} not a reading: ${JSON.stringify(text.slice(0, SHOWN))}\n`);
  const chosen = base ?? nearestBase(readings);
  if (chosen === undefined)
    throw new UsageError(
      `no machine is near to this processor (${readings.facts['cpu.name'] ?? 'unnamed'}); name one with --base: ${machineNames.join(', ')}`,
    );
  const calibration = deriveMachine(readings, findMachine(chosen), name);
  if (calibration === undefined)
    throw new UsageError(`${from ?? 'the probe'} gives no reading of the clock, without which nothing follows`);
  const problems = machineProblems(calibration.profile);
  if (problems.length > 0) throw new ConfigError(problems);
  return calibration;
}
