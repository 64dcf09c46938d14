import type { Nanoseconds } from '../../sim/units.ts';
import { mayRunOn, type Cpus } from './placement.ts';
import type { Runqueue } from './runqueue.ts';
import type { Task } from './task.ts';

/** A busy CPU looks for load to take every so many ms for each CPU of the domain. Source: Linux sd_init, busy_factor 16, min_interval. */
const BUSY_INTERVAL: Nanoseconds = 16_000_000;
/** A task that ran less than this ago has warm caches and stays. Source: Linux sysctl_sched_migration_cost. */
const MIGRATION_COST: Nanoseconds = 500_000;
/** Load by which the busiest queue must exceed one's own. Source: Linux imbalance_pct, 117 %. */
const IMBALANCE = 1.17;

/** A task to take, and the queue that it waits on. */
export interface Pull {
  readonly from: Runqueue;
  readonly task: Task;
}

/** Groups of CPUs around one, nearest first: its siblings, its socket, the machine. */
export function domainsOf(cpu: number, { queues, topology }: Cpus): readonly (readonly Runqueue[])[] {
  const siblings = queues.filter(({ core }) => topology.coreOf(core) === topology.coreOf(cpu));
  const socket = queues.filter(({ core }) => topology.socketOf(core) === topology.socketOf(cpu));
  const sizes = new Map([siblings, socket, queues].map((group) => [group.length, group]));
  return [...sizes.values()].filter((group) => group.length > 1);
}

/** Chooses what one CPU takes from others: when it has nothing to do, and from time to time. */
export class Balancer {
  readonly #own: Runqueue;
  readonly #domains: readonly (readonly Runqueue[])[];
  #due: Nanoseconds = 0;
  #failed = 0;

  constructor(cpu: number, cpus: Cpus) {
    this.#own = cpus.queues[cpu];
    this.#domains = domainsOf(cpu, cpus);
    this.#due = BUSY_INTERVAL * cpus.queues.length + cpu * (BUSY_INTERVAL / 16);
  }

  /** For a CPU without work: a waiting task of the longest queue nearby that has one for it; cold caches cost less than idling. */
  idle(): Pull | undefined {
    for (const domain of this.#domains) {
      const pull = this.#longest(domain);
      if (pull !== undefined) return pull;
    }
    return undefined;
  }

  // A queue whose waiting tasks are all pinned is passed over. Source: Linux load_balance, LBF_ALL_PINNED.
  #longest(domain: readonly Runqueue[]): Pull | undefined {
    let pull: Pull | undefined = undefined;
    let most = 0;
    for (const queue of domain) {
      if (!mayGive(queue) || queue.waiting <= most) continue;
      const task = queue.movable((candidate) => mayRunOn(candidate, this.#own.core));
      if (task === undefined) continue;
      pull = { from: queue, task };
      most = queue.waiting;
    }
    return pull;
  }

  /** For a busy CPU at a tick: a cool task of the busiest queue, if that evens the loads out. */
  periodic(now: Nanoseconds): Pull | undefined {
    if (now < this.#due || this.#domains.length === 0) return undefined;
    const domain = this.#domains[this.#domains.length - 1];
    this.#due = now + BUSY_INTERVAL * domain.length;
    const busiest = domain.reduce((most, queue) => (queue.fair.load > most.fair.load ? queue : most));
    if (busiest === this.#own || busiest.fair.load <= this.#own.fair.load * IMBALANCE) return undefined;
    return this.#even(busiest, now);
  }

  // A whole task may be too much for half the difference; what failed before is tried with less patience. Source: detach_tasks.
  #even(busiest: Runqueue, now: Nanoseconds): Pull | undefined {
    const half = (busiest.fair.load - this.#own.fair.load) / 2;
    const patience = 1 << this.#failed;
    const task = busiest.movable(
      (candidate) =>
        mayRunOn(candidate, this.#own.core) &&
        candidate.weight / patience <= half &&
        (now - candidate.chargedAt >= MIGRATION_COST || this.#failed > 1),
    );
    this.#failed = task === undefined ? Math.min(this.#failed + 1, 10) : 0;
    return task === undefined ? undefined : { from: busiest, task };
  }
}

/** A task that waits alone is left to its CPU, which is already being called for it. Source: Linux load_balance, nr_running > 1. */
function mayGive(queue: Runqueue): boolean {
  return queue.runnable > 1;
}
