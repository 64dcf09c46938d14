import type { Rng } from '../sim/rng.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import type { Clock, Cycles } from '../sim/units.ts';
import type { OpStream } from '../hw/opstream.ts';
import type { Traffic } from '../hw/wire.ts';
import type { TaskSpec } from './sched/task.ts';

export { type TaskSpec } from './sched/task.ts';
export { Op, OpStream } from '../hw/opstream.ts';
export { type ClientReceiver } from '../hw/clientlink.ts';
export { type Traffic, type Wire } from '../hw/wire.ts';
export * from './abicalls.ts';

/** A run of pages of a process. Verified code is JIT output of verifiable code; native code is not. */
export interface RegionSpec {
  readonly name: string;
  readonly pages: number;
  readonly kind: 'verified' | 'native' | 'data';
}

/** Execution-privilege attribute of a function (2004 proposal). */
export type AttributeName = 'AlwaysKernelMode' | 'AlwaysUserMode' | 'UseCallersMode';

/** A function that programs may call with a mode switch: its region tells its provenance. Declared ones are entries for syskerneljump. */
export interface FunctionSpec {
  readonly name: string;
  readonly region: string;
  /** None if absent; what that means is A15 of the readings. */
  readonly attribute?: AttributeName;
  readonly declared: boolean;
}

/** Times of a device that serves one request after the other: to the first byte, and for each page [ns]. */
export interface SerialDevice {
  readonly latencyNs: number;
  readonly pageNs: number;
}

/** An open file of a process at start; its descriptor is its index. */
export type FileSpec =
  | {
      readonly kind: 'socket';
      readonly connection: number;
      readonly nonblocking: boolean;
      /** Room of its send buffer; as autotuning ends if absent. */
      readonly sendBytes?: number;
    }
  /** The port on which clients behind the wire connect, the same for all processes that have it. */
  | { readonly kind: 'listener' }
  | { readonly kind: 'epoll' }
  | { readonly kind: 'eventfd'; readonly blocking?: true }
  /** Processes that open files of one `id`, of equally many pages, share these; otherwise each has its own. `folios`: each page is looked up by itself, as of tmpfs, and of all file systems before large folios (Linux 5.16 and later, by file system). */
  | { readonly kind: 'pagecache'; readonly pages: number; readonly id?: number; readonly folios?: 'small' }
  /** On the machine's block device, or on one of its own that serves one request after the other; `direct`: read past the page cache (O_DIRECT). */
  | { readonly kind: 'disk'; readonly pages: number; readonly device?: SerialDevice; readonly direct?: true }
  | { readonly kind: 'log' }
  | { readonly kind: 'null' }
  /** One end of a pipe (0 reads, 1 writes) or of a connected pair of stream sockets; `id` names the pair in all processes. */
  | {
      readonly kind: 'pipe' | 'unix' | 'tcp';
      readonly id: number;
      readonly end: 0 | 1;
      readonly nonblocking?: boolean;
    };

/** What a program can reach: its operations, where its regions lie, words shared by its process, its random numbers. */
export interface ThreadEnv {
  readonly stream: OpStream;
  readonly rng: Rng;
  /** Futex words and other small state shared by the threads of the process. */
  readonly words: Int32Array;
  /** Descriptors that the last epoll_wait of this thread returned. */
  readonly ready: Int32Array;
  /** The thread's present, as rdtsc would read it: what ran so far has taken its time. */
  now(): Cycles;
  /** First virtual line of a region. */
  lineOf(region: string): number;
  /** Index of a function, for Op.Call. */
  functionOf(name: string): number;
}

/** A thread's script: pushes operations, then yields to have them executed; receives the result of the last system call. */
export type Program = (env: ThreadEnv) => Generator<void, void, number>;

/** A thread at start. */
export interface ThreadSpec {
  readonly name: string;
  readonly nice: number;
  /** Scheduling policy and the like; SCHED_OTHER on any core if absent. */
  readonly sched?: Partial<TaskSpec>;
  readonly program: Program;
  /** Region of the thread's stack; system calls copy its data there. */
  readonly buffer: string;
  /**
   * Whether what it does next depends on no result of calls that may be held back (FlexSC), so that it goes on before they are performed; without
   * it, it waits for what it called.
   */
  readonly runsAhead?: boolean;
}

/** A process at start. Only trusted ones get the policy's capabilities. */
export interface ProcessSpec {
  readonly name: string;
  readonly isTrusted: boolean;
  readonly regions: readonly RegionSpec[];
  readonly functions: readonly FunctionSpec[];
  readonly files: readonly FileSpec[];
  readonly words: number;
  readonly threads: readonly ThreadSpec[];
  /** What threads made by clone and fork run, by index. */
  readonly children?: readonly ThreadSpec[];
  /** What a signal has a thread do, wherever in its own code it is; without one the thread's next operations are the handler, up to rt_sigreturn. */
  readonly handler?: Program;
}

/** An attack program that a hostile native thread performs step by step; what comes of each step is decided beside the timed kernel. */
export interface HostileCode {
  readonly steps: number;
  /** Whether a step is a system call, and not plain code. */
  entersKernel(step: number): boolean;
  /** Performs a step and counts what came of it. */
  perform(step: number): void;
}

/** What a workload needs to build itself. */
export interface BuildContext {
  readonly clock: Clock;
  /** Logical CPUs. */
  readonly cores: number;
  /** Where a workload registers what it counts itself. */
  readonly stats: StatsRegistry;
  /** A named random stream of this run. */
  openStream(name: string): Rng;
  /** Present when the run has an attack program. */
  readonly hostile?: HostileCode;
  /** Recorded gaps between requests in us, when the run brings them along. */
  readonly arrivalGapsUs?: readonly number[];
  /** Records that a request was due at a time in cycles. */
  begin(intended: number): void;
  /** Records the completion of a request at a time: latency in cycles from its intended start. */
  complete(latency: number, now: number): void;
}

/** Processes and the clients that load them; `traffic` is absent for a workload without a network. */
export interface Application {
  readonly processes: readonly ProcessSpec[];
  readonly traffic?: Traffic;
}
