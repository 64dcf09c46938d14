import { basename } from 'node:path';
import type { Command } from 'commander';
import { writeWhole } from '../../archive/storefiles.ts';
import type { Capture } from '../../experiment/import/call.ts';
import { importServer, type Imported } from '../../experiment/import/importer.ts';
import { printJson } from '../../experiment/import/print.ts';
import { CUT, ImportError } from '../../experiment/import/problems.ts';
import { importSummary, inputFor, isSummary, openCapture } from '../../experiment/node/import/inputs.ts';
import { jsonOption, positive, whole } from '../arguments.ts';
import { answer, example, type CommonOptions, type Context, type Finish, type Verb } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { importText } from '../importtext.ts';
import { UsageError } from '../usage.ts';
import { addRecording } from './importjfr.ts';

type Tool = Capture['tool'];

interface Options extends CommonOptions {
  readonly strace?: string;
  readonly perf?: string;
  readonly out?: string;
  readonly name?: string;
  readonly userTime?: number;
  readonly requests?: number;
  readonly closed?: string;
  readonly counted?: string;
}

interface Source {
  readonly doc: string;
  /** The tool whose listing may stand beside. */
  readonly other: Tool;
  readonly otherDoc: string;
  readonly sample: string;
}

/** Traces that can be imported. */
const SOURCES: Readonly<Record<Tool, Source>> = {
  strace: {
    doc: 'a listing of strace -f -ttt -T [-y], or a summary of strace -c',
    other: 'perf',
    otherDoc: 'listing of perf of the same server, for times',
    sample: 'import strace test/data/traces/nio17-1.strace --user-time 0.0004 --out nio.json',
  },
  perf: {
    doc: 'a listing of perf script (raw_syscalls and sched events) or of perf trace',
    other: 'strace',
    otherDoc: 'listing of strace of the same server: tells which rates depend on load',
    sample:
      'import perf experiments/traces/nio17-1.perf.txt.gz --strace experiments/traces/nio17-1.strace.gz --out nio.json',
  },
};

/** `ringsim import`: real traces as workload files. */
export const importTrace: Verb = (program, context, finish) => {
  const group = program.command('import').description('make a workload file of a trace of a real server');
  for (const tool of Object.keys(SOURCES) as Tool[]) addSource(group, tool, context, finish);
  addRecording(group, context, finish);
};

function addSource(group: Command, tool: Tool, context: Context, finish: Finish): void {
  const { doc, other, otherDoc, sample } = SOURCES[tool];
  group
    .command(`${tool} <file>`)
    .description(`${doc}, plain or gzip; prints or writes the model, and says how well it gives back the trace`)
    .option(`--${other} <file>`, otherDoc)
    .option('--user-time <seconds>', 'user CPU time of all requests of the trace when no tracer runs', positive)
    .option('--requests <n>', 'requests in the trace, if known better than by counting replies', whole(1))
    .option('--name <name>', 'name of the model (default: the file up to its first dot)')
    .option('--out <file>', 'write the model there (.json)')
    .option('--closed <csv>', 'CPU time per request without a tracer (default: closed.csv beside the trace)')
    .option('--counted <csv>', 'calls per request counted without a tracer (default: syscall_mix.csv beside the trace)')
    .addOption(jsonOption())
    .addHelpText('after', example(sample))
    .action(async (path: string, options: Options) => finish(await act(tool, path, options, context)));
}

async function act(tool: Tool, path: string, options: Options, context: Context): Promise<ExitCode> {
  const imported = await read(tool, path, options);
  const { model, report } = imported;
  const text = `${printJson(model)}\n`;
  if (options.out !== undefined) writeWhole(options.out, text);
  const summary = importText(imported);
  const document = { out: options.out, model, report };
  answer(context, options, document, options.out === undefined ? text : summary);
  if (options.out === undefined && options.json !== true) context.err(summary);
  for (const { file, kind, count, lines } of report.unusedLines)
    context.err(`${file}:${lines.join(',')}${count > lines.length ? ',...' : ''} ${kind} (${count})\n`);
  return report.unusedLines.some(({ kind }) => kind === CUT) ? EXIT.usage : EXIT.ok; // a part of a trace is no success
}

async function read(tool: Tool, path: string, options: Options): Promise<Imported> {
  try {
    const { closed, counted, requests, userTime } = options;
    const side = { closed, counted, requests, userSeconds: userTime };
    const name = options.name ?? basename(path).split('.')[0];
    if (tool === 'strace' && (await isSummary(path))) return await importSummary(path, name, side);
    const main = await openCapture(path, tool);
    const second = options[SOURCES[tool].other];
    const beside = second === undefined ? undefined : await openCapture(second, SOURCES[tool].other);
    const captures = { [main.tool]: main, ...(beside === undefined ? {} : { [beside.tool]: beside }) };
    return await importServer(inputFor(name, captures, side));
  } catch (error) {
    throw error instanceof ImportError ? new UsageError(error.message) : error;
  }
}
