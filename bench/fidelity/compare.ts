import type { RunConfig, RunResult, Scalar, StatRow } from '../../src/archive/rows.ts';
import { estimate } from '../../src/experiment/inference.ts';
import { run } from '../../src/experiment/run.ts';
import { workloads } from '../../src/workloads/index.ts';

/** Levels of memory that serve misses of the first level. */
export const LEVELS = ['l2', 'llc', 'remote', 'dram'] as const;
export type LevelName = (typeof LEVELS)[number];

/** One point of the grid of settings in which the fidelities are compared. */
export interface Case {
  readonly machine: string;
  readonly workload: string;
  readonly cores: number;
  readonly policy: string;
}

/** What a run gave and took; of several, on average. */
export interface Sample {
  readonly completed: number;
  /** Misses of the first level in the measured phase, by the level that served them. */
  readonly served: Readonly<Record<LevelName, number>>;
  /** System calls of the whole run. */
  readonly calls: number;
  /** Simulated milliseconds of one core, over all cores. */
  readonly coreMs: number;
  readonly cpuSeconds: number;
}

/** A run in both fidelities with the same random numbers. */
export interface Pair {
  readonly exact: Sample;
  readonly interval: Sample;
}

/** The runs of a case, and their means. */
export interface Comparison extends Pair {
  readonly setting: Case;
  readonly pairs: readonly Pair[];
}

/** Two machines that differ in all that matters here: inclusive or victim last level, large or small second level, with or without PCID. */
const MACHINES = ['skylake-sp', 'nehalem'];
const WORKLOADS = ['java-nio', 'java-http', 'java-mixed', 'java-compute'];
const POLICIES = ['baseline', 'kernelmode', 'bypage', 'free'];
const CORES = [1, 4];

/** Long enough for the working sets of all workloads to have been touched before anything is measured. */
export const WARMUP_US = 30_000;
export const MEASURE_US = 40_000;
/** Runs of a case: pool servers drift apart by chance, others hardly. Seeds are taken in order, until errors are known well enough or there are too many. */
export const RUNS = { least: 2, most: 10 } as const;
/** Halfwidth of the interval of the error of throughput that is well enough, relative. */
export const KNOWN = 0.01;
/** Level of intervals. */
export const LEVEL = 0.95;

/** All workloads under all policies, on one core and on four, on two machines. */
export function grid(): readonly Case[] {
  return MACHINES.flatMap((machine) =>
    WORKLOADS.flatMap((workload) =>
      CORES.flatMap((cores) => POLICIES.map((policy) => ({ machine, workload, cores, policy }))),
    ),
  );
}

/** Runs a case in both fidelities. */
export function compare(setting: Case): Comparison {
  const pairs: Pair[] = [];
  while (pairs.length < RUNS.least || (pairs.length < RUNS.most && !isKnown(pairs)))
    pairs.push(pairOf(setting, pairs.length));
  const [exact, interval] = (['exact', 'interval'] as const).map((fidelity) =>
    mean(pairs.map((pair) => pair[fidelity])),
  );
  return { setting, pairs, exact, interval };
}

/** Relative error of a quantity; 0 if both are none. */
export function errorOf(seen: number, expected: number): number {
  return seen === expected ? 0 : seen / expected - 1;
}

/** Whether enough pairs have been run: asked of the width of the interval alone, never of where it lies. */
function isKnown(pairs: readonly Pair[]): boolean {
  const errors = pairs.map(({ exact, interval }) => errorOf(interval.completed, exact.completed));
  return estimate(errors, LEVEL).halfwidth! <= KNOWN;
}

function pairOf(setting: Case, replication: number): Pair {
  const [exact, interval] = (['exact', 'interval'] as const).map((fidelity) =>
    sampleOf({ ...setting, fidelity }, {}, replication),
  );
  return { exact, interval };
}

function mean(samples: readonly Sample[]): Sample {
  const of = (value: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + value(sample), 0) / samples.length;
  const served = LEVELS.map((level) => [level, of((sample) => sample.served[level])]);
  return {
    completed: of(({ completed }) => completed),
    served: Object.fromEntries(served) as Record<LevelName, number>,
    calls: of(({ calls }) => calls),
    coreMs: of(({ coreMs }) => coreMs),
    cpuSeconds: of(({ cpuSeconds }) => cpuSeconds),
  };
}

/** Runs settings for which `params` replace defaults of the workload. */
export function sampleOf(
  settings: Case & Partial<RunConfig> & Pick<RunConfig, 'fidelity'>,
  params: Readonly<Record<string, Scalar>> = {},
  replication = 0,
): Sample {
  const config = configOf(settings, params);
  const before = process.cpuUsage();
  const result = run({ config, seed: 1, replication });
  const { user, system } = process.cpuUsage(before);
  return summarise(result, (user + system) / 1e6);
}

/** A whole configuration: settings, and `params` in place of defaults of the workload. */
export function configOf(
  settings: Case & Partial<RunConfig> & Pick<RunConfig, 'fidelity'>,
  params: Readonly<Record<string, Scalar>> = {},
): RunConfig {
  const defaults = Object.entries(workloads[settings.workload].params).map(([name, spec]) => [name, spec.default]);
  return {
    kpti: true,
    mitigations: true,
    scheduler: 'eevdf',
    preemption: 'full',
    profile: {},
    warmupUs: WARMUP_US,
    measureUs: MEASURE_US,
    syncWindow: 1000,
    ...settings,
    params: { ...Object.fromEntries(defaults), ...params },
  };
}

function summarise({ spec: { config }, warmup, measure }: RunResult, cpuSeconds: number): Sample {
  const served = LEVELS.map((level) => [level, total(measure, new RegExp(`\\.served\\.${level}`))]);
  return {
    completed: total(measure, /^server\.completed$/),
    served: Object.fromEntries(served) as Record<LevelName, number>,
    calls: total([...warmup, ...measure], /^kernel\.calls\./),
    coreMs: ((config.warmupUs + config.measureUs) * config.cores) / 1000,
    cpuSeconds,
  };
}

function total(rows: readonly StatRow[], name: RegExp): number {
  return rows.reduce((sum, row) => (name.test(row.name) ? sum + row.value : sum), 0);
}
