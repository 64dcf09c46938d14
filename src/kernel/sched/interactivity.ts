import type { Nanoseconds } from '../../sim/units.ts';
import type { Task } from './task.ts';

/**
 * Arithmetic of Linux 2.6.8 kernel/sched.c on nice levels, sleep averages and dynamic priorities. Priorities run from 100 (best fair
 * one) to 139; the kernel reckons in ticks of 1 ms, this in ns.
 */
const MS: Nanoseconds = 1_000_000;
const MAX_RT_PRIO = 100;
const MAX_PRIO = 140;
const MIN_TIMESLICE = 10 * MS;
const MAX_TIMESLICE = 200 * MS;
const INTERACTIVE_DELTA = 2;
const CREDIT_LIMIT = 100;
/** Range of the bonus: a quarter of the 40 priorities, from -5 to 5. */
export const MAX_BONUS = 10;

/** Timeslice of nice 0, in whole ticks. */
const AVG_TIMESLICE = timesliceOf(0);
/** Longest sleep that counts: 1020 ms. */
export const MAX_SLEEP_AVG: Nanoseconds = AVG_TIMESLICE * MAX_BONUS;

/** Timeslice of a nice level: 200 ms at -20, 102 ms at 0, 10 ms at 19. Source: BASE_TIMESLICE. */
export function timesliceOf(nice: number): Nanoseconds {
  const scaled =
    ((MAX_TIMESLICE - MIN_TIMESLICE) * (MAX_PRIO - 1 - staticPriority(nice))) / (MAX_PRIO - MAX_RT_PRIO - 1);
  return Math.floor((MIN_TIMESLICE + scaled) / MS) * MS;
}

/** Static priority of a nice level. Source: NICE_TO_PRIO. */
export function staticPriority(nice: number): number {
  return MAX_RT_PRIO + nice + 20;
}

/** 0 to 10 by the sleep average. Source: CURRENT_BONUS. */
export function currentBonus(sleepAverage: Nanoseconds): number {
  return Math.floor((sleepAverage * MAX_BONUS) / MAX_SLEEP_AVG);
}

/** Static priority less a bonus of -5 to 5. Source: effective_prio. */
export function effectivePriority(nice: number, sleepAverage: Nanoseconds): number {
  const priority = staticPriority(nice) - (currentBonus(sleepAverage) - MAX_BONUS / 2);
  return Math.min(Math.max(priority, MAX_RT_PRIO), MAX_PRIO - 1);
}

/** Whether a task that used up its timeslice stays among the active ones. Source: TASK_INTERACTIVE. */
export function isInteractive({ nice, dynamicPriority }: Task): boolean {
  return dynamicPriority <= staticPriority(nice) - delta(nice);
}

/** Turn among equals within a timeslice, the shorter the more interactive. Source: TIMESLICE_GRANULARITY. */
export function granularity({ sleepAverage }: Task, cores: number): Nanoseconds {
  const steps = Math.max(1, MAX_BONUS - currentBonus(sleepAverage)) - 1;
  return MIN_TIMESLICE * (1 << steps) * cores;
}

/** Credits a task that wakes for its sleep. Source: recalc_task_prio. */
export function creditSleep(task: Task, slept: Nanoseconds): void {
  const sleep = Math.min(slept, MAX_SLEEP_AVG);
  if (sleep > interactiveSleep(task.nice)) {
    task.sleepAverage = MAX_SLEEP_AVG - AVG_TIMESLICE;
    earnCredit(task);
  } else {
    const bounded = task.interactiveCredit < -CREDIT_LIMIT ? timesliceOf(task.nice) : Infinity;
    const factor = Math.max(1, MAX_BONUS - currentBonus(task.sleepAverage));
    task.sleepAverage += Math.min(sleep * factor, bounded);
    if (task.sleepAverage > MAX_SLEEP_AVG) earnCredit(task);
    task.sleepAverage = Math.min(task.sleepAverage, MAX_SLEEP_AVG);
  }
  task.dynamicPriority = effectivePriority(task.nice, task.sleepAverage);
}

/** Debits a task for what it ran; one with much credit loses its average slowly. Source: schedule. */
export function debitRun(task: Task, ran: Nanoseconds): void {
  const isTrusted = task.interactiveCredit > CREDIT_LIMIT;
  const run = Math.min(ran, MAX_SLEEP_AVG) / (isTrusted ? Math.max(1, currentBonus(task.sleepAverage)) : 1);
  task.sleepAverage -= Math.floor(run);
  if (task.sleepAverage > 0) return;
  task.sleepAverage = 0;
  if (!isTrusted && task.interactiveCredit >= -CREDIT_LIMIT) task.interactiveCredit--;
}

function delta(nice: number): number {
  return Math.trunc((nice * MAX_BONUS) / (MAX_PRIO - MAX_RT_PRIO)) + INTERACTIVE_DELTA;
}

/** Sleep after which a task is idle rather than interactive. Source: INTERACTIVE_SLEEP. */
function interactiveSleep(nice: number): Nanoseconds {
  return Math.floor((MAX_SLEEP_AVG * (MAX_BONUS / 2 + delta(nice) + 1)) / MAX_BONUS) - MS;
}

function earnCredit(task: Task): void {
  if (task.interactiveCredit <= CREDIT_LIMIT) task.interactiveCredit++;
}
