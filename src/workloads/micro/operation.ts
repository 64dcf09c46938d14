import type { FileSpec } from '../../kernel/abi.ts';
import type { Steps } from './step.ts';

/** Sizes that a study may set. */
export interface Sizes {
  readonly bytes: number;
  readonly pages: number;
  readonly processes: number;
  readonly descriptors: number;
  readonly batch: number;
  /** Pages of data and lines of code that the program goes through before each operation, untimed; 0: none. */
  readonly userPages: number;
  readonly userCode: number;
}

/** A program of a benchmark: `loop` is repeated for ever; each time counts as one operation in the thread that measures. */
export interface MicroProgram {
  readonly prepare?: (steps: Steps, sizes: Sizes) => Generator<void, unknown, number>;
  readonly loop: (steps: Steps, sizes: Sizes, prepared: unknown) => Generator<void, unknown, number>;
  /** What the thread that measures does between two operations, untimed. */
  readonly between?: (steps: Steps, sizes: Sizes) => Generator<void, unknown, number>;
}

/** One micro-benchmark: what is timed, and what runs against it. */
export interface Operation {
  readonly doc: string;
  readonly files?: (sizes: Sizes) => readonly FileSpec[];
  /** Pages of the buffer that it needs; as many as `bytes` fill if absent. */
  readonly bufferPages?: (sizes: Sizes) => number;
  readonly measured: MicroProgram;
  /** Other threads of the process, and other processes with the same files. */
  readonly threads?: (sizes: Sizes) => readonly MicroProgram[];
  readonly processes?: (sizes: Sizes) => readonly MicroProgram[];
  /** What a signal has a thread do. */
  readonly handler?: MicroProgram['loop'];
  /** What clone and fork run, by index; once. */
  readonly children?: readonly MicroProgram['loop'][];
}

/** An operation that is a few steps and nothing else. */
export function only(doc: string, loop: MicroProgram['loop'], files?: Operation['files']): Operation {
  return { doc, measured: { loop }, ...(files === undefined ? {} : { files }) };
}
