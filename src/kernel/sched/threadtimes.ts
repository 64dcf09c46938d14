import type { StatsRegistry } from '../../sim/stats.ts';
import type { Cycles } from '../../sim/units.ts';
import type { Thread, ThreadState } from '../thread.ts';

/** States in which a thread passes time. */
const TIMED = ['runnable', 'running', 'sleeping', 'traced'] as const;
const INDEX: Readonly<Record<ThreadState, number>> = {
  new: -1,
  runnable: 0,
  running: 1,
  sleeping: 2,
  traced: 3,
  zombie: -1,
};

/** Where the time of all threads went, and how often they slept and were woken. */
export class ThreadTimes {
  /** Every thread that was ever started. */
  readonly threads: Thread[] = [];
  readonly #stats: Float64Array;
  readonly #cycles: number;
  readonly #sleeps: number;
  readonly #wakeups: number;

  constructor(stats: StatsRegistry) {
    this.#stats = stats.values;
    this.#cycles = stats.vector(
      'kernel.threads',
      TIMED,
      'cycles',
      'Time of all threads by state, up to their last change',
    );
    this.#sleeps = stats.counter('kernel.sched.sleeps', 'count', 'Times that a thread went to sleep');
    this.#wakeups = stats.counter('kernel.sched.wakeups', 'count', 'Times that a sleeping thread was woken');
  }

  get sleeps(): number {
    return this.#stats[this.#sleeps];
  }
  get wakeups(): number {
    return this.#stats[this.#wakeups];
  }

  /** Cycles of all threads in these states, each up to its last change. */
  get cycles(): readonly Cycles[] {
    return TIMED.map((_, index) => this.#stats[this.#cycles + index]);
  }

  /** Moves a thread to a state. A core whose clock is behind can wake one that has just gone to sleep: it slept no time at all. */
  change(thread: Thread, state: ThreadState, now: Cycles): void {
    if (thread.state === 'new') this.#start(thread, now);
    else this.#stats[this.#cycles + INDEX[thread.state]] += Math.max(0, now - thread.changedAt);
    if (state === 'sleeping') this.#stats[this.#sleeps]++;
    if (thread.state === 'sleeping') this.#stats[this.#wakeups]++;
    thread.moveTo(state);
    thread.changedAt = Math.max(now, thread.changedAt);
  }

  #start(thread: Thread, now: Cycles): void {
    this.threads.push(thread);
    thread.startedAt = now;
  }
}
