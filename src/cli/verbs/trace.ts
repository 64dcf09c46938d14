import { closeSync, openSync, writeSync } from 'node:fs';
import { Option } from 'commander';
import { TRACE_FORMATS, type TraceFormatName } from '../../experiment/trace/formats.ts';
import { traceRun, type Traced } from '../../experiment/trace/tracerun.ts';
import { collect, jsonOption, whole } from '../arguments.ts';
import { answer, example, type CommonOptions, type Context, type Verb } from '../context.ts';
import { EXIT } from '../exit.ts';
import { plannedRun, type Choice } from '../plannedrun.ts';
import { UsageError } from '../usage.ts';

interface Options extends CommonOptions, Choice {
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
    .command('trace <from> [run]')
    .description(
      'do or repeat one run and write its switches, wake-ups, migrations, interrupts, softirqs, system calls and changes of mode; tracing changes nothing in the run. <from> is a study file, of which -o chooses the run as in `ringsim run`, or a folder of results or an archive, of which [run] is the id, the start of it, or the name',
    )
    .option('-o, --override <key=value>', 'of a study file: replace a setting, such as policy=kernelmode', collect)
    .option('--seed <n>', 'of a study file: its seed', whole(0))
    .option('--replication <n>', 'of a study file: which replication, from 0 (default: 0)', whole(0))
    .option('--window <a..b>', 'only from a to b, in microseconds of simulated time, warm-up included')
    .addOption(new Option('--format <name>', formats.join('; ')).choices(Object.keys(TRACE_FORMATS)).default('perf'))
    .option('--out <file>', 'where to write (default: trace.<run>.<format>)')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      example(
        'trace experiments/quickstart.yaml -o policy=kernelmode -o cores=2 --window 5000..6000',
        "trace results/quickstart 'quickstart-cores=2,kpti=true,policy=kernelmode#3' --format perfetto",
      ),
    )
    .action(async (from: string, run: string | undefined, options: Options) => {
      await act(from, run, options, context);
      finish(EXIT.ok);
    });
};

async function act(from: string, run: string | undefined, options: Options, context: Context): Promise<void> {
  const window = windowOf(options.window);
  const row = await plannedRun(from, run, options, context);
  const { format, out = `trace.${row.id}.${format}` } = options;
  const file = openSync(out, 'w');
  const { write, flush } = buffered((text) => writeSync(file, text));
  const traced = traceRun(row.spec, { ...window, format, write });
  flush();
  closeSync(file);
  const { fingerprint } = traced.result;
  const document = { run: row.id, name: row.name, file: out, fingerprint, counts: traced.counts };
  answer(context, options, document, textOf(out, traced));
}

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
