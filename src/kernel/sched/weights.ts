import type { Nanoseconds } from '../../sim/units.ts';

/**
 * Weight by nice level from -20 to 19: about 10 % of processor time a level.
 * Source: Linux kernel/sched/core.c, sched_prio_to_weight.
 */
const WEIGHTS = [
  88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916, 9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991,
  1586, 1277, 1024, 820, 655, 526, 423, 335, 272, 215, 172, 137, 110, 87, 70, 56, 45, 36, 29, 23, 18, 15,
] as const;

/** Weight of nice 0. */
export const NICE_0_WEIGHT = 1024;
/** Weight of SCHED_IDLE. Source: Linux kernel/sched/sched.h, WEIGHT_IDLEPRIO. */
export const IDLE_WEIGHT = 3;

/** Weight of a nice level; levels outside -20 to 19 are taken as the nearest. */
export function weightOf(nice: number): number {
  const index = Math.min(Math.max(nice + 20, 0), WEIGHTS.length - 1);
  return WEIGHTS[index];
}

/** Virtual time that a task of a weight passes in some whole ns, in whole ns so that sums of them are exact. */
export function virtualTime(time: Nanoseconds, weight: number): Nanoseconds {
  return weight === NICE_0_WEIGHT ? time : Math.round((time * NICE_0_WEIGHT) / weight);
}
