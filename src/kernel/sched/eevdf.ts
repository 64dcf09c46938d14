import type { Nanoseconds } from '../../sim/units.ts';
import type { Arrival, Departure, SchedClass } from './schedclass.ts';
import type { Task } from './task.ts';
import { VirtualClock } from './virtualclock.ts';
import { virtualTime } from './weights.ts';

/** Numbers of an EEVDF queue [ns]. */
export interface EevdfTunables {
  /** Length of turn of a task that asks for none. */
  readonly baseSlice: Nanoseconds;
  /** Period of the tick; lag is bounded by it when slices are shorter. */
  readonly tick: Nanoseconds;
}

/**
 * Earliest eligible virtual deadline first, as Linux 6.18 does it: a task may run while it has had no more than its share
 * (lag >= 0), and of those that may, the one whose turn should end first does. A task that falls asleep with a debt goes on
 * competing until it is paid. Source: Stoica and Abdel-Wahab 1995; Linux kernel/sched/fair.c with the default features.
 */
export class Eevdf implements SchedClass {
  runnable = 0;
  load = 0;
  readonly #tunables: EevdfTunables;
  readonly #clock = new VirtualClock();
  /** On the queue and not running, tasks that sleep with a debt among them. */
  readonly #waiting: Task[] = [];
  #running: Task | undefined = undefined;
  #previous: Task | undefined = undefined;

  constructor(tunables: EevdfTunables) {
    this.#tunables = tunables;
  }

  enqueue(task: Task, arrival: Arrival): void {
    this.runnable++;
    this.load += task.weight;
    if (task.isDelayed) return this.#forgive(task);
    this.#place(task, arrival === 'new');
    this.#join(task);
  }

  dequeue(task: Task, departure: Departure): void {
    this.#previous = undefined;
    if (!task.isDelayed) {
      this.runnable--;
      this.load -= task.weight;
    }
    if (departure === 'sleep' && !this.#clock.isEligible(task)) return this.#delay(task);
    this.#leave(task);
    if (departure === 'move') relativeDeadline(task);
  }

  /** Lag means the same on every queue; a debt that is not paid yet goes along. */
  expatriate(task: Task): void {
    if (task.isDelayed) this.#leave(task);
  }

  pickNext(): Task | undefined {
    let best = this.#earliest();
    while (best?.isDelayed === true) {
      this.#leave(best);
      if (best.lag > 0) best.lag = 0;
      best = this.#earliest();
    }
    if (best === undefined) return undefined;
    this.#remove(best);
    if (best !== this.#previous) this.#protect(best);
    this.#running = best;
    this.#previous = undefined;
    return best;
  }

  putPrev(task: Task): void {
    this.#waiting.push(task);
    this.#running = undefined;
    this.#previous = task;
  }

  charge(task: Task, spent: Nanoseconds): boolean {
    this.#clock.advance(task, virtualTime(spent, task.weight));
    const isOver = task.vruntime >= task.deadline;
    if (isOver) this.#renew(task);
    return this.#waiting.length > 0 && (isOver || task.vruntime >= task.protectedUntil);
  }

  tick(): boolean {
    return false; // charging says all
  }

  shouldPreempt(running: Task, woken: Task): boolean {
    if (running.policy === 'idle' || woken.policy === 'idle') return woken.policy !== 'idle';
    if (woken.policy === 'batch') return false;
    const isShort = woken.slice < running.slice && this.#clock.isEligible(woken);
    const mayStay = this.#clock.isEligible(running);
    if (mayStay && !isShort && running.vruntime < running.protectedUntil) return false;
    const best = this.#earliest();
    return best === woken && !(mayStay && running.deadline < woken.deadline);
  }

  /** Gives the rest of the turn away. Source: Linux yield_task_fair of 6.18: forfeits vruntime up to the deadline. */
  yield(task: Task): void {
    if (this.#waiting.length === 0) return;
    if (!this.#clock.isEligible(task)) return;
    this.#clock.advance(task, task.deadline - task.vruntime);
    this.#renew(task);
  }

  movable(accepts: (task: Task) => boolean): Task | undefined {
    return this.#waiting.find((task) => !task.isDelayed && accepts(task));
  }

  /** Lag of a task on the queue [virtual ns]: what it is owed (positive) or owes. */
  lagOf(task: Task): Nanoseconds {
    return this.#clock.now - task.vruntime;
  }

  /** A debt is paid by time alone: a sleeper that wakes with its lag grown positive comes back with none. Source: DELAY_ZERO. */
  #forgive(task: Task): void {
    task.isDelayed = false;
    if (this.#clock.now <= task.vruntime) return;
    this.#leave(task);
    task.lag = 0;
    this.#place(task, false);
    this.#join(task);
  }

  #delay(task: Task): void {
    task.isDelayed = true;
    if (task !== this.#running) return;
    this.#running = undefined;
    this.#waiting.push(task);
  }

  // Lag is kept across the change that joining makes to the average. Source: Linux place_entity.
  #place(task: Task, isNew: boolean): void {
    const { weight } = this.#clock;
    const lag = weight > 0 ? (task.lag * (weight + task.weight)) / weight : 0;
    task.slice = task.ownSlice === 0 ? this.#tunables.baseSlice : task.ownSlice;
    task.vruntime = Math.floor(this.#clock.now - lag);
    if (task.hasRelativeDeadline) task.deadline += task.vruntime;
    else task.deadline = task.vruntime + virtualTime(isNew ? task.slice / 2 : task.slice, task.weight);
    task.hasRelativeDeadline = false;
  }

  #join(task: Task): void {
    this.#clock.add(task);
    this.#waiting.push(task);
  }

  #leave(task: Task): void {
    const bound = virtualTime(Math.max(2 * task.slice, this.#tunables.tick), task.weight);
    task.lag = Math.min(Math.max(this.#clock.now - task.vruntime, -bound), bound);
    task.isDelayed = false;
    this.#clock.remove(task);
    if (task === this.#running) this.#running = undefined;
    else this.#remove(task);
  }

  #remove(task: Task): void {
    this.#waiting.splice(this.#waiting.indexOf(task), 1);
  }

  #renew(task: Task): void {
    if (task.ownSlice === 0) task.slice = this.#tunables.baseSlice;
    task.deadline = task.vruntime + virtualTime(task.slice, task.weight);
  }

  // Runs to parity: nobody takes the core before the shortest turn on the queue is over. Source: Linux set_protect_slice.
  #protect(task: Task): void {
    let { slice } = task;
    for (const other of this.#waiting) slice = Math.min(slice, other.slice);
    const end = task.vruntime + virtualTime(slice, task.weight);
    task.protectedUntil = slice === task.slice ? task.deadline : Math.min(task.deadline, end);
  }

  /** Of the waiting tasks that are eligible, the one with the earliest deadline; the first to have come among equals. */
  #earliest(): Task | undefined {
    let best: Task | undefined = undefined;
    for (const task of this.#waiting)
      if ((best === undefined || task.deadline < best.deadline) && this.#clock.isEligible(task)) best = task;
    return best;
  }
}

function relativeDeadline(task: Task): void {
  task.deadline -= task.vruntime;
  task.hasRelativeDeadline = true;
}
