import type { Problems } from './problems.ts';

/**
 * One completed system call, the same whichever tool recorded it.
 * Arguments are numbers as in the registers; a pointer to something is any non-zero number.
 */
export interface Call {
  readonly tid: number;
  readonly name: string;
  readonly args: readonly number[];
  /** The capture began inside the call: its arguments are unknown and left out. */
  readonly partial: boolean;
  /** Negative errno on failure. */
  readonly result: number;
  /** [ns] since the first event of the capture. */
  readonly enter: number;
  readonly exit: number;
  /** User time since the thread's previous call [ns]; NaN when unknown or when the thread lost its core in it. */
  readonly gap: number;
  /** Went to sleep inside the call; lost its core while still runnable. */
  readonly slept: boolean;
  readonly preempted: boolean;
  /** Threads (of any process) this call woke. */
  readonly woken: readonly Woken[];
  /** What the tool itself printed about the descriptor, such as `<socket:[4711]>`; empty if nothing. */
  readonly hint: string;
}

/** A thread made runnable, with the name the kernel showed for it. */
export interface Woken {
  readonly tid: number;
  readonly comm: string;
}

/** A capture that can be read several times from its start. */
export interface Capture {
  readonly tool: 'perf' | 'strace';
  readonly path: string;
  /** Calls in the order of completion, many at a time. */
  calls(problems: Problems, comms?: Map<number, string>): AsyncGenerator<readonly Call[]>;
}
