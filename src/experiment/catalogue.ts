import type { Scalar } from '../archive/rows.ts';

/** What a study may set for one workload parameter. */
export interface ParamSpec {
  readonly kind: 'number' | 'integer' | 'boolean' | 'choice';
  readonly default: Scalar;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
  /** Unit of the value, or `none`. */
  readonly unit: string;
  readonly doc: string;
}

/** The names a study may use, with a sentence each; the study reader validates against it. */
export interface Catalogue {
  readonly machines: Readonly<Record<string, { readonly doc: string; readonly maxCores: number }>>;
  readonly policies: Readonly<Record<string, { readonly doc: string }>>;
  readonly workloads: Readonly<Record<string, { readonly doc: string; readonly params: Readonly<Record<string, ParamSpec>> }>>;
  /** Numeric leaves of a machine profile that a study may override, by dotted path, with their ranges. */
  profilePaths(machine: string): Readonly<Record<string, { readonly value: number; readonly range: readonly [number, number] }>>;
}
