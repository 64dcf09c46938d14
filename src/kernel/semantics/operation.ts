import type { Machine } from './machine.ts';

/**
 * One step in the form that machines execute. Addresses are page · 8 + offset; absent optional addresses are −1. What `a` to `c` mean is
 * fixed by the operation's argument list in operations.ts.
 */
export interface Operation {
  /** Index of the operation in `OPERATION_NAMES`. */
  readonly code: number;
  /** Acting thread; −1 when no thread acts. */
  readonly thread: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** Declared entries of a new program, else empty. */
  readonly list: readonly number[];
}

/**
 * An operation's meaning. Returns 0, a number such as a new thread's id, a negated errno, or a `Result`. A refused operation changes
 * nothing; room that is missing is noted by `Machine.exceed`.
 */
export type Effectuate = (m: Machine, t: number, op: Operation) => number;
