import { Topology } from '../../../hw/topology.ts';
import type { Nanoseconds } from '../../../sim/units.ts';
import { Balancer, type Pull } from '../balance.ts';
import { makeQueues, SCHEDULERS, type SchedulerName } from '../index.ts';
import { selectCpu, type Cpus } from '../placement.ts';
import type { Runqueue } from '../runqueue.ts';
import { Actor, type ActorSpec } from './actor.ts';

/** What the machine under the scheduler takes [ns]. */
export interface LabCosts {
  /** From the time a timer was set to until its handler runs. */
  readonly timer: Nanoseconds;
  /** From the choice of a thread until its own code runs. */
  readonly switch: Nanoseconds;
  /** Processor time of a tick, a sleeping call and what it sets up; a sleeper pays the last in every cycle. */
  readonly tick: Nanoseconds;
  readonly sleep: Nanoseconds;
}

/** An experiment: threads on CPUs under a scheduler, with no machine but its costs. */
export interface LabSpec {
  readonly scheduler: SchedulerName;
  readonly cpus: number;
  readonly actors: readonly ActorSpec[];
  readonly costs: LabCosts;
}

/**
 * Threads that compute and sleep under a scheduler: the same queues, placement and balancing as in the kernel, driven from
 * event to event by time alone. Ties are taken in the order ticks, wake-ups, ends of work.
 */
export class Lab {
  readonly actors: readonly Actor[];
  now: Nanoseconds = 0;
  readonly #queues: readonly Runqueue<Actor>[];
  readonly #cpus: Cpus;
  readonly #balancers: readonly Balancer[];
  readonly #costs: LabCosts;
  /** Until when each CPU is in its tick. */
  readonly #busyUntil: Float64Array;
  readonly #period: Nanoseconds;
  #nextTick: Nanoseconds;

  constructor({ scheduler, cpus, actors, costs }: LabSpec) {
    const { tick } = SCHEDULERS[scheduler];
    this.#queues = makeQueues<Actor>(scheduler, cpus);
    const topology = new Topology({ cores: cpus, threadsPerCore: 1, coresPerSocket: cpus });
    this.#cpus = { queues: this.#queues, topology };
    this.#balancers = this.#queues.map(({ core }) => new Balancer(core, this.#cpus));
    this.#costs = costs;
    this.#period = tick;
    this.#nextTick = tick;
    this.#busyUntil = new Float64Array(cpus);
    this.actors = actors.map((spec, i) => new Actor(i + 1, spec, spec.affinity?.[0] ?? i % cpus));
    for (const actor of this.actors) this.#queueOf(actor).enqueue(actor, 'new', 0);
    this.#reschedule();
  }

  /** Runs until a time or until `isDone`. */
  run(until: Nanoseconds, isDone = (): boolean => false): void {
    while (this.now < until && !isDone()) this.#step(until);
  }

  #step(until: Nanoseconds): void {
    const next = this.#nextEvent();
    this.now = Math.min(until, next.at);
    for (const queue of this.#queues) this.#account(queue);
    if (next.at > until) return;
    for (const queue of this.#queues) if (this.#watchAt(queue) <= this.now) queue.watch(this.now);
    if (next.at === this.#nextTick) this.#tick();
    else if (next.actor === undefined) return this.#reschedule();
    else if (next.actor.wakesAt <= this.now) this.#wake(next.actor);
    else if (next.actor.left <= 0) this.#sleep(next.actor);
    this.#reschedule();
  }

  #nextEvent(): { at: Nanoseconds; actor: Actor | undefined } {
    let at = this.#nextTick;
    for (const queue of this.#queues) at = Math.min(at, Math.max(this.now + 1, this.#watchAt(queue)));
    let first: Actor | undefined = undefined;
    for (const actor of this.actors) {
      const isRunning = this.#queueOf(actor).current === actor;
      const step = Math.min(actor.left, actor.readsClock);
      const time = isRunning ? Math.max(this.now, actor.runsFrom) + step : actor.wakesAt;
      if (time < at) [at, first] = [time, actor];
    }
    return { at, actor: first };
  }

  /** The guard over real-time tasks sets a timer, which is as late as any. */
  #watchAt({ guardAt }: Runqueue<Actor>): Nanoseconds {
    return guardAt + this.#costs.timer;
  }

  #account(queue: Runqueue<Actor>): void {
    const { current } = queue;
    if (current === undefined) return;
    current.left -= Math.max(0, this.now - Math.max(current.runsFrom, current.chargedAt));
    queue.update(this.now);
  }

  #tick(): void {
    this.#nextTick += this.#period;
    for (const queue of this.#queues) {
      queue.tick(this.now);
      const { current } = queue;
      if (current === undefined) continue;
      this.#busyUntil[queue.core] = this.now + this.#costs.tick;
      current.runsFrom = Math.max(current.runsFrom, this.#busyUntil[queue.core]);
      this.#pull(queue, this.#balancers[queue.core].periodic(this.now));
    }
  }

  #wake(actor: Actor): void {
    actor.wakesAt = Infinity;
    const target = actor.isDelayed ? actor.cpu : selectCpu(actor, actor.cpu, undefined, this.#cpus);
    if (target !== actor.cpu) this.#queueOf(actor).expatriate(actor);
    actor.cpu = target;
    this.#queueOf(actor).enqueue(actor, 'wake', this.now);
  }

  #sleep(actor: Actor): void {
    this.#endTurn(actor);
    this.#queueOf(actor).dequeue(actor, 'sleep', this.now);
    actor.fallAsleep(this.now, this.#costs.timer);
  }

  #reschedule(): void {
    for (const queue of this.#queues) {
      const { current } = queue;
      if (current !== undefined && !queue.needsResched) continue;
      queue.put(this.now);
      if (queue.runnable === 0) this.#pull(queue, this.#balancers[queue.core].idle());
      this.#switch(current, queue.pick(this.now));
    }
  }

  #switch(from: Actor | undefined, to: Actor | undefined): void {
    if (from === to) return;
    if (from !== undefined) this.#endTurn(from);
    if (to === undefined) return;
    to.runsFrom = Math.max(this.now, this.#busyUntil[to.cpu]) + this.#costs.switch;
    to.turnFrom = to.runsFrom;
    if (Number.isNaN(to.due)) return;
    to.delays.push(to.runsFrom - to.due);
    to.runsFrom += this.#costs.sleep;
    to.due = Number.NaN;
  }

  #endTurn(actor: Actor): void {
    actor.turns.push(this.now - actor.turnFrom);
  }

  #pull(queue: Runqueue<Actor>, pull: Pull | undefined): void {
    if (pull === undefined) return;
    const actor = pull.task as Actor;
    this.#queueOf(actor).dequeue(actor, 'move', this.now);
    actor.cpu = queue.core;
    queue.enqueue(actor, 'move', this.now);
  }

  #queueOf({ cpu }: Actor): Runqueue<Actor> {
    return this.#queues[cpu];
  }
}
