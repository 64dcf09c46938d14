import type { ParamSpec } from '../workloads/workload.ts';

export type { ParamSpec } from '../workloads/workload.ts';

/** The names a study may use, with a sentence each; the study reader validates against it. */
export interface Catalogue {
  readonly machines: Readonly<
    Record<string, { readonly doc: string; readonly maxCores: number; readonly smt?: unknown }>
  >;
  readonly policies: Readonly<Record<string, { readonly doc: string }>>;
  readonly workloads: Readonly<
    Record<string, { readonly doc: string; readonly params: Readonly<Record<string, ParamSpec>> }>
  >;
  /** Numeric leaves of a machine profile that a study may override, by dotted path, with their ranges. */
  profilePaths(
    machine: string,
  ): Readonly<Record<string, { readonly value: number; readonly range: readonly [number, number] }>>;
}
