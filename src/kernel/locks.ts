import type { StatsRegistry } from '../sim/stats.ts';
import type { KernelMemory } from './memory.ts';
import { KernelLock, type LockCount } from './lock.ts';
import type { Thread } from './thread.ts';

/** Kinds of kernel locks, as Linux has them. */
export const LOCKS = {
  runqueue: 'the runqueue of a core (rq->lock), taken to wake and to switch threads',
  futexBucket: 'the bucket of the futex hash table that a word falls into',
  mmapLock: 'the memory map of a process (mmap_lock), taken to change it',
  fileTable: 'the descriptor table of a process (files->file_lock), taken to open and close',
  file: 'what a descriptor stands for: a socket, a pipe, an epoll instance, an inode',
} as const satisfies Record<string, string>;
/** Kind of a kernel lock. */
export type LockName = keyof typeof LOCKS;
const NAMES = Object.keys(LOCKS) as LockName[];

/** Buckets of the futex hash table. Source: Linux kernel/futex: 256 for each processor; the models here have few, so 256 in all. */
const FUTEX_BUCKETS = 256;
/** Knuth's multiplicative hash, 2^32 divided by the golden ratio. */
const GOLDEN = 0x9e3779b1;

/** All locks of the kernel, made when they are first taken. */
export class Locks {
  readonly #memory: KernelMemory;
  readonly #counts: Readonly<Record<LockName, LockCount>>;
  readonly #runqueues: KernelLock[] = [];
  readonly #buckets: KernelLock[] = [];
  readonly #owned = new Map<object, KernelLock>();

  constructor(memory: KernelMemory, stats: StatsRegistry) {
    this.#memory = memory;
    const waits = stats.vector('kernel.locks.waits', NAMES, 'count', 'Spins for a kernel lock, by kind');
    const cycles = stats.vector('kernel.locks.cycles', NAMES, 'cycles', 'Cycles spun for kernel locks, by kind');
    const counts = NAMES.map(
      (name, i) => [name, { stats: stats.values, waits: waits + i, cycles: cycles + i }] as const,
    );
    this.#counts = Object.fromEntries(counts) as Record<LockName, LockCount>;
  }

  /** The lock of a core's runqueue. */
  runqueue(core: number): KernelLock {
    return (this.#runqueues[core] ??= this.#make('runqueue'));
  }

  /** The lock of the futex bucket of a word of a thread's process. */
  futexBucket(thread: Thread, word: number): KernelLock {
    const bucket = Math.imul(thread.process.pid * 65_537 + word, GOLDEN) >>> 24;
    return (this.#buckets[bucket % FUTEX_BUCKETS] ??= this.#make('futexBucket'));
  }

  /** The lock of a kind that an object of the kernel has: a memory map, a descriptor table, a file. */
  of(name: 'mmapLock' | 'fileTable' | 'file', owner: object): KernelLock {
    const known = this.#owned.get(owner);
    if (known !== undefined) return known;
    const lock = this.#make(name);
    this.#owned.set(owner, lock);
    return lock;
  }

  #make(name: LockName): KernelLock {
    return new KernelLock(this.#memory.data(1), this.#counts[name]);
  }
}
