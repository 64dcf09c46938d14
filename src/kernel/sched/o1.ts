import type { Nanoseconds } from '../../sim/units.ts';
import {
  creditSleep,
  debitRun,
  effectivePriority,
  granularity,
  isInteractive,
  MAX_SLEEP_AVG,
  staticPriority,
  timesliceOf,
} from './interactivity.ts';
import type { Arrival, SchedClass } from './schedclass.ts';
import type { Task } from './task.ts';

/** Share of its wait on the queue that counts as sleep for a task that woke. Source: Linux 2.6.8, ON_RUNQUEUE_WEIGHT. */
const ON_RUNQUEUE_WEIGHT = 0.3;

/**
 * O(1) scheduler of Linux 2.6.8: the best dynamic priority runs, round robin among equals; a task that has used its timeslice
 * waits in the expired array until the active one is empty, unless it is interactive. Source: kernel/sched.c of 2.6.8.
 */
export class O1 implements SchedClass {
  runnable = 0;
  load = 0;
  readonly #cores: number;
  #active: Task[] = [];
  #expired: Task[] = [];
  /** When the first task expired since the arrays were swapped; NaN before. */
  #expiredSince = Number.NaN;
  #goesTo: 'front' | 'back' | 'expired' = 'front';
  #running: Task | undefined = undefined;

  constructor(cores: number) {
    this.#cores = cores;
  }

  enqueue(task: Task, arrival: Arrival, now: Nanoseconds): void {
    this.runnable++;
    this.load += task.weight;
    if (arrival === 'wake') creditSleep(task, Math.max(0, now - task.stampedAt));
    if (arrival === 'new') begin(task);
    task.isActivated = arrival === 'wake';
    task.stampedAt = now;
    this.#active.push(task);
  }

  dequeue(task: Task, _departure: unknown, now: Nanoseconds): void {
    this.runnable--;
    this.load -= task.weight;
    this.#leave(task, now);
    for (const array of [this.#active, this.#expired]) {
      const index = array.indexOf(task);
      if (index >= 0) array.splice(index, 1);
    }
  }

  expatriate(): void {
    // priorities mean the same on every queue
  }

  pickNext(now: Nanoseconds): Task | undefined {
    if (this.#active.length === 0) this.#swap();
    const next = best(this.#active);
    if (next === undefined) return undefined;
    this.#active.splice(this.#active.indexOf(next), 1);
    if (next.isActivated) creditSleep(next, Math.max(0, now - next.stampedAt) * ON_RUNQUEUE_WEIGHT);
    next.isActivated = false;
    next.stampedAt = now;
    this.#goesTo = 'front';
    this.#running = next;
    return next;
  }

  putPrev(task: Task, now: Nanoseconds): void {
    this.#leave(task, now);
    if (this.#goesTo === 'expired') this.#expired.push(task);
    else if (this.#goesTo === 'back') this.#active.push(task);
    else this.#active.unshift(task);
  }

  charge(task: Task, spent: Nanoseconds): boolean {
    task.timeslice -= spent;
    return false;
  }

  // Source: Linux 2.6.8, scheduler_tick.
  tick(task: Task, now: Nanoseconds): boolean {
    if (task.timeslice <= 0) return this.#renew(task, now);
    const turn = granularity(task, this.#cores);
    const used = timesliceOf(task.nice) - task.timeslice;
    const isTurnOver = task.timeslice >= turn && used - task.turnStart >= turn;
    if (!isInteractive(task) || !isTurnOver) return false;
    task.turnStart = used;
    task.dynamicPriority = effectivePriority(task.nice, task.sleepAverage);
    this.#goesTo = 'back';
    return true;
  }

  shouldPreempt(running: Task, woken: Task): boolean {
    return woken.dynamicPriority < running.dynamicPriority;
  }

  /** To the expired array: others with timeslices left all go first. Source: Linux 2.6, sys_sched_yield. */
  yield(): void {
    this.#goesTo = 'expired';
  }

  movable(accepts: (task: Task) => boolean): Task | undefined {
    return this.#expired.find(accepts) ?? this.#active.find(accepts);
  }

  /** A task that leaves its CPU is debited once for all that it ran since it was chosen. Source: Linux 2.6.8, schedule. */
  #leave(task: Task, now: Nanoseconds): void {
    if (task === this.#running) debitRun(task, Math.max(0, now - task.stampedAt));
    if (task === this.#running) this.#running = undefined;
    task.stampedAt = now;
  }

  #renew(task: Task, now: Nanoseconds): boolean {
    task.dynamicPriority = effectivePriority(task.nice, task.sleepAverage);
    task.timeslice = timesliceOf(task.nice);
    task.turnStart = 0;
    if (Number.isNaN(this.#expiredSince)) this.#expiredSince = now;
    this.#goesTo = isInteractive(task) && !this.#isStarving(task, now) ? 'back' : 'expired';
    return true;
  }

  /** Whether those in the expired array have waited too long, or one of them is better. Source: EXPIRED_STARVING. */
  #isStarving(running: Task, now: Nanoseconds): boolean {
    if (now - this.#expiredSince >= MAX_SLEEP_AVG * this.runnable) return true;
    return this.#expired.some(({ nice }) => staticPriority(nice) < staticPriority(running.nice));
  }

  #swap(): void {
    [this.#active, this.#expired] = [this.#expired, this.#active];
    this.#expiredSince = Number.NaN;
  }
}

/** A new task starts in the middle, without bonus; its parent's sleep average is not known. */
function begin(task: Task): void {
  task.sleepAverage = MAX_SLEEP_AVG / 2;
  task.dynamicPriority = effectivePriority(task.nice, task.sleepAverage);
  task.timeslice = timesliceOf(task.nice);
}

function best(tasks: readonly Task[]): Task | undefined {
  let first: Task | undefined = undefined;
  for (const task of tasks) if (first === undefined || task.dynamicPriority < first.dynamicPriority) first = task;
  return first;
}
