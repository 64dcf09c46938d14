import type { Core } from '../../hw/core.ts';
import type { Sourced } from '../../hw/profile.ts';
import type { StatsRegistry } from '../../sim/stats.ts';
import { CALLS } from '../abi.ts';
import type { KernelLock } from '../lock.ts';
import type { Locks } from '../locks.ts';
import type { KernelMemory } from '../memory.ts';
import { placePath, runLoopedPath, runPath, slowedOf, type KernelPath } from '../path.ts';
import type { Thread } from '../thread.ts';
import { lengthOf, shareOf, type KernelWork } from './classes.ts';
import { USER_FOOTPRINT, type WorkShares } from './paths.ts';
import type { CallHost, CallSpec, LockUse } from './spec.ts';
import { CALL_TABLE } from './table.ts';

/** A row of the table, placed in kernel memory: the path before its lock is taken, and the one under it. */
interface PlacedCall {
  readonly spec: CallSpec;
  readonly path: KernelPath;
  readonly locked: KernelPath | undefined;
  /** Instructions for each unit that the call is asked for, and the cycles by which thunks slow them. */
  readonly perUnit: number;
  readonly slowedPerUnit: number;
}

/** Runs the rows of the table, and counts them: footprint, locks, effect. */
export class CallExecutor {
  readonly #calls: readonly PlacedCall[];
  readonly #locks: Locks;
  readonly #inUser: KernelPath;

  readonly #stats: Float64Array;
  readonly #counts: number;

  /** `work` is the share that is left of some calls, by the policy; `kernel` that of classes of them which the machine's kernel executes. */
  constructor(memory: KernelMemory, locks: Locks, stats: StatsRegistry, work: WorkShares, kernel?: KernelWork) {
    this.#locks = locks;
    this.#stats = stats.values;
    this.#counts = stats.vector('kernel.calls', CALLS, 'count', 'System calls performed, by name');
    this.#inUser = { ...placePath(memory, USER_FOOTPRINT), slowed: 0 };
    this.#calls = CALLS.map((name) => place(memory, CALL_TABLE[name], work[name], shareOf(kernel, name)));
  }

  /** Runs a thread's call from its start to its result, or to BLOCKED. hot */
  begin(host: CallHost, core: Core, thread: Thread): number {
    this.#stats[this.#counts + thread.nr]++;
    const { spec, path, locked, perUnit, slowedPerUnit } = this.#calls[thread.nr];
    const units = spec.each === undefined ? 0 : Math.max(0, spec.each.count(thread));
    runLoopedPath(core, path, units * perUnit, units * slowedPerUnit);
    if (locked === undefined) return spec.effect(host, core, thread);
    const lock = this.#lockOf(spec.lock!.name, thread);
    lock.acquire(core);
    runPath(core, locked);
    const result = spec.effect(host, core, thread);
    lock.release(core);
    return result;
  }

  /** Answers a call by code that is mapped into the process. */
  answer(host: CallHost, core: Core, thread: Thread): number {
    this.#stats[this.#counts + thread.nr]++;
    runPath(core, this.#inUser);
    return this.#calls[thread.nr].spec.effect(host, core, thread);
  }

  /** Tries the effect again after the thread slept, under the call's lock. */
  resume(host: CallHost, core: Core, thread: Thread): number {
    const { spec } = this.#calls[thread.nr];
    if (spec.lock === undefined) return spec.effect(host, core, thread);
    const lock = this.#lockOf(spec.lock.name, thread);
    lock.acquire(core);
    const result = spec.effect(host, core, thread);
    lock.release(core);
    return result;
  }

  /** Which lock a call takes, by its kind and its arguments. */
  #lockOf(name: LockUse['name'], thread: Thread): KernelLock {
    const { process, arg0 } = thread;
    if (name === 'futexBucket') return this.#locks.futexBucket(thread, arg0);
    if (name === 'mmapLock') return this.#locks.of(name, process.table);
    if (name === 'fileTable') return this.#locks.of(name, process.files);
    return this.#locks.of(name, process.files[arg0] ?? process.files);
  }
}

function place(
  memory: KernelMemory,
  spec: CallSpec,
  byPolicy: Sourced | undefined,
  byKernel: Sourced | undefined,
): PlacedCall {
  const path = placePath(memory, lengthOf(spec.footprint, byPolicy, byKernel));
  const perUnit = (spec.each?.instructions.value ?? 0) * (byKernel?.value ?? 1);
  const slowedPerUnit = slowedOf(memory, perUnit, spec.each?.indirectCalls);
  if (spec.lock === undefined) return { spec, path, locked: undefined, perUnit, slowedPerUnit };
  return { spec, ...split(path, spec.lock.share.value), perUnit, slowedPerUnit };
}

/** Cuts the end off a path: its share of instructions and code, and all data, which the lock protects. */
function split(path: KernelPath, share: number): Pick<PlacedCall, 'path' | 'locked'> {
  const codeLines = Math.max(1, Math.round(path.codeLines * (1 - share)));
  const instructions = Math.round(path.instructions * (1 - share));
  const locked = {
    ...path,
    instructions: path.instructions - instructions,
    codeLine: path.codeLine + codeLines,
    codeLines: path.codeLines - codeLines,
    slowed: path.slowed * share,
  };
  const before = { ...path, codeLines, instructions, groups: new Int32Array(0), slowed: path.slowed * (1 - share) };
  return { path: before, locked };
}
