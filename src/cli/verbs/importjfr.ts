import type { Command } from 'commander';
import { basename } from 'node:path';
import { writeWhole } from '../../archive/storefiles.ts';
import type { JfrSummary } from '../../experiment/import/jfr.ts';
import { CUT, ImportError } from '../../experiment/import/problems.ts';
import { importRecording, type ImportedRecording } from '../../experiment/node/import/recording.ts';
import { jsonOption } from '../arguments.ts';
import { answer, example, type CommonOptions, type Context, type Finish } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { alignColumns } from '../text.ts';
import { UsageError } from '../usage.ts';

interface Options extends CommonOptions {
  readonly out?: string;
}

/** `ringsim import jfr`: what a flight recording says of CPU time, pauses and waiting. */
export function addRecording(group: Command, context: Context, finish: Finish): void {
  group
    .command('jfr <file>')
    .description(
      'what jfr print --json wrote of a flight recording: CPU time for --user-time, pauses, waiting, bytes; plain or gzip',
    )
    .option('--out <file>', 'write the summary there (.json)')
    .addOption(jsonOption())
    .addHelpText('after', example('import jfr test/data/traces/server.jfr.json'))
    .action(async (path: string, options: Options) => finish(await act(path, options, context)));
}

async function act(path: string, options: Options, context: Context): Promise<ExitCode> {
  const { summary, problems } = await read(path);
  if (options.out !== undefined) writeWhole(options.out, `${JSON.stringify(summary, undefined, 2)}\n`);
  answer(context, options, summary, summaryText(path, summary));
  for (const [kind, { count, lines }] of problems.found)
    context.err(`${basename(path)}:${lines.join(',')} ${kind} (${count})\n`);
  return problems.found.has(CUT) ? EXIT.usage : EXIT.ok;
}

async function read(path: string): Promise<ImportedRecording> {
  try {
    return await importRecording(path);
  } catch (error) {
    throw error instanceof ImportError ? new UsageError(error.message) : error;
  }
}

function summaryText(path: string, summary: JfrSummary): string {
  const { events, seconds, userSeconds, systemSeconds, pauseShare, times, threads } = summary;
  const rows = Object.entries(times).map(([type, { events, totalNs, p50Ns, p99Ns, maxNs, bytes }]) => [
    type,
    number(events),
    number(totalNs / 1e6),
    number(p50Ns / 1e6),
    number(p99Ns / 1e6),
    number(maxNs / 1e6),
    bytes === null ? '' : String(bytes),
  ]);
  const cpu =
    userSeconds === null
      ? 'no samples of CPU load'
      : `${number(userSeconds)} s of user and ${number(systemSeconds!)} s of system CPU time`;
  const busiest = threads.slice(0, 5).map(({ name, user }) => `${name} ${number(100 * user)} %`);
  return [
    `${basename(path)}: ${events} events in ${number(seconds)} s; ${cpu}; pauses take ${number(100 * pauseShare)} % of the time`,
    ...(busiest.length === 0 ? [] : [`Busiest threads (user time, share of the machine): ${busiest.join(', ')}`]),
    ...(rows.length === 0
      ? []
      : [alignColumns([['event', 'events', 'total ms', 'p50 ms', 'p99 ms', 'max ms', 'bytes'], ...rows])]),
    'Events shorter than the threshold of the recording are not in it.',
  ].join('\n');
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}
