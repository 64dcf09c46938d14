import { closeSync, openSync, writeSync } from 'node:fs';
import { Option } from 'commander';
import { TRACE_FORMATS, type TraceFormatName } from '../../experiment/trace/formats.ts';
import { traceRun, type Traced } from '../../experiment/trace/tracerun.ts';
import { jsonOption } from '../arguments.ts';
import { answer, example, type CommonOptions, type Verb } from '../context.ts';
import { EXIT } from '../exit.ts';
import { openResults } from '../studies.ts';
import { UsageError } from '../usage.ts';
import { findRun } from './command.ts';

interface Options extends CommonOptions {
  readonly window?: string;
  readonly format: TraceFormatName;
  readonly out?: string;
}

/** Text written to a file at once, in characters. */
const CHUNK = 1 << 16;
const WINDOW = /^(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)$/;

/** `ringsim trace`: what happened in one run, event by event. */
export const trace: Verb = (program, context, finish) => {
  const formats = Object.entries(TRACE_FORMATS).map(([name, { doc }]) => `${name}: ${doc}`);
  program
    .command('trace <dir> <run>')
    .description(
      'repeat one run and write its switches, wake-ups, migrations, interrupts, softirqs, system calls and changes of mode; tracing changes nothing in the run',
    )
    .option('--window <a..b>', 'only from a to b, in microseconds of simulated time, warm-up included')
    .addOption(new Option('--format <name>', formats.join('; ')).choices(Object.keys(TRACE_FORMATS)).default('perf'))
    .option('--out <file>', 'where to write (default: trace.<run>.<format>)')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      example("trace results/quickstart 'quickstart-cores=2,kpti=true,policy=kernelmode#3' --window 5000..6000"),
    )
    .action((dir: string, run: string, options: Options) => {
      const row = findRun(openResults(dir).plan, run, dir);
      const { format, out = `trace.${row.id}.${format}` } = options;
      const window = windowOf(options.window);
      const file = openSync(out, 'w');
      const { write, flush } = buffered((text) => writeSync(file, text));
      const traced = traceRun(row.spec, { ...window, format, write });
      flush();
      closeSync(file);
      const document = {
        run: row.id,
        name: row.name,
        file: out,
        fingerprint: traced.result.fingerprint,
        counts: traced.counts,
      };
      answer(context, options, document, textOf(out, traced));
      finish(EXIT.ok);
    });
};

function windowOf(text: string | undefined): { from: number; to: number } {
  if (text === undefined) return { from: 0, to: Infinity };
  const match = WINDOW.exec(text);
  if (match === null || Number(match[1]) >= Number(match[2]))
    throw new UsageError(`--window ${text}: give microseconds a..b with a < b, such as 5000..6000`);
  return { from: Number(match[1]), to: Number(match[2]) };
}

function buffered(write: (text: string) => void): { write: (text: string) => void; flush: () => void } {
  let waiting = '';
  const flush = (): void => {
    write(waiting);
    waiting = '';
  };
  return {
    flush,
    write: (text) => {
      waiting += text;
      if (waiting.length > CHUNK) flush();
    },
  };
}

function textOf(out: string, { counts, result }: Traced): string {
  const rows = Object.entries(counts).map(([kind, count]) => `${String(count).padStart(9)} ${kind}`);
  return [`${out}: fingerprint ${result.fingerprint}, events by kind:`, ...rows].join('\n');
}
