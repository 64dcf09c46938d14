import type { Topology } from '../../hw/topology.ts';
import type { Runqueue } from './runqueue.ts';
import { isRealtime, type Task } from './task.ts';

/** What choosing a CPU looks at: one queue for each, and how they are grouped. */
export interface Cpus {
  readonly queues: readonly Runqueue[];
  readonly topology: Topology;
}

/** The CPU on which a task that wakes is put; `waker` is the CPU of the work that wakes it, if there is one. */
export function selectCpu(task: Task, previous: number, waker: number | undefined, cpus: Cpus): number {
  return isRealtime(task) ? leastUrgent(task, previous, cpus) : idleSibling(task, previous, waker, cpus);
}

/** Whether a task's affinity mask lets it run on a CPU. */
export function mayRunOn(task: Task, cpu: number): boolean {
  return task.affinity === undefined || task.affinity.includes(cpu);
}

// Source: Linux select_idle_sibling: previous, then a core with all its siblings idle, then any idle CPU, near the target.
function idleSibling(task: Task, previous: number, waker: number | undefined, cpus: Cpus): number {
  if (mayRunOn(task, previous) && isIdle(previous, cpus)) return previous;
  const target = wakeAffine(task, previous, waker, cpus);
  return idleNear(task, target, cpus, true) ?? idleNear(task, target, cpus, false) ?? permitted(task, target, cpus);
}

/** The waker's CPU if it will be the less loaded one with the task there. Source: Linux wake_affine_weight. */
function wakeAffine(task: Task, previous: number, waker: number | undefined, { queues }: Cpus): number {
  if (waker === undefined || waker === previous) return previous;
  return queues[waker].fair.load + task.weight < queues[previous].fair.load ? waker : previous;
}

function idleNear(task: Task, target: number, cpus: Cpus, wholeCore: boolean): number | undefined {
  const { topology } = cpus;
  for (let offset = 0; offset < topology.cpus; offset++) {
    const cpu = (target + offset) % topology.cpus;
    if (topology.socketOf(cpu) !== topology.socketOf(target) || !mayRunOn(task, cpu)) continue;
    if (wholeCore ? topology.siblings(cpu).every((sibling) => isIdle(sibling, cpus)) : isIdle(cpu, cpus)) return cpu;
  }
  return undefined;
}

/** The target, or the least loaded CPU of the mask if that leaves the target out. */
function permitted(task: Task, target: number, { queues }: Cpus): number {
  if (mayRunOn(task, target)) return target;
  const allowed = queues.filter(({ core }) => mayRunOn(task, core));
  return allowed.reduce((least, queue) => (queue.fair.load < least.fair.load ? queue : least)).core;
}

// Source: Linux select_task_rq_rt and find_lowest_rq: stay unless that CPU runs something as urgent.
function leastUrgent(task: Task, previous: number, { queues }: Cpus): number {
  let best = mayRunOn(task, previous) ? queues[previous] : undefined;
  if (best !== undefined && urgency(best) < task.priority) return previous;
  for (const queue of queues)
    if (mayRunOn(task, queue.core) && (best === undefined || urgency(queue) < urgency(best))) best = queue;
  return best?.core ?? previous;
}

function urgency({ current }: Runqueue): number {
  if (current === undefined) return -1;
  return isRealtime(current) ? current.priority : 0;
}

function isIdle(cpu: number, { queues }: Cpus): boolean {
  return queues[cpu].runnable === 0;
}
