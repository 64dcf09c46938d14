import type { Unit } from '../sim/stats.ts';

/** A value that may stand in a study file: factor levels, workload parameters, profile overrides. */
export type Scalar = number | string | boolean;

/** Everything that decides one run except its random numbers; plain data, archived verbatim. */
export interface RunConfig {
  readonly machine: string;
  /** The profile of a machine that does not come with ringsim, its values alone; absent for one that does. */
  readonly machineProfile?: Readonly<Record<string, unknown>>;
  /** Cores, not their hardware threads. */
  readonly cores: number;
  /** Both hardware threads of each core are used; absent when they are not. */
  readonly smt?: boolean;
  /** Separate user and kernel page tables (kernel page-table isolation). */
  readonly kpti: boolean;
  /** The profile's speculative-execution mitigations on entry and exit. */
  readonly mitigations: boolean;
  readonly policy: string;
  /** Scheduler of the kernel. */
  readonly scheduler: 'o1' | 'cfs' | 'eevdf';
  /** Where kernel code may lose its core. */
  readonly preemption: 'none' | 'voluntary' | 'full' | 'lazy' | 'realtime';
  readonly workload: string;
  /** What a request of a replayed trace does; absent for a workload that comes with ringsim. */
  readonly workloadModel?: unknown;
  /** Recorded arrivals that the clients play: gaps in us, and the SHA-256 of the file they come from; absent without. */
  readonly arrivalTrace?: { readonly sha256: string; readonly gapsUs: readonly number[] };
  /** Workload parameters, every one of them, by name. */
  readonly params: Readonly<Record<string, Scalar>>;
  /** Machine-profile numbers replaced for this run, by dotted path such as `cost.cr3Write`. */
  readonly profile: Readonly<Record<string, number>>;
  readonly warmupUs: number;
  readonly measureUs: number;
  /** How far a core may run ahead of the engine, in cycles; 0 is the exact reference. */
  readonly syncWindow: number;
  /** How caches and memory are simulated: every access, or a sample of the sets (docs/fidelity.md). */
  readonly fidelity: 'exact' | 'interval';
}

/** One run: a pure function of this value and the code. Streams are seeded by (seed, replication, stream name) only. */
export interface RunSpec {
  readonly config: RunConfig;
  readonly seed: number;
  readonly replication: number;
}

/** One named number of a run with its unit and a sentence that says what it counts. */
export interface StatRow {
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
  readonly doc: string;
}

/** A distribution of a run, reduced to what reports need; `buckets` are (upper bound, count) pairs, ascending. */
export interface HistogramRow {
  readonly name: string;
  readonly unit: Unit;
  readonly doc: string;
  readonly samples: number;
  readonly mean: number;
  readonly stdev: number;
  readonly min: number;
  readonly max: number;
  readonly quantiles: Readonly<Record<'p50' | 'p90' | 'p95' | 'p99' | 'p999', number>>;
  readonly buckets: readonly (readonly [upper: number, count: number])[];
}

/** A response of the study, derived from the counters of the measured phase: throughput, latency quantiles, shares. */
export interface MetricRow {
  readonly name: string;
  readonly component: string;
  readonly value: number;
  readonly unit: string;
}

/** What the rules of the proposal decided in a whole run, warm-up included, and how often an invariant they promise was broken. */
export interface SemanticsCount {
  /** Changes of mode by the rule that made them (`skm1`, `skm0`, `skj`, `drop`); rules that made none are left out. */
  readonly transitions: Readonly<Record<string, number>>;
  /** Requests refused, by rule and errno (`skjEINVAL`); those that did not occur are left out. */
  readonly refused: Readonly<Record<string, number>>;
  /** Steps of the hostile thread's attack program that were refused or killed it; absent without one. */
  readonly attack?: { readonly rounds: number; readonly refused: number; readonly killed: number };
  /** Invariants broken, by id (`I6`): by the timed kernel's changes of mode and by the hostile thread. */
  readonly violations: Readonly<Record<string, number>>;
}

/** All that one run gives. No time stamp, host, path or user in it: equal specs give equal bytes. */
export interface RunResult {
  readonly spec: RunSpec;
  /** Rolling hash of the trajectory and the final statistics, `hash/ingredients` (ingredients as in OMNeT++: t time, p payload, e privilege transitions, v values). */
  readonly fingerprint: string;
  /** Engine events delivered in the whole run. */
  readonly events: number;
  readonly warmup: readonly StatRow[];
  readonly measure: readonly StatRow[];
  readonly histograms: readonly HistogramRow[];
  readonly metrics: readonly MetricRow[];
  readonly semantics: SemanticsCount;
}

/** One line of `plan.jsonl`: a run of a study by its id, its levels and its random numbers. */
export interface PlanRow {
  /** First 12 hex digits of SHA-256 over the canonical run spec and the model version. */
  readonly id: string;
  /** Human name, `quickstart-cores=2,policy=kernelmode#3`. */
  readonly name: string;
  /** The levels alone, `cores=2,policy=kernelmode`; all replications of a measurement share it. */
  readonly measurement: string;
  /** Level of every factor, by factor name, factors in alphabetical order. */
  readonly itervars: Readonly<Record<string, Scalar>>;
  readonly spec: RunSpec;
}

/** One line of `scalars.csv`: a response of one run. */
export interface ScalarRow {
  readonly run: string;
  readonly experiment: string;
  readonly measurement: string;
  readonly repetition: number;
  readonly itervars: Readonly<Record<string, Scalar>>;
  readonly component: string;
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
}

/** An estimate and the half-width of its two-sided confidence interval; one sample has no half-width. */
export interface Estimate {
  readonly mean: number;
  readonly halfwidth?: number;
}

/**
 * One line of `summary.csv`: a metric of one measurement over its replications, and its difference to the compared level.
 * CSV columns: experiment, measurement, <itervars>, component, metric, unit, n, mean, stdev, halfwidth, level, baseline, pairs,
 * diff, diffHalfwidth, gain, gainHalfwidth; absent values are empty cells.
 */
export interface SummaryRow {
  readonly experiment: string;
  readonly measurement: string;
  readonly itervars: Readonly<Record<string, Scalar>>;
  readonly component: string;
  readonly metric: string;
  readonly unit: string;
  /** Replications found. */
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation; absent for one replication. */
  readonly stdev?: number;
  /** Student-t half-width of the mean at `level`; absent for one replication. */
  readonly halfwidth?: number;
  /** Confidence level of every interval of the row, such as 0.95. */
  readonly level: number;
  /** Level of the compared factor that differences refer to; absent on the baseline's own rows and without `compare`. */
  readonly baseline?: string;
  /** Replications paired with the baseline by equal random numbers. */
  readonly pairs?: number;
  /** Mean of (this - baseline) over pairs, in `unit`, with its half-width. */
  readonly diff?: Estimate;
  /** Mean of 100 (this - baseline) / baseline over pairs, in per cent, with its half-width; for latencies a gain is negative. */
  readonly gain?: Estimate;
}
