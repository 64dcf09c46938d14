import type { SchedulerName } from '../../kernel/sched/index.ts';
import type { Row } from './table.ts';

/** One recorded number beside the simulated one; without a tolerance the number is shown but not judged. */
export interface Comparison {
  readonly line: number;
  readonly figure: string;
  readonly recorded: number;
  readonly simulated: number;
  /** Largest difference that agrees, in the unit of the figure. */
  readonly tolerance: number | undefined;
}

/** A kind of recording: how it is recognised and replayed. */
export interface Recording {
  readonly doc: string;
  /** Columns by which a table is recognised. */
  readonly columns: readonly string[];
  /** Columns that hold text; all others hold numbers. */
  readonly texts: readonly string[];
  /** Values of `kind` by which kinds of equal columns are told apart. */
  readonly kinds?: RegExp;
  /** Columns that name a case whose rows are threads that ran together, and the one that counts them; a case that lacks a row is not replayed. */
  readonly together?: { readonly by: readonly string[]; readonly count: string };
  replay(rows: readonly Row[], scheduler: SchedulerName): readonly Comparison[];
}

/** How far a comparison is off, in tolerances. */
export function excess({ recorded, simulated, tolerance }: Comparison): number {
  return tolerance === undefined ? 0 : Math.abs(simulated - recorded) / tolerance;
}
