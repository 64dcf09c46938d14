import type { RunResult, RunSpec } from '../../archive/rows.ts';
import type { HostUse } from '../../archive/statstext.ts';

/** Engines that give the same results; which one runs is no part of a run's identity. */
export const ENGINES = ['native', 'simjs'] as const;
/** Name of an engine. */
export type EngineName = (typeof ENGINES)[number];

/** What a module that simulates must export as `run`; tests put their own in its place. */
export type RunFunction = (spec: RunSpec, options: { readonly engine: EngineName }) => RunResult | Promise<RunResult>;

/** Which module simulates, and with which engine. */
export interface WorkerData {
  /** URL of a module with a `run` of type `RunFunction`. */
  readonly runModule: string;
  readonly engine: EngineName;
}

/** A run to do, numbered by its place in the list of runs. */
export interface Job {
  readonly index: number;
  readonly spec: RunSpec;
}

/** How a run ended. */
export type RunOutcome =
  | { readonly kind: 'finished'; readonly result: RunResult; readonly host: HostUse }
  | { readonly kind: 'failed'; readonly message: string; readonly log: string; readonly host: HostUse };

/** What a worker sends back. */
export interface Done {
  readonly index: number;
  readonly outcome: RunOutcome;
}
