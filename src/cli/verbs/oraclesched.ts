import { Option, type Command } from 'commander';
import { RECORDINGS, replaySched, type SchedReplay } from '../../experiment/schedreplay/replay.ts';
import { SCHEDULER_NAMES, type SchedulerName } from '../../kernel/sched/index.ts';
import { jsonOption } from '../arguments.ts';
import { example, type Context, type Finish } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { readRecording } from '../recordings.ts';
import { count } from '../text.ts';
import { UsageError } from '../usage.ts';

interface Options {
  readonly scheduler: SchedulerName;
}

/** `ringsim oracle sched`: recorded shares, turns and wake-up delays beside those of a scheduler of the model. */
export function addSchedOracle(group: Command, context: Context, finish: Finish): void {
  group
    .command('sched <file>')
    .description(
      'shares, turns or wake-up delays of threads on a real kernel as CSV, told apart by the header; plain or gzip. ' +
        'Simulates every case, prints counts and the worst as JSON; exits 1 on any disagreement',
    )
    .addOption(new Option('--scheduler <name>', 'scheduler to replay on').choices(SCHEDULER_NAMES).default('eevdf'))
    .addOption(jsonOption())
    .addHelpText('after', example('oracle sched test/data/sched/shares.csv'))
    .action((path: string, options: Options) => finish(act(path, options, context)));
}

function act(path: string, { scheduler }: Options, context: Context): ExitCode {
  const replay = replaySched(readRecording(path).toString(), scheduler);
  if (replay === undefined) throw new UsageError(`${path}: no header of a known recording; known are\n${known()}`);
  context.out(`${JSON.stringify(replay, undefined, 2)}\n`);
  return conclude(path, replay, context);
}

function conclude(path: string, replay: SchedReplay, { err }: Context): ExitCode {
  const { cases, agree, disagree, ungraded, malformed } = replay;
  for (const { line, message } of malformed.slice(0, 20)) err(`${path}:${line} malformed: ${message}\n`);
  err(`${path}: ${agree} of ${count(cases, 'figure')} agree, ${ungraded} more without a grade\n`);
  if (disagree > 0) return EXIT.checkFailed;
  return cases === 0 || malformed.length > 0 ? EXIT.usage : EXIT.ok;
}

function known(): string {
  return RECORDINGS.map(({ doc, columns }) => `  ${doc}: ${columns.join(',')}`).join('\n');
}
