import type { EngineBench } from '../../../bench/engine/hold.ts';
import type { Growth } from '../../../bench/memory/growth.ts';
import type { Report } from '../../../bench/harness.ts';
import type { ModelRates } from '../../../bench/model/quickstart.ts';
import { jsonOption, whole } from '../arguments.ts';
import { example, type Context, type Verb } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { alignColumns } from '../text.ts';

interface Options {
  readonly quick?: true;
  readonly rounds: number;
  readonly fidelity?: true;
  readonly scale?: true;
  readonly json?: true;
}

/** Numbers of pending events that the quick benchmark measures. */
const QUICK = [100, 10_000];

/** `ringsim bench`: engine and memory hierarchy against their peers, and the whole model. */
export const bench: Verb = (program, context, finish) => {
  program
    .command('bench')
    .description(
      'engine beside simjs, SimPy and C++, caches beside C and cachegrind, and the whole model: events, accesses and references per CPU second',
    )
    .option('--quick', 'one round, up to 10 000 pending events; two to six minutes')
    .option('--rounds <n>', 'rounds of all implementations in turn; the medians are reported', whole(1), 3)
    .option(
      '--fidelity',
      'errors and speed of fidelity interval instead, as the text of docs/fidelity.md; a quarter of an hour',
    )
    .option('--scale', 'what 4 to 256 simulated cores cost instead, as the text of docs/scale.md; five minutes')
    .addOption(jsonOption())
    .addHelpText('after', example('bench --quick'))
    .action(async (options: Options) => finish(await act(options, context)));
};

async function act(options: Options, context: Context): Promise<ExitCode> {
  if (options.fidelity === true) return actFidelity(context);
  return options.scale === true ? actScale(context) : actSpeed(options, context);
}

async function actFidelity({ out, err }: Context): Promise<ExitCode> {
  const { fidelityDocument } = await import('../../../bench/fidelity/document.ts');
  out(fidelityDocument((text) => err(`${text}\n`)));
  return EXIT.ok;
}

async function actScale({ out, err }: Context): Promise<ExitCode> {
  const { scaleDocument } = await import('../../../bench/scale/document.ts');
  out(scaleDocument((text) => err(`${text}\n`)));
  return EXIT.ok;
}

async function actSpeed(options: Options, { out, err }: Context): Promise<ExitCode> {
  const { runEngineBench } = await import('../../../bench/engine/hold.ts');
  const { runMemoryBench } = await import('../../../bench/memory/memory.ts');
  const { heapGrowth } = await import('../../../bench/memory/growth.ts');
  const { runModelBench } = await import('../../../bench/model/quickstart.ts');
  const onProgress = (text: string): void => err(`${text}\n`);
  const quick = options.quick === true;
  const rounds = quick ? 1 : options.rounds;
  const engine = runEngineBench({ rounds, onProgress, ...(quick ? { pending: QUICK } : {}) });
  const memory = runMemoryBench({ rounds, onProgress });
  const growth = heapGrowth();
  const model = runModelBench();
  const both = join(engine, memory);
  if (options.json === true) out(`${JSON.stringify({ ...both, growth, model }, null, 2)}\n`);
  else out(`${rateText(both)}\n${growthText(growth)}\n\n${modelText(model)}\n`);
  return EXIT.ok;
}

/** The engine's report with the rows of the memory's. */
function join(engine: EngineBench, memory: Report): EngineBench {
  return {
    ...engine,
    ratios: [...engine.ratios, ...memory.ratios],
    rates: [...engine.rates, ...memory.rates],
    absent: [...engine.absent, ...memory.absent],
  };
}

function rateText({ ratios, rates, bytesPerEvent, absent }: EngineBench): string {
  const rows = rates.map(({ implementation, variant, n, millionsPerSecond }) => {
    const ratio = ratios.find((row) => row.peer === implementation && row.variant === variant && row.n === n);
    return [
      variant,
      String(n),
      implementation,
      millionsPerSecond.toFixed(2),
      ratio === undefined ? '' : ratio.ratio.toFixed(2),
    ];
  });
  const table = alignColumns([['variant', 'n', 'implementation', 'M/CPU s', 'ours / it'], ...rows]);
  const missing = absent.length === 0 ? '' : `\nnot installed here: ${absent.join(', ')}`;
  return `${table}\nmillions of events, for mmc of jobs, for caches of accesses; ${bytesPerEvent.toFixed(0)} bytes of ours for a pending event at most pending${missing}`;
}

function growthText(growth: readonly Growth[]): string {
  const each = growth.map(({ variant, bytesPerAccess }) => `${bytesPerAccess.toFixed(2)} (${variant})`);
  return `bytes that an access leaves on the heap: ${each.join(', ')}`;
}

function modelText({ runs, cpuSeconds, millionEventsPerCpuSecond, engineEvents, accesses }: ModelRates): string {
  const parts = `${engineEvents} of the engine, ${accesses} line accesses`;
  return `whole model, ${runs} runs of the quickstart: ${millionEventsPerCpuSecond.toFixed(1)} M timed events per CPU second (${parts} in ${cpuSeconds.toFixed(1)} s)`;
}
