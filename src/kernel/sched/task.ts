import type { Nanoseconds } from '../../sim/units.ts';
import type { GroupSpec } from './group.ts';
import { IDLE_WEIGHT, weightOf } from './weights.ts';

/** Scheduling policies of Linux, by the names of sched(7) without SCHED_. */
export const TASK_POLICIES = ['other', 'batch', 'idle', 'fifo', 'rr'] as const;
/** Name of a scheduling policy. */
export type TaskPolicy = (typeof TASK_POLICIES)[number];

/** What a task is given at its start; `slice` in ns asks for a length of turn of its own, 0 leaves it to the scheduler. */
export interface TaskSpec {
  readonly policy: TaskPolicy;
  readonly nice: number;
  /** 1 (least) to 99, for `fifo` and `rr`. */
  readonly priority: number;
  readonly slice: Nanoseconds;
  /** Logical CPUs on which it may run; all of them if absent. */
  readonly affinity?: readonly number[];
  /** Control group; none if absent. */
  readonly group?: GroupSpec;
}

/** A task of nice 0 without any wishes. */
export const ORDINARY: TaskSpec = { policy: 'other', nice: 0, priority: 0, slice: 0 };

/** How urgent a task is: its policy, and its priority among real-time ones. */
export type Urgency = Pick<TaskSpec, 'policy' | 'priority'>;

/** What a scheduler knows of a thread: wishes, of which only policy and priority change, and the state of the class that runs it. */
export class Task {
  readonly tid: number;
  policy: TaskPolicy;
  readonly nice: number;
  priority: number;
  /** What the task was given at its start, and what it gets when it next leaves its core. */
  readonly own: Urgency;
  wanted: Urgency | undefined = undefined;
  /** Share of processor time against other tasks of the fair class. */
  readonly weight: number;
  readonly affinity: readonly number[] | undefined;
  readonly group: GroupSpec | undefined;
  /** Length of turn that the task asks for [ns]; 0 for the scheduler's own. */
  readonly ownSlice: Nanoseconds;
  /** Processor time used so far, and up to when it is charged [ns]. */
  runtime: Nanoseconds = 0;
  chargedAt: Nanoseconds = 0;
  /** Virtual runtime [ns of a task of weight 1024], relative to the queue while off it. */
  vruntime: Nanoseconds = 0;
  /** EEVDF: virtual deadline, lag when last off the queue, end of protection against preemption, and length of turn. */
  deadline: Nanoseconds = 0;
  lag: Nanoseconds = 0;
  protectedUntil: Nanoseconds = 0;
  slice: Nanoseconds;
  /** EEVDF: asleep but still competing until its lag is paid. */
  isDelayed = false;
  /** EEVDF: `deadline` is relative to `vruntime`, for a move to another queue. */
  hasRelativeDeadline = false;
  /** CFS: runtime when picked. O(1): time of the last sleep or wake. */
  pickedAtRuntime: Nanoseconds = 0;
  stampedAt: Nanoseconds = 0;
  /** O(1) and RR: what is left of the timeslice; O(1): average sleep, dynamic priority and credit of interactivity. */
  timeslice: Nanoseconds = 0;
  sleepAverage: Nanoseconds = 0;
  dynamicPriority = 0;
  interactiveCredit = 0;
  /** O(1): woke and has not run since; what of its timeslice was used when its turn among equals began. */
  isActivated = false;
  turnStart: Nanoseconds = 0;

  /** `weight` replaces that of the nice level. */
  constructor(tid: number, { policy, nice, priority, slice, affinity, group }: TaskSpec, weight?: number) {
    this.tid = tid;
    this.policy = policy;
    this.nice = nice;
    this.priority = priority;
    this.own = { policy, priority };
    this.affinity = affinity;
    this.group = group;
    this.weight = weight ?? (policy === 'idle' ? IDLE_WEIGHT : weightOf(nice));
    this.ownSlice = slice;
    this.slice = slice;
  }
}

/** Whether a task belongs to the real-time class. */
export function isRealtime({ policy }: Urgency): boolean {
  return policy === 'fifo' || policy === 'rr';
}

/** Whether one goes before the other where both wait: real-time tasks before all others, and by priority among themselves. */
export function isMoreUrgent(one: Urgency, other: Urgency): boolean {
  return isRealtime(one) && (!isRealtime(other) || one.priority > other.priority);
}
