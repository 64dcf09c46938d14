import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { writeWhole } from '../../archive/storefiles.ts';
import { machineDocument, machineSummary } from '../../experiment/machines/machinedocument.ts';
import { findMachine, machineNames, machineProblems, readMachine } from '../../experiment/machines/machinefile.ts';
import { machineMarkdown } from '../../experiment/machines/machinemarkdown.ts';
import { differenceRows } from '../../experiment/machines/machinetable.ts';
import { latencyFigure } from '../../report/latencycurve.ts';
import { ConfigError } from '../../sim/errors.ts';
import { jsonOption } from '../arguments.ts';
import { answer, example, type CommonOptions, type Context, type Finish, type Verb } from '../context.ts';
import { EXIT } from '../exit.ts';
import { differenceText, listText, showText } from '../machinetext.ts';
import { readRecording } from '../recordings.ts';
import { count } from '../text.ts';
import { UsageError } from '../usage.ts';

type Machine = ReturnType<typeof findMachine>;

interface ListOptions extends CommonOptions {
  readonly markdown?: true;
}

interface ShowOptions extends CommonOptions {
  readonly curve: boolean;
  readonly out?: string;
}

/** `ringsim machine`: the machines that studies may name, and profiles in files. */
export const machine: Verb = (program, context, finish) => {
  const group = program.command('machine').description('list, show, compare and check machine profiles');
  list(group, context, finish);
  show(group, context, finish);
  diff(group, context, finish);
  check(group, context, finish);
};

function list(group: Command, context: Context, finish: Finish): void {
  group
    .command('list')
    .description('the machines that studies may name')
    .option('--markdown', 'the tables of docs/machines.md')
    .addOption(jsonOption())
    .addHelpText('after', example('machine list'))
    .action((options: ListOptions) => {
      const machines = machineNames.map(findMachine);
      const summaries = machines.map(machineSummary);
      answer(context, options, summaries, options.markdown === true ? machineMarkdown(machines) : listText(summaries));
      finish(EXIT.ok);
    });
}

function show(group: Command, context: Context, finish: Finish): void {
  group
    .command('show <machine>')
    .description('every number of a machine with its source, its crossings, its TLB reach and its latency curve')
    .option('--no-curve', 'leave the latency curve out, which takes some seconds')
    .option('--out <dir>', 'also draw the latency curve there: vega-lite spec, CSV, SVG, PDF and PNG')
    .addOption(jsonOption())
    .addHelpText('after', example('machine show skylake-sp', 'machine show my-host.yaml --no-curve'))
    .action(async (name: string, options: ShowOptions) => {
      const document = machineDocument(openMachine(name), options.curve || options.out !== undefined);
      const files = options.out === undefined ? [] : await draw(document, options.out);
      answer(context, options, { ...document, files }, [showText(document), ...files].join('\n'));
      finish(EXIT.ok);
    });
}

function diff(group: Command, context: Context, finish: Finish): void {
  group
    .command('diff <a> <b>')
    .description('the numbers and features in which two machines differ')
    .addOption(jsonOption())
    .addHelpText('after', example('machine diff skylake-sp sapphire-rapids'))
    .action((a: string, b: string, options: CommonOptions) => {
      const differences = differenceRows(openMachine(a), openMachine(b));
      answer(context, options, { a, b, differences }, differenceText(a, b, differences));
      finish(EXIT.ok);
    });
}

function check(group: Command, context: Context, finish: Finish): void {
  group
    .command('check [machine...]')
    .description(
      'check profiles, by name or file (default: all that come with ringsim); exits 2 and lists all mistakes',
    )
    .addOption(jsonOption())
    .addHelpText('after', example('machine check', 'machine check my-host.yaml'))
    .action((names: string[], options: CommonOptions) => {
      const wanted = names.length === 0 ? machineNames : names;
      const problems = wanted.flatMap(problemsOf);
      if (problems.length > 0) throw new ConfigError(problems);
      answer(context, options, { machines: wanted, problems }, `${count(wanted.length, 'machine')} sound`);
      finish(EXIT.ok);
    });
}

/** The mistakes of a machine of ours by its name, of one in a file by place. */
function problemsOf(name: string): ConfigError['problems'] {
  try {
    return machineProblems(openMachine(name)).map((problem) => Object.assign({ file: name }, problem));
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    if (error instanceof UsageError) return [{ path: '', message: error.message }];
    throw error;
  }
}

/** A machine by name, or from a file. */
function openMachine(name: string): Machine {
  const isFile = /[/\\]|\.(ya?ml|json)$/.test(name) || (!machineNames.includes(name) && existsSync(name));
  return isFile ? readMachine(readRecording(name).toString(), name) : findMachine(name);
}

/** Draws the latency curve; loads the chart libraries, which other verbs do without. */
async function draw({ name, latency = [] }: ReturnType<typeof machineDocument>, dir: string): Promise<string[]> {
  const { renderFigure } = await import('../../report/render.ts');
  const named = latencyFigure(name, latency);
  const files = await renderFigure(named);
  return files.map(([extension, content]) => {
    const path = join(dir, `${named.name}.${extension}`);
    writeWhole(path, content);
    return path;
  });
}
