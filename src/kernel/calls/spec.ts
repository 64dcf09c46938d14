import type { Core } from '../../hw/core.ts';
import type { Sourced } from '../../hw/profile.ts';
import type { FileHost } from '../files/file.ts';
import type { AddressSpaces } from '../addressspaces.ts';
import type { Locks, LockName } from '../locks.ts';
import type { Footprint } from '../path.ts';
import type { Thread } from '../thread.ts';
import type { Publisher } from '../publishing.ts';
import type { Urgency } from '../sched/task.ts';
import type { TrustGate } from '../trust.ts';

/** What effects may ask of the kernel. */
export interface CallHost extends FileHost {
  readonly trust: TrustGate;
  readonly spaces: AddressSpaces;
  readonly publisher: Publisher;
  /** Threads that have not ended, by id. */
  readonly threads: Map<number, Thread>;
  readonly locks: Locks;
  /** Gives a thread the urgency of another one that waits for it, or its own back. */
  setUrgency(thread: Thread, urgency: Urgency): void;
  /** Fresh lines of kernel memory, for what a call opens. */
  allocateLines(lines: number): number;
  /** First line of the file of so many pages that is in the page cache: opened again, it is the same file. */
  cachedFile(pages: number): number;
  /** Interrupts the core on which a thread runs, if that is another one. */
  kick(core: Core, thread: Thread): void;
  /** Asks for another thread at the return from this call; whether one waits. */
  yieldCore(core: Core): boolean;
  /** Has a thread that is about to sleep woken at the latest `ns` after it first asked in this call; `isTimedOut` tells. */
  setDeadline(core: Core, thread: Thread, ns: number): void;
}

/** Does what a call does, and returns its result, a negative errno, or BLOCKED. Arguments stand in the thread. */
export type Effect = (host: CallHost, core: Core, thread: Thread) => number;

/** Work that grows with what a call is asked for. */
export interface SizeDependence {
  readonly unit: 'page' | 'segment' | 'descriptor' | 'entry' | 'KiB';
  readonly instructions: Sourced;
  /** Calls through pointers for each; as many as other code of such a length has if absent. */
  readonly indirectCalls?: number;
  /** Units beyond those that the footprint holds, from the arguments. */
  readonly count: (thread: Thread) => number;
}

/** A lock that a call holds for the last part of its path and for its effect. */
export interface LockUse {
  readonly name: Exclude<LockName, 'runqueue'>;
  /** Share of the path's instructions under the lock. */
  readonly share: Sourced;
}

/** A system call as data: what it executes besides the crossing and copies, what it waits for and locks, and what it does. */
export interface CallSpec {
  /** What the three arguments mean, and what the call does. */
  readonly doc: string;
  readonly footprint: Footprint;
  readonly each?: SizeDependence;
  /** What it sleeps for, or `never`. */
  readonly blocks: string;
  readonly lock?: LockUse;
  readonly effect: Effect;
}

/** An effect that changes nothing the model keeps. */
export const succeed: Effect = () => 0;
