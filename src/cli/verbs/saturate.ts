import { InvalidArgumentError } from 'commander';
import type { PlanRow, RunResult, RunSpec } from '../../archive/rows.ts';
import { firstReplications, measurements, planRuns } from '../../experiment/expand.ts';
import { runPool } from '../../experiment/node/pool.ts';
import type { EngineName, RunOutcome } from '../../experiment/node/protocol.ts';
import { saturate as search, type SaturationPoint, type SaturationSearch } from '../../experiment/saturation.ts';
import { parseTime } from '../../experiment/time.ts';
import { collect, engineOption, jsonOption, positive, workersOption } from '../arguments.ts';
import { attended } from '../attended.ts';
import { answer, example, type CommonOptions, type Context, type Verb } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { openStudy } from '../studies.ts';
import { alignColumns } from '../text.ts';
import { UsageError } from '../usage.ts';

interface Options extends CommonOptions {
  readonly limit: number;
  readonly low: number;
  readonly high: number;
  readonly tolerance: number;
  readonly override?: readonly string[];
  readonly jobs: number;
  readonly engine: EngineName;
}

/** What was found for one point of the study. */
interface Found {
  readonly name: string;
  /** Largest rate in each replication, and their mean, in requests a second. */
  readonly rates: readonly number[];
  readonly rate: number;
  readonly p99Us: number;
  readonly isBounded: boolean;
  readonly runs: number;
}

/** A run of the search gave no result, which ends it with a code. */
class SearchEnded extends Error {
  override readonly name = 'SearchEnded';
  readonly code: ExitCode;

  constructor(message: string, code: ExitCode) {
    super(message);
    this.code = code;
  }
}

/** `ringsim saturate`: how much load a server bears while its tail latency keeps below a limit. */
export const saturate: Verb = (program, context, finish) => {
  program
    .command('saturate <study>')
    .description('find the largest open-loop rate with p99 below a limit, by bisection, for every point of a study')
    .option('--limit <time>', 'limit of p99 from the intended start, such as 500us', time, 1000)
    .option('--low <rate>', 'requests a second that every server bears', positive, 1000)
    .option('--high <rate>', 'requests a second that none bears', positive, 1_000_000)
    .option('--tolerance <share>', 'relative width at which the search stops', positive, 0.02)
    .option('-o, --override <key=value>', 'replace a setting, such as policy=kernelmode', collect)
    .addOption(workersOption())
    .addOption(engineOption())
    .addOption(jsonOption())
    .addHelpText('after', example('saturate experiments/saturation.yaml --limit 1ms --low 40000 --high 160000'))
    .action(async (file: string, options: Options) => {
      try {
        finish(await act(file, options, context));
      } catch (error) {
        if (!(error instanceof SearchEnded)) throw error;
        answer(context, options, { error: error.message }, '');
        context.err(`${error.message}\n`);
        finish(error.code);
      }
    });
};

function time(text: string): number {
  const us = parseTime(text);
  if (!(us > 0)) throw new InvalidArgumentError('expected a time such as 500us, 20ms or 1s.');
  return us;
}

async function act(file: string, options: Options, context: Context): Promise<ExitCode> {
  const study = await openStudy(file, context, { overrides: options.override ?? [] });
  const catalogue = await context.catalogue();
  const rows = planRuns(study, measurements(study, catalogue), 0, firstReplications(study));
  checkOpen(rows);
  const { limit: limitUs, low, high, tolerance } = options;
  if (low >= high) throw new UsageError(`--low ${low} is not below --high ${high}`);
  const wanted: SaturationSearch = { low, high, limitUs, tolerance };
  const points = await attended(context, options.jobs, (progress, signal) =>
    search(
      rows.map(({ spec }) => spec),
      wanted,
      async (specs) => {
        progress.plan(specs.length, 0);
        const { engine, jobs: workers } = options;
        const onDone = (_: number, { host }: RunOutcome): void => progress.step(host.seconds);
        return finished(await runPool(specs, { workers, runModule: context.runModule, engine, signal, onDone }), specs);
      },
    ),
  );
  const found = byPoint(rows, points);
  answer(context, options, { experiment: study.experiment, ...wanted, found }, textOf(found, limitUs));
  return EXIT.ok;
}

/** A closed loop slows down with its server, and a rate that is a factor is no longer free. */
function checkOpen(rows: readonly PlanRow[]): void {
  const wrong = rows.find(({ spec: { config }, itervars }) => {
    const { arrivals, ratePerSecond } = config.params;
    const isOpen = arrivals !== undefined && arrivals !== 'closed' && arrivals !== 'trace';
    return !isOpen || ratePerSecond === undefined || Object.hasOwn(itervars, 'params.ratePerSecond');
  });
  if (wrong !== undefined)
    throw new UsageError(
      `${wrong.name}: the search sets params.ratePerSecond of a workload with params.arrivals open, mmpp or diurnal`,
    );
}

function finished(outcomes: Awaited<ReturnType<typeof runPool>>, specs: readonly RunSpec[]): RunResult[] {
  return outcomes.map((outcome, i) => {
    if (outcome?.kind === 'finished') return outcome.result;
    if (outcome === undefined) throw new SearchEnded('stopped by Ctrl-C: nothing is stored', EXIT.interrupted);
    const rate = String(specs[i].config.params['ratePerSecond']);
    throw new SearchEnded(`a run at ${rate} requests/s failed: ${outcome.message}`, EXIT.someRunsFailed);
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function byPoint(rows: readonly PlanRow[], points: readonly SaturationPoint[]): Found[] {
  const names = [...new Set(rows.map(({ measurement }) => measurement))];
  return names.map((name) => {
    const mine = points.filter((_, i) => rows[i].measurement === name);
    const rates = mine.map(({ rate }) => rate);
    return {
      name,
      rates,
      rate: mean(rates),
      p99Us: mean(mine.map(({ p99Us }) => p99Us)),
      isBounded: mine.every(({ isBounded }) => isBounded),
      runs: mine.reduce((sum, { runs }) => sum + runs, 0),
    };
  });
}

function textOf(found: readonly Found[], limitUs: number): string {
  const best = Math.max(...found.map(({ rate }) => rate));
  const rows = found.map(({ name, rates, rate, p99Us, isBounded, runs }) => [
    name,
    rate.toFixed(0),
    `${Math.min(...rates)} to ${Math.max(...rates)}`,
    p99Us.toFixed(0),
    best > 0 ? (rate / best).toFixed(3) : '-',
    `${runs} runs${isBounded ? '' : ', outside the rates searched'}`,
  ]);
  return alignColumns([[`p99 <= ${limitUs} us`, 'requests/s', 'replications', 'p99 us', 'of best', ''], ...rows]);
}
