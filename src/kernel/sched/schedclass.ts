import type { Nanoseconds } from '../../sim/units.ts';
import type { Task } from './task.ts';

/** Why a task joins a queue. */
export type Arrival = 'new' | 'wake' | 'move';
/** Why a task leaves a queue; one that stops for a tracer goes at once, whatever it owes; one that ends leaves by `move`, as nothing of it is kept waiting. */
export type Departure = 'sleep' | 'stop' | 'move';

/**
 * The tasks of one class on one core and the decisions about them: arithmetic on times [ns] that it is given, so that
 * it can be driven without a machine. The running task is on the queue but not among the waiting ones.
 */
export interface SchedClass {
  /** Runnable tasks, the running one included. */
  readonly runnable: number;
  /** Weights of the runnable tasks. */
  readonly load: number;
  /** When tasks that may not run now may run again, and what lets them: for classes with quotas; true if there were any. */
  readonly changesAt?: Nanoseconds;
  renew?(now: Nanoseconds): boolean;
  enqueue(task: Task, arrival: Arrival, now: Nanoseconds): void;
  dequeue(task: Task, departure: Departure, now: Nanoseconds): void;
  /** A task that sleeps here will wake on another queue: makes what it keeps independent of this one. */
  expatriate(task: Task): void;
  /** Chooses the next task and makes it the running one. */
  pickNext(now: Nanoseconds): Task | undefined;
  /** Puts the running task back among the waiting ones. */
  putPrev(task: Task, now: Nanoseconds): void;
  /** Charges the running task for time; true if it should be followed by another. */
  charge(task: Task, spent: Nanoseconds): boolean;
  /** Timer tick in the running task, already charged; true if it should be followed by another. */
  tick(task: Task, now: Nanoseconds): boolean;
  /** Whether a task that just woke should run instead of the running one, which is charged. */
  shouldPreempt(running: Task, woken: Task): boolean;
  /** The running task lets others go first. */
  yield(task: Task, now: Nanoseconds): void;
  /** A waiting task that may be moved to another queue and is acceptable, the one that has not run for longest first. */
  movable(accepts: (task: Task) => boolean): Task | undefined;
}
