import type { Cycles } from '../../sim/units.ts';
import type { Thread } from '../process.ts';

/** Runnable threads of one core, and the one that runs. */
export class Runqueue {
  readonly core: number;
  current: Thread | undefined = undefined;
  /** Set when `current` must give way at the next return to user code. */
  needsResched = false;
  /** When `current` was picked. */
  pickedAt: Cycles = 0;
  /** Least virtual runtime of the threads here, as a clock that never goes back: newcomers are placed by it. */
  minVruntime: Cycles = 0;
  readonly #waiting: Thread[] = [];

  constructor(core: number) {
    this.core = core;
  }

  /** Threads waiting, the running one not counted. */
  get length(): number {
    return this.#waiting.length;
  }

  /** Threads waiting and running. */
  get load(): number {
    return this.#waiting.length + (this.current === undefined ? 0 : 1);
  }

  /** Adds a runnable thread. */
  enqueue(thread: Thread): void {
    this.#waiting.push(thread);
  }

  /** Takes the waiting thread with the least vruntime; the first to have come among equals. */
  take(): Thread | undefined {
    let best = 0;
    for (let i = 1; i < this.#waiting.length; i++)
      if (this.#waiting[i].vruntime < this.#waiting[best].vruntime) best = i;
    const [thread] = this.#waiting.splice(best, 1);
    if (thread !== undefined && thread.vruntime > this.minVruntime) this.minVruntime = thread.vruntime;
    return thread;
  }

  /** Moves the minimum on to the least virtual runtime of the running and the waiting threads. */
  advance(): void {
    const least = Math.min(this.current?.vruntime ?? Infinity, this.leastVruntime());
    if (least < Infinity && least > this.minVruntime) this.minVruntime = least;
  }

  /** Least vruntime among the waiting; Infinity when none waits. */
  leastVruntime(): Cycles {
    let least = Infinity;
    for (const thread of this.#waiting) if (thread.vruntime < least) least = thread.vruntime;
    return least;
  }
}
