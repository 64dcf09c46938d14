import type { Nanoseconds } from '../../sim/units.ts';
import type { Bandwidth, GroupSpec } from './group.ts';
import type { Arrival, Departure, SchedClass } from './schedclass.ts';
import { ORDINARY, Task } from './task.ts';
import { NICE_0_WEIGHT } from './weights.ts';

/** Weight of a group whose cpu.weight is the default. */
const DEFAULT_WEIGHT = 100;

/** A group on one CPU: a task among the others, with tasks of its own. */
class Member extends Task {
  readonly queue: SchedClass;
  readonly bandwidth: Bandwidth;
  isThrottled = false;

  constructor(spec: GroupSpec, queue: SchedClass, bandwidth: Bandwidth) {
    super(-1, ORDINARY, Math.max(2, Math.round((spec.weight * NICE_0_WEIGHT) / DEFAULT_WEIGHT)));
    this.queue = queue;
    this.bandwidth = bandwidth;
  }
}

/** The quotas of all groups, shared by the queues of a machine. */
export type Bandwidths = (group: GroupSpec) => Bandwidth;

/**
 * A fair queue whose members are tasks and groups of tasks, each group scheduled by the same class within its turn; one that has
 * spent its quota waits for the next period. Source: Linux group scheduling, sched_entity and cfs_bandwidth.
 */
export class Grouped implements SchedClass {
  runnable = 0;
  readonly #root: SchedClass;
  readonly #makeQueue: () => SchedClass;
  readonly #bandwidths: Bandwidths;
  readonly #members = new Map<GroupSpec, Member>();
  /** The task of a group that runs. */
  #running: Task | undefined = undefined;

  constructor(makeQueue: () => SchedClass, bandwidths: Bandwidths) {
    this.#makeQueue = makeQueue;
    this.#bandwidths = bandwidths;
    this.#root = makeQueue();
  }

  /** Load of the CPU: a group counts as a task of its weight. */
  get load(): number {
    return this.#root.load;
  }

  /** When a group that waits for its quota may go on. */
  get changesAt(): Nanoseconds {
    let at = Infinity;
    for (const { isThrottled, bandwidth } of this.#members.values())
      if (isThrottled) at = Math.min(at, bandwidth.renewsAt);
    return at;
  }

  /** Lets groups go on whose quota was renewed; true if there was one. */
  renew(now: Nanoseconds): boolean {
    let isChanged = false;
    for (const member of this.#members.values()) {
      if (!member.isThrottled || member.bandwidth.isSpent(now)) continue;
      member.isThrottled = false;
      this.runnable += member.queue.runnable;
      if (member.queue.runnable > 0) this.#root.enqueue(member, 'move', now);
      isChanged = true;
    }
    return isChanged;
  }

  enqueue(task: Task, arrival: Arrival, now: Nanoseconds): void {
    const member = this.#memberOf(task);
    if (member !== undefined) {
      member.queue.enqueue(task, arrival, now);
      if (member.isThrottled) return;
    }
    this.runnable++;
    if (member === undefined) this.#root.enqueue(task, arrival, now);
    else if (member.queue.runnable === 1) this.#root.enqueue(member, arrival === 'new' ? 'new' : 'wake', now);
  }

  dequeue(task: Task, departure: Departure, now: Nanoseconds): void {
    const member = this.#memberOf(task);
    if (member === undefined) this.#root.dequeue(task, departure, now);
    else member.queue.dequeue(task, departure, now);
    if (member?.isThrottled === true) return;
    this.runnable--;
    if (member?.queue.runnable === 0) this.#root.dequeue(member, 'sleep', now);
    else if (member !== undefined && task === this.#running) this.#root.putPrev(member, now);
    if (task === this.#running) this.#running = undefined;
  }

  expatriate(task: Task): void {
    (this.#memberOf(task)?.queue ?? this.#root).expatriate(task);
  }

  pickNext(now: Nanoseconds): Task | undefined {
    for (;;) {
      const next = this.#root.pickNext(now);
      this.#running = undefined;
      if (!(next instanceof Member)) return next;
      if (!next.bandwidth.isSpent(now)) {
        this.#running = next.queue.pickNext(now);
        return this.#running;
      }
      this.#root.dequeue(next, 'move', now);
      next.isThrottled = true;
      this.runnable -= next.queue.runnable;
    }
  }

  putPrev(task: Task, now: Nanoseconds): void {
    const member = this.#memberOf(task);
    member?.queue.putPrev(task, now);
    this.#root.putPrev(member ?? task, now);
    this.#running = undefined;
  }

  charge(task: Task, spent: Nanoseconds): boolean {
    const member = this.#memberOf(task);
    if (member === undefined) return this.#root.charge(task, spent);
    member.runtime += spent;
    member.bandwidth.use(spent);
    const isOver = member.queue.charge(task, spent);
    return this.#root.charge(member, spent) || isOver;
  }

  tick(task: Task, now: Nanoseconds): boolean {
    const member = this.#memberOf(task);
    if (member === undefined) return this.#root.tick(task, now);
    const isOver = member.queue.tick(task, now);
    return this.#root.tick(member, now) || isOver || member.bandwidth.isSpent(now);
  }

  shouldPreempt(running: Task, woken: Task): boolean {
    const [one, other] = [this.#memberOf(running) ?? running, this.#memberOf(woken) ?? woken];
    if (other instanceof Member && other.isThrottled) return false;
    if (one === other && one instanceof Member) return one.queue.shouldPreempt(running, woken);
    return this.#root.shouldPreempt(one, other);
  }

  yield(task: Task, now: Nanoseconds): void {
    (this.#memberOf(task)?.queue ?? this.#root).yield(task, now);
  }

  movable(accepts: (task: Task) => boolean): Task | undefined {
    const found = this.#root.movable((task) => !(task instanceof Member) && accepts(task));
    if (found !== undefined) return found;
    for (const { isThrottled, queue } of this.#members.values()) {
      const task = isThrottled ? undefined : queue.movable(accepts);
      if (task !== undefined) return task;
    }
    return undefined;
  }

  #memberOf({ group }: Task): Member | undefined {
    if (group === undefined) return undefined;
    let member = this.#members.get(group);
    if (member === undefined) {
      member = new Member(group, this.#makeQueue(), this.#bandwidths(group));
      this.#members.set(group, member);
    }
    return member;
  }
}
