import type { Nanoseconds } from '../../sim/units.ts';
import type { Realtime } from './realtime.ts';
import type { RealtimeGuard } from './realtimeguard.ts';
import type { Arrival, Departure, SchedClass } from './schedclass.ts';
import { isRealtime, type Task } from './task.ts';

/** Runnable tasks of one core: real-time ones above fair ones, and the one that runs. All times are given, in ns. */
export class Runqueue<T extends Task = Task> {
  readonly core: number;
  current: T | undefined = undefined;
  /** Set when `current` must give way at the next point where it can. */
  needsResched = false;
  /** Set when that is for a real-time task or has been so for a tick. Source: Linux TIF_NEED_RESCHED beside its lazy form. */
  isUrgent = false;
  readonly fair: SchedClass;
  readonly realtime: Realtime;
  readonly #guard: RealtimeGuard;

  constructor(core: number, fair: SchedClass, realtime: Realtime, guard: RealtimeGuard) {
    this.core = core;
    this.fair = fair;
    this.realtime = realtime;
    this.#guard = guard;
  }

  /** Runnable tasks, waiting and running. */
  get runnable(): number {
    return this.fair.runnable + this.realtime.runnable;
  }

  /** Runnable tasks that wait. */
  get waiting(): number {
    return this.runnable - (this.current === undefined ? 0 : 1);
  }

  /** Adds a task; a woken one may take the core from the running one. */
  enqueue(task: T, arrival: Arrival, now: Nanoseconds): void {
    this.update(now);
    this.#classOf(task).enqueue(task, arrival, now);
    this.#guard.tick(now, this.fair.runnable > 0);
    const { current } = this;
    if (current === undefined || (this.needsResched && !isRealtime(task)) || !this.#preempts(current, task)) return;
    this.needsResched = true;
    if (isRealtime(task)) this.isUrgent = true;
  }

  /** Takes a task away: the running one that sleeps or ends, or a waiting one that moves. */
  dequeue(task: T, departure: Departure, now: Nanoseconds): void {
    this.update(now);
    this.#classOf(task).dequeue(task, departure, now);
    if (task === this.current) this.#vacate();
  }

  /** Puts the running task back among those that wait. */
  put(now: Nanoseconds): void {
    this.update(now);
    if (this.current !== undefined) this.#classOf(this.current).putPrev(this.current, now);
    this.#vacate();
  }

  /** Makes the next task the running one. */
  pick(now: Nanoseconds): T | undefined {
    const [first, second] = this.#guard.favoursFair ? [this.fair, this.realtime] : [this.realtime, this.fair];
    // Only Threads of this queue are ever enqueued, so only they come back.
    this.current = (this.#pickFrom(first, now) ?? this.#pickFrom(second, now)) as T | undefined;
    this.needsResched = false;
    this.isUrgent = false;
    if (this.current !== undefined) this.current.chargedAt = now;
    return this.current;
  }

  /** Charges the running task up to `now`. */
  update(now: Nanoseconds): void {
    const { current } = this;
    if (current === undefined || now <= current.chargedAt) return;
    const spent = now - current.chargedAt;
    current.chargedAt = now;
    current.runtime += spent;
    this.#guard.charge(isRealtime(current), spent);
    if (this.#classOf(current).charge(current, spent)) this.needsResched = true;
  }

  /** When the guard over real-time tasks or a quota of fair ones wants to be looked at, if that matters before the next tick. */
  get guardAt(): Nanoseconds {
    const guard = this.realtime.runnable === 0 ? Infinity : this.#guard.changesAt;
    return Math.min(guard, this.fair.changesAt ?? Infinity);
  }

  /** Looks at the guard over real-time tasks, at a tick and at its own time. */
  watch(now: Nanoseconds): void {
    this.update(now);
    if (this.fair.renew?.(now) === true && this.current !== undefined) this.needsResched = true;
    this.#guard.tick(now, this.fair.runnable > 0);
    if (this.current === undefined || !this.#mustGo(this.current)) return;
    this.needsResched = true;
    this.isUrgent = true;
  }

  /** Timer tick. */
  tick(now: Nanoseconds): void {
    if (this.needsResched) this.isUrgent = true;
    this.watch(now);
    const { current } = this;
    if (current === undefined) return;
    if (this.#classOf(current).tick(current, now)) this.needsResched = true;
  }

  /** The running task lets others go first. */
  yield(now: Nanoseconds): void {
    this.update(now);
    if (this.current === undefined || this.waiting === 0) return;
    this.#classOf(this.current).yield(this.current, now);
    this.needsResched = true;
  }

  /** A waiting task that another core may take. */
  movable(accepts: (task: T) => boolean): T | undefined {
    const admit = accepts as (task: Task) => boolean;
    return (this.realtime.movable(admit) ?? this.fair.movable(admit)) as T | undefined;
  }

  /** A task that slept here is about to wake elsewhere. */
  expatriate(task: T): void {
    this.#classOf(task).expatriate(task);
  }

  #classOf(task: Task): SchedClass {
    return isRealtime(task) ? this.realtime : this.fair;
  }

  #pickFrom(from: SchedClass, now: Nanoseconds): Task | undefined {
    return from === this.realtime && this.#guard.holdsRealtime ? undefined : from.pickNext(now);
  }

  #vacate(): void {
    this.current = undefined;
    this.needsResched = false;
    this.isUrgent = false;
  }

  #preempts(current: Task, woken: Task): boolean {
    if (isRealtime(current) === isRealtime(woken)) return this.#classOf(current).shouldPreempt(current, woken);
    return isRealtime(woken) && !this.#guard.favoursFair && !this.#guard.holdsRealtime;
  }

  /** Whether the guard wants the other class on the core. */
  #mustGo(current: Task): boolean {
    const { favoursFair, holdsRealtime } = this.#guard;
    if (isRealtime(current)) return holdsRealtime || (favoursFair && this.fair.runnable > 0);
    return this.realtime.runnable > 0 && !favoursFair && !holdsRealtime;
  }
}
