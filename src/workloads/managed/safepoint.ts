import type { Counters } from './counters.ts';
import type { ManagedThread } from './managedthread.ts';
import type { Poller } from './pollers.ts';

/** Which threads must stand still before the runtime may touch what they use, and how they are told. */
export class Safepoint {
  readonly poller: Poller;
  readonly counters: Counters;
  /** Threads that run managed code, or touch the heap beside it. */
  readonly threads: ManagedThread[] = [];
  /** Whether threads are asked to stop. */
  isArmed = false;
  /** Threads in critical sections, and whether an operation waits for them to leave. */
  locks = 0;
  isLockedOut = false;
  /** Whether the guard page faults by now. */
  isGuarded = false;

  constructor(poller: Poller, counters: Counters) {
    this.poller = poller;
    this.counters = counters;
  }

  /** Adds a thread; its index among those that poll. */
  join(thread: ManagedThread): number {
    return this.threads.push(thread) - 1;
  }

  /** Whether some thread may still touch the heap. */
  get isAwaited(): boolean {
    return this.threads.some(({ isSafe }) => !isSafe);
  }
}
