import type { Nanoseconds } from '../../sim/units.ts';
import type { Task } from './task.ts';

/**
 * Virtual time of a queue: the average virtual runtime of its tasks, weighted. Kept as a sum relative to an origin that
 * follows it, so that products stay exact to nanoseconds. Source: Linux avg_vruntime.
 */
export class VirtualClock {
  /** Weights of the tasks on the queue. */
  weight = 0;
  #origin: Nanoseconds = 0;
  #sum = 0;

  /** The average; without tasks it stands still. */
  get now(): Nanoseconds {
    return this.weight > 0 ? this.#origin + this.#sum / this.weight : this.#origin;
  }

  /** Adds a placed task. */
  add(task: Task): void {
    this.#sum += (task.vruntime - this.#origin) * task.weight;
    this.weight += task.weight;
  }

  /** Takes a task out. */
  remove(task: Task): void {
    const { now } = this;
    this.#sum -= (task.vruntime - this.#origin) * task.weight;
    this.weight -= task.weight;
    if (this.weight > 0) return this.#follow();
    this.#origin = Math.max(now, task.vruntime);
    this.#sum = 0;
  }

  /** Passes virtual time in a task on the queue. */
  advance(task: Task, time: Nanoseconds): void {
    task.vruntime += time;
    this.#sum += time * task.weight;
    this.#follow();
  }

  /** Whether a task on the queue has had no more than its share. */
  isEligible(task: Task): boolean {
    return (task.vruntime - this.#origin) * this.weight <= this.#sum;
  }

  // Moves the origin to the average, rounded so that the change is exact.
  #follow(): void {
    const step = Math.floor(this.#sum / this.weight);
    this.#origin += step;
    this.#sum -= step * this.weight;
  }
}
