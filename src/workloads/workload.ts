import type { Application, BuildContext } from '../kernel/abi.ts';

/** Value of a workload parameter. */
export type ParamValue = number | string | boolean;

/** What a study may set for one workload parameter. A `program` is an attack program as attack files spell it, or empty; `numbers` are numbers above 0, or from `min` on, separated by spaces or commas; a `file` is named relative to the study, or empty. */
export interface ParamSpec {
  readonly kind: 'number' | 'integer' | 'boolean' | 'choice' | 'program' | 'numbers' | 'file';
  readonly default: ParamValue;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
  /** Unit of the value, or `none`. */
  readonly unit: string;
  readonly doc: string;
}

/** Resolved parameters of a run: every parameter of the workload, checked against its spec. */
export type Params = Readonly<Record<string, ParamValue>>;

/** A workload: its parameters, and how to build its processes and clients from them. */
export interface Workload {
  readonly name: string;
  readonly doc: string;
  readonly params: Readonly<Record<string, ParamSpec>>;
  build(context: BuildContext, params: Params): Application;
}

/** The numbers of a parameter of kind `numbers`. */
export function numbersOf(text: string): number[] {
  return text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map(Number);
}
