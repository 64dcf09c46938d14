import type { Core } from '../hw/core.ts';
import { Cpi } from '../hw/cpi.ts';
import type { Cycles } from '../sim/units.ts';

/** Where the waits for the locks of one kind are counted: two counters of the registry, how often and for how many cycles. */
export interface LockCount {
  readonly stats: Float64Array;
  readonly waits: number;
  readonly cycles: number;
}

/**
 * A kernel lock with one owner and first-come-first-served spinning. Kernel sections run to their end, so a lock is known to be free from a
 * time on: who comes within a busy period spins to its end and prolongs it. A core that has run ahead may have taken the
 * lock in the future of another; who comes before the busy period began does not wait for it.
 */
export class KernelLock {
  readonly #line: number;
  readonly #count: LockCount;
  #busyFrom: Cycles = 0;
  #freeAt: Cycles = 0;
  #owner = -1;

  /** `line`: the kernel line of the lock's word, which moves between the caches of its owners. */
  constructor(line: number, count: LockCount) {
    this.#line = line;
    this.#count = count;
  }

  /** Takes the lock for a core: fetches its line for writing, then spins until it is free. */
  acquire(core: Core): void {
    core.memory.touch(this.#line, 1, true);
    const { now } = core;
    const isBusy = now >= this.#busyFrom && now < this.#freeAt && this.#owner !== core.id;
    if (isBusy) this.#spin(core, this.#freeAt - now);
    else if (now >= this.#freeAt) this.#busyFrom = now;
    this.#owner = core.id;
  }

  /** Gives the lock back. */
  release(core: Core): void {
    if (core.now > this.#freeAt) this.#freeAt = core.now;
  }

  #spin(core: Core, cycles: Cycles): void {
    const { stats, waits, cycles: total } = this.#count;
    stats[waits]++;
    stats[total] += cycles;
    core.spend(Cpi.kernelLock, cycles);
  }
}
