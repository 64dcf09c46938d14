/**
 * Speed of the whole model: one run of each policy of the quickstart, with caches, TLBs, statistics and the checks of the semantics on.
 * `node bench/model/quickstart.ts`. Rates are per second of this process's CPU time.
 */
import { fileURLToPath } from 'node:url';
import type { RunResult, StatRow } from '../../src/archive/rows.ts';
import { measurements, planRuns } from '../../src/experiment/expand.ts';
import { catalogue } from '../../src/experiment/names.ts';
import { readStudyFile } from '../../src/experiment/node/readstudy.ts';
import { run } from '../../src/experiment/run.ts';
import { loadStudy } from '../../src/experiment/study.ts';

const STUDY = fileURLToPath(new URL('../../experiments/quickstart.yaml', import.meta.url));
/** Timed events of a core that are not events of the engine: operations of threads, line accesses through TLB and caches, page walks. */
const WORK = ['operations', 'accesses', 'walks'] as const;

/** What the runs did, and how fast. */
export interface ModelRates {
  readonly runs: number;
  readonly cpuSeconds: number;
  readonly engineEvents: number;
  readonly operations: number;
  readonly accesses: number;
  readonly walks: number;
  /** Engine events, operations, accesses and walks together, in millions per CPU second. */
  readonly millionEventsPerCpuSecond: number;
}

/** Runs one replication of every measurement of the quickstart. */
export function runModelBench(): ModelRates {
  const study = loadStudy(STUDY, readStudyFile, { catalogue });
  const plan = planRuns(study, measurements(study, catalogue), 0, 1);
  run(plan[0].spec); // compiles the hot paths
  const before = process.cpuUsage();
  const results = plan.map(({ spec }) => run(spec));
  const { user, system } = process.cpuUsage(before);
  return rates(results, (user + system) / 1e6);
}

function rates(results: readonly RunResult[], cpuSeconds: number): ModelRates {
  const engineEvents = sum(results.map(({ events }) => events));
  const [operations, accesses, walks] = WORK.map((what) => sum(results.map((result) => work(result, what))));
  const all = engineEvents + operations + accesses + walks;
  return {
    runs: results.length,
    cpuSeconds,
    engineEvents,
    operations,
    accesses,
    walks,
    millionEventsPerCpuSecond: all / cpuSeconds / 1e6,
  };
}

function work({ warmup, measure }: RunResult, what: string): number {
  const own = (rows: readonly StatRow[]): number[] =>
    rows.filter(({ name }) => name.endsWith(`.work.${what}`)).map(({ value }) => value);
  return sum([...own(warmup), ...own(measure)]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

if (import.meta.main) console.log(runModelBench());
