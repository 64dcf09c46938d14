import type { Rng } from '../sim/rng.ts';
import type { Clock, Cycles } from '../sim/units.ts';
import type { OpStream } from '../hw/opstream.ts';
import type { Traffic } from '../hw/nic.ts';
import type { TaskSpec } from './sched/task.ts';

export { Op, OpStream } from '../hw/opstream.ts';
export { type Traffic, type Wire } from '../hw/nic.ts';

/** System calls of the model. Futex and epoll operations are calls of their own, as they are separate paths in the kernel. */
export const CALLS = [
  'getpid',
  'gettid',
  'read',
  'write',
  'pread64',
  'fcntl',
  'epoll_wait',
  'epoll_add',
  'epoll_del',
  'futex_wait',
  'futex_wake',
  'sched_yield',
  'clock_gettime',
  'hostile',
  'syskernelmode',
  'syskerneljump',
] as const;
/** Name of a system call. */
export type CallName = (typeof CALLS)[number];
/** Number of each system call: its place in CALLS. */
export const Nr = Object.fromEntries(CALLS.map((name, nr) => [name, nr])) as Readonly<Record<CallName, number>>;

/** Error results of calls, as negative numbers on return. Values of Linux. */
export const EAGAIN = 11;
export const EBADF = 9;
export const EINVAL = 22;

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
  readonly attribute: AttributeName;
  readonly declared: boolean;
}

/** An open file of a process at start; its descriptor is its index. */
export type FileSpec =
  | { readonly kind: 'socket'; readonly connection: number; readonly nonblocking: boolean }
  | { readonly kind: 'epoll' }
  | { readonly kind: 'eventfd' }
  | { readonly kind: 'pagecache'; readonly pages: number }
  | { readonly kind: 'log' };

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
  /** Region into which system calls copy data for this thread. */
  readonly buffer: string;
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
  readonly cores: number;
  /** A named random stream of this run. */
  openStream(name: string): Rng;
  /** Present when the run has an attack program. */
  readonly hostile?: HostileCode;
  /** Records the completion of a request: latency in cycles from its intended start. */
  complete(latency: number): void;
}

/** Processes and the clients that load them; `traffic` is absent for a workload without a network. */
export interface Application {
  readonly processes: readonly ProcessSpec[];
  readonly traffic?: Traffic;
}
