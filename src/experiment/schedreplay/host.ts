import type { LabCosts } from '../../kernel/sched/lab/lab.ts';
import type { TaskPolicy } from '../../kernel/sched/task.ts';
import type { Nanoseconds } from '../../sim/units.ts';

const US: Nanoseconds = 1000;
/** A millisecond. */
export const MS: Nanoseconds = 1_000_000;

/** Cores of the recorded host: threads were pinned to one, but Linux sets its slice by what is online. */
export const HOST_CPUS = 2;

/** Policies by the numbers of Linux uapi sched.h. */
export const POLICY_OF: Readonly<Record<number, TaskPolicy>> = {
  0: 'other',
  1: 'fifo',
  2: 'rr',
  3: 'batch',
  5: 'idle',
};

/**
 * Costs of the recorded host, a virtual machine inside another: one set for all cases. `timer`: a FIFO sleeper, which waits for
 * nobody, runs 33 us (median of three medians) after its time, less the switch. `switch`: half of a futex ping-pong on one
 * core, 4.7 us. `tick` and `sleep`: a timer interrupt and a trapped write of the timer's deadline, from interrupts between its processors (12 us) and trapped
 * instructions (3.5 to 5 us).
 */
export const HOST_COSTS: LabCosts = { timer: 31 * US, switch: 2 * US, tick: 20 * US, sleep: 10 * US };

/**
 * Sleeps of the recorded sleepers. Their length is not in the recording; 1 to 5 ms, evenly, is inferred once for all cases
 * from the quantiles of case 9 and matters to the quantiles, hardly to the means.
 */
export const SLEEP: readonly [least: Nanoseconds, most: Nanoseconds] = [1 * MS, 5 * MS];

/**
 * A sleeper works until its processor time says so, and every such reading charges it, so that its turn ends when its slice does and not at a tick. Not in
 * the recording, inferred from case 10: 2000 us of work make it wait as 600 would, which is what is left after one slice of 1400 us. Any interval far below
 * the slice does.
 */
export const CLOCK_READ: Nanoseconds = 20 * US;
