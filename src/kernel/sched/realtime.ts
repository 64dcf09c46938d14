import type { Nanoseconds } from '../../sim/units.ts';
import type { SchedClass } from './schedclass.ts';
import type { Task } from './task.ts';

/** Turn of a round-robin task [ns]. Source: Linux RR_TIMESLICE, and sched_rr_timeslice_ms of the recorded host. */
export const RR_TIMESLICE = 100_000_000;

/**
 * First in, first out, and round robin: the highest priority runs, the first to have come among equals; FIFO until it
 * sleeps, RR for a timeslice. Source: POSIX.1-2017 2.8.4; Linux kernel/sched/rt.c.
 */
export class Realtime implements SchedClass {
  runnable = 0;
  load = 0;
  /** Waiting, in order of their turn within a priority. */
  readonly #waiting: Task[] = [];
  readonly #tick: Nanoseconds;
  #isRunningLast = false;

  /** `tick`: period of the tick [ns]. */
  constructor(tick: Nanoseconds) {
    this.#tick = tick;
  }

  enqueue(task: Task): void {
    this.runnable++;
    this.load += task.weight;
    if (task.timeslice <= 0) task.timeslice = RR_TIMESLICE;
    this.#waiting.push(task);
  }

  dequeue(task: Task): void {
    this.runnable--;
    this.load -= task.weight;
    const index = this.#waiting.indexOf(task);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  expatriate(): void {
    // nothing of a real-time task depends on its queue
  }

  pickNext(): Task | undefined {
    const next = this.#highest();
    if (next !== undefined) this.#waiting.splice(this.#waiting.indexOf(next), 1);
    this.#isRunningLast = false;
    return next;
  }

  /** A preempted task keeps its place before its equals; one whose turn is over goes behind them. */
  putPrev(task: Task): void {
    if (this.#isRunningLast) this.#waiting.push(task);
    else this.#waiting.unshift(task);
  }

  charge(): boolean {
    return false; // turns are counted in ticks
  }

  /** A tick counts as a whole one for who runs then, whatever it has had of it. Source: Linux task_tick_rt. */
  tick(task: Task): boolean {
    if (task.policy !== 'rr') return false;
    task.timeslice -= this.#tick;
    if (task.timeslice > 0) return false;
    task.timeslice = RR_TIMESLICE;
    return this.#toTheEnd(task);
  }

  shouldPreempt(running: Task, woken: Task): boolean {
    return woken.priority > running.priority;
  }

  yield(task: Task): void {
    this.#toTheEnd(task);
  }

  movable(accepts: (task: Task) => boolean): Task | undefined {
    return this.#waiting.find(accepts);
  }

  #toTheEnd(task: Task): boolean {
    const next = this.#highest();
    this.#isRunningLast = next !== undefined && next.priority >= task.priority;
    return this.#isRunningLast;
  }

  #highest(): Task | undefined {
    let best: Task | undefined = undefined;
    for (const task of this.#waiting) if (best === undefined || task.priority > best.priority) best = task;
    return best;
  }
}
