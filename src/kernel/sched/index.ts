import type { Nanoseconds } from '../../sim/units.ts';
import { Cfs } from './cfs.ts';
import { Eevdf } from './eevdf.ts';
import { O1 } from './o1.ts';
import { FAIR_SERVER, FairServer, NoGuard, REALTIME_BANDWIDTH, Throttle, type RealtimeGuard } from './realtimeguard.ts';
import { bandwidths } from './group.ts';
import { Grouped } from './grouped.ts';
import { Realtime } from './realtime.ts';
import { Runqueue } from './runqueue.ts';
import type { SchedClass } from './schedclass.ts';
import type { Task } from './task.ts';

/** Period of the tick of a modern kernel [ns]: HZ=250, as on the recorded host. */
export const TICK_NS: Nanoseconds = 4_000_000;
/** Period of the tick of Linux 2.6.8 on x86 [ns]: HZ=1000. */
const TICK_2004_NS: Nanoseconds = 1_000_000;

/** A scheduler: how its queues are made, for a machine of some cores. */
export interface Scheduling {
  readonly doc: string;
  /** Period of the tick. */
  readonly tick: Nanoseconds;
  fair(cores: number): SchedClass;
  guard(): RealtimeGuard;
}

/** Factor by which Linux stretches its times on larger machines. Source: get_update_sysctl_factor, logarithmic. */
export function coreFactor(cores: number): number {
  let factor = 1;
  for (let reach = 2; reach <= Math.min(cores, 8); reach *= 2) factor++;
  return factor;
}

/** Schedulers of Linux by name. A new one is a row here and a file for its class. */
export const SCHEDULERS = {
  o1: {
    doc: 'O(1) scheduler with interactivity bonus, Linux 2.6.8',
    tick: TICK_2004_NS,
    fair: (cores) => new O1(cores),
    guard: () => new NoGuard(),
  },
  cfs: {
    doc: 'completely fair scheduler, Linux 2.6.23 to 6.5',
    tick: TICK_NS,
    // Source: sysctl_sched_latency and its like, Linux 5.x kernel/sched/fair.c.
    fair: (cores) =>
      new Cfs({
        latency: 6_000_000 * coreFactor(cores),
        minGranularity: 750_000 * coreFactor(cores),
        wakeupGranularity: 1_000_000 * coreFactor(cores),
      }),
    guard: () => new Throttle(REALTIME_BANDWIDTH),
  },
  eevdf: {
    doc: 'earliest eligible virtual deadline first, as in Linux 6.18',
    tick: TICK_NS,
    // Source: sysctl_sched_base_slice, Linux 6.18 kernel/sched/fair.c.
    fair: (cores) => new Eevdf({ baseSlice: 700_000 * coreFactor(cores), tick: TICK_NS }),
    guard: () => new FairServer(FAIR_SERVER),
  },
} as const satisfies Readonly<Record<string, Scheduling>>;

/** Runqueues of a machine of some CPUs; the fair queues know groups, which share their quotas. */
export function makeQueues<T extends Task>(name: SchedulerName, cpus: number): readonly Runqueue<T>[] {
  const scheduling: Scheduling = SCHEDULERS[name];
  const shared = bandwidths();
  return Array.from(
    { length: cpus },
    (_, cpu) =>
      new Runqueue<T>(
        cpu,
        new Grouped(() => scheduling.fair(cpus), shared),
        new Realtime(scheduling.tick),
        scheduling.guard(),
      ),
  );
}

/** Name of a scheduler. */
export type SchedulerName = keyof typeof SCHEDULERS;
/** Names of all schedulers. */
export const SCHEDULER_NAMES = Object.keys(SCHEDULERS) as readonly SchedulerName[];
