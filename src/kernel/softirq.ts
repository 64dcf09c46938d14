import type { Cycles } from '../sim/units.ts';

/**
 * Bounds on work after interrupts. Source: Linux net/core/dev.c (NAPI weight 64, netdev_budget 300, netdev_budget_usecs of 2 jiffies, here of 1 ms)
 * and kernel/softirq.c (MAX_SOFTIRQ_TIME 2 ms, MAX_SOFTIRQ_RESTART 10).
 */
export const SOFTIRQ = { weight: 64, budget: 300, budgetNs: 2e6, passNs: 2e6, restarts: 10 } as const;

/** Those bounds in cycles of a machine. */
export interface SoftirqTimes {
  readonly budget: Cycles;
  readonly pass: Cycles;
}

/** How a pass stands: it goes on, all work is done, or its bounds are reached with work left. */
export const Progress = { Goes: 0, Done: 1, Over: 2 } as const;
/** Number of such a state. */
export type Progress = (typeof Progress)[keyof typeof Progress];

/**
 * Receive work of one core, message by message, so that interrupts come in between. A pass is made of polls of the ring; one ends when the ring is
 * empty or its budget is used, which is looked at every 64 messages, and another follows while the bounds of the pass allow it.
 */
export class Softirq {
  /** Work that no pass has begun. */
  isRaised = false;
  /** Whether the core is in a pass. */
  isServing = false;
  /** Polls that ended with their budget used. */
  squeezes = 0;
  readonly #times: SoftirqTimes;
  #passEnd: Cycles = 0;
  #restarts = 0;
  #isPolling = false;
  #pollEnd: Cycles = 0;
  #budget = 0;
  #weight = 0;

  constructor(times: SoftirqTimes) {
    this.#times = times;
  }

  /** Whether the next step begins a poll. */
  get beginsPoll(): boolean {
    return !this.#isPolling;
  }

  /** Begins a pass. */
  begin(now: Cycles): void {
    this.isServing = true;
    this.#passEnd = now + this.#times.pass;
    this.#restarts = SOFTIRQ.restarts;
  }

  /** Begins a poll with a fresh budget. */
  beginPoll(now: Cycles): void {
    this.isRaised = false;
    this.#isPolling = true;
    this.#pollEnd = now + this.#times.budget;
    this.#budget = SOFTIRQ.budget;
    this.#weight = SOFTIRQ.weight;
  }

  /** Notes one look at the ring, which held a message or was empty; `isWanted`: the core is wanted by another thread. */
  advance(hadMessage: boolean, now: Cycles, isWanted: boolean): Progress {
    if (hadMessage && !this.#isSpent(now)) return Progress.Goes;
    this.#isPolling = false;
    if (!this.isRaised) return Progress.Done;
    if (now < this.#passEnd && !isWanted && --this.#restarts > 0) return Progress.Goes;
    return Progress.Over;
  }

  /** Whether the budget of the poll is used; what is left is raised again. */
  #isSpent(now: Cycles): boolean {
    if (--this.#weight > 0) return false;
    this.#weight = SOFTIRQ.weight;
    this.#budget -= SOFTIRQ.weight;
    if (this.#budget > 0 && now < this.#pollEnd) return false;
    this.squeezes++;
    this.isRaised = true;
    return true;
  }
}
