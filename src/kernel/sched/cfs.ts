import type { Nanoseconds } from '../../sim/units.ts';
import type { Arrival, Departure, SchedClass } from './schedclass.ts';
import type { Task } from './task.ts';
import { NICE_0_WEIGHT, virtualTime } from './weights.ts';

/** Numbers of a CFS queue [ns]; those of Linux grow with the logarithm of the cores. */
export interface CfsTunables {
  /** Time in which every task runs once while there are few. */
  readonly latency: Nanoseconds;
  /** Least turn of a task while there are many. */
  readonly minGranularity: Nanoseconds;
  /** Lead that a woken task of nice 0 needs to take the core. */
  readonly wakeupGranularity: Nanoseconds;
}

/** Time in which `tasks` tasks run once each. Source: Linux kernel/sched/fair.c, __sched_period. */
export function schedPeriod(tasks: number, { latency, minGranularity }: CfsTunables): Nanoseconds {
  return tasks * minGranularity > latency ? tasks * minGranularity : latency;
}

/**
 * Completely fair scheduler of Linux 2.6.23 to 6.5: the least virtual runtime runs, for its weight's share of a period; a
 * sleeper comes back with half a period of credit at most. Source: Linux 5.x kernel/sched/fair.c with the default features.
 */
export class Cfs implements SchedClass {
  runnable = 0;
  load = 0;
  /** Least virtual runtime here as a clock that never goes back: newcomers are placed by it. */
  minVruntime: Nanoseconds = 0;
  readonly #tunables: CfsTunables;
  readonly #waiting: Task[] = [];
  #running: Task | undefined = undefined;
  #skipped: Task | undefined = undefined;

  constructor(tunables: CfsTunables) {
    this.#tunables = tunables;
  }

  enqueue(task: Task, arrival: Arrival): void {
    this.runnable++;
    this.load += task.weight;
    if (arrival === 'move') task.vruntime += this.minVruntime;
    else if (arrival === 'wake')
      task.vruntime = Math.max(task.vruntime, this.minVruntime - Math.floor(this.#tunables.latency / 2));
    else task.vruntime = this.minVruntime + virtualTime(this.#turnOf(task), task.weight);
    this.#waiting.push(task);
  }

  dequeue(task: Task, departure: Departure): void {
    this.runnable--;
    this.load -= task.weight;
    if (task === this.#running) this.#running = undefined;
    else this.#remove(task);
    // Before the clock moves on without it, as Linux does in dequeue_entity: a task that held it back takes no credit along for that.
    if (departure === 'move') this.expatriate(task);
    this.#follow();
  }

  expatriate(task: Task): void {
    task.vruntime -= this.minVruntime;
  }

  pickNext(): Task | undefined {
    const left = this.#leftmost(undefined);
    if (left === undefined) return undefined;
    const second = left === this.#skipped ? this.#leftmost(left) : undefined;
    const next = second !== undefined && !this.#leads(left, second) ? second : left;
    this.#skipped = undefined;
    this.#remove(next);
    this.#running = next;
    next.pickedAtRuntime = next.runtime;
    return next;
  }

  putPrev(task: Task): void {
    this.#waiting.push(task);
    this.#running = undefined;
  }

  charge(task: Task, spent: Nanoseconds): boolean {
    task.vruntime += virtualTime(spent, task.weight);
    this.#follow();
    return false;
  }

  // Source: Linux check_preempt_tick.
  tick(task: Task): boolean {
    const left = this.#leftmost(undefined);
    if (left === undefined) return false;
    const turn = this.#turnOf(task);
    const ran = task.runtime - task.pickedAtRuntime;
    if (ran > turn) return true;
    return ran >= this.#tunables.minGranularity && task.vruntime - left.vruntime > turn;
  }

  shouldPreempt(running: Task, woken: Task): boolean {
    if (running.policy === 'idle' || woken.policy === 'idle') return woken.policy !== 'idle';
    return woken.policy !== 'batch' && this.#leads(woken, running);
  }

  yield(task: Task): void {
    this.#skipped = task;
  }

  movable(accepts: (task: Task) => boolean): Task | undefined {
    return this.#waiting.find(accepts);
  }

  /** What a task may run in a period. Source: Linux sched_slice. */
  #turnOf(task: Task): Nanoseconds {
    const load = this.load === 0 ? task.weight : this.load;
    return (schedPeriod(this.runnable, this.#tunables) * task.weight) / load;
  }

  /** Whether one task is ahead of another by more than the granularity of wake-ups. Source: wakeup_preempt_entity. */
  #leads(one: Task, other: Task): boolean {
    const granularity = (this.#tunables.wakeupGranularity * NICE_0_WEIGHT) / one.weight;
    return other.vruntime - one.vruntime > granularity;
  }

  #leftmost(except: Task | undefined): Task | undefined {
    let least: Task | undefined = undefined;
    for (const task of this.#waiting)
      if (task !== except && (least === undefined || task.vruntime < least.vruntime)) least = task;
    return least;
  }

  #follow(): void {
    const left = this.#leftmost(undefined)?.vruntime ?? Infinity;
    const least = Math.min(this.#running?.vruntime ?? Infinity, left);
    if (least < Infinity && least > this.minVruntime) this.minVruntime = least;
  }

  #remove(task: Task): void {
    this.#waiting.splice(this.#waiting.indexOf(task), 1);
  }
}
