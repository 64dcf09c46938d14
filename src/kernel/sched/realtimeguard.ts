import type { Nanoseconds } from '../../sim/units.ts';

/** How a kernel keeps real-time tasks from taking a core for ever; looked at on every tick. */
export interface RealtimeGuard {
  /** Fair tasks go before real-time ones now. */
  readonly favoursFair: boolean;
  /** Real-time tasks may not run now, even on an idle core. */
  readonly holdsRealtime: boolean;
  /** When it will change next without anybody running, beside ticks; Infinity if not. */
  readonly changesAt: Nanoseconds;
  /** Notes processor time of one of the two classes. */
  charge(isRealtime: boolean, spent: Nanoseconds): void;
  /** Moves on to `now`; `hasFair` says that fair tasks are runnable. */
  tick(now: Nanoseconds, hasFair: boolean): void;
}

/** Nothing: before Linux 2.6.25. */
export class NoGuard implements RealtimeGuard {
  readonly favoursFair = false;
  readonly holdsRealtime = false;
  readonly changesAt = Infinity;

  charge(): void {
    // nothing is counted
  }

  tick(): void {
    // nothing changes
  }
}

/** Part of each period that a guard gives away or keeps back [ns]. */
export interface Bandwidth {
  readonly runtime: Nanoseconds;
  readonly period: Nanoseconds;
}

/** 950 ms of each second for real-time tasks. Source: sched_rt_runtime_us and sched_rt_period_us, defaults of Linux 2.6.25 to 6.11. */
export const REALTIME_BANDWIDTH: Bandwidth = { runtime: 950_000_000, period: 1_000_000_000 };
/** 50 ms of each second for fair tasks. Source: Linux 6.12, fair_server, defaults. */
export const FAIR_SERVER: Bandwidth = { runtime: 50_000_000, period: 1_000_000_000 };

/** Stops real-time tasks for the rest of a period once they have had their part of it, whoever else wants to run. */
export class Throttle implements RealtimeGuard {
  readonly favoursFair = false;
  holdsRealtime = false;
  readonly #bandwidth: Bandwidth;
  #used: Nanoseconds = 0;
  #periodEnd: Nanoseconds;

  constructor(bandwidth: Bandwidth) {
    this.#bandwidth = bandwidth;
    this.#periodEnd = bandwidth.period;
  }

  get changesAt(): Nanoseconds {
    return this.holdsRealtime ? this.#periodEnd : Infinity;
  }

  charge(isRealtime: boolean, spent: Nanoseconds): void {
    if (isRealtime) this.#used += spent;
  }

  tick(now: Nanoseconds): void {
    const { runtime, period } = this.#bandwidth;
    for (; now >= this.#periodEnd; this.#periodEnd += period) this.#used = Math.max(0, this.#used - runtime);
    this.holdsRealtime = this.#used > runtime;
  }
}

/** Lets fair tasks go first, late in a period in which they have had less than their part, until they have had it. */
export class FairServer implements RealtimeGuard {
  favoursFair = false;
  readonly holdsRealtime = false;
  readonly #bandwidth: Bandwidth;
  #left: Nanoseconds;
  #deadline: Nanoseconds = 0;

  constructor(bandwidth: Bandwidth) {
    this.#bandwidth = bandwidth;
    this.#left = bandwidth.runtime;
  }

  get changesAt(): Nanoseconds {
    return this.favoursFair || this.#deadline === 0 ? Infinity : this.#deadline - this.#left;
  }

  charge(isRealtime: boolean, spent: Nanoseconds): void {
    if (!isRealtime) this.#left -= spent;
  }

  tick(now: Nanoseconds, hasFair: boolean): void {
    if (!hasFair) this.#stop();
    else if (this.#left <= 0 || this.#deadline === 0) this.#start(now);
    else if (now >= this.#deadline - this.#left) this.favoursFair = true;
  }

  // Begins late in its period, and is used up after the end of it: the next begins with all of its runtime. Source: Linux
  // dl_defer, update_curr_dl_se, replenish_dl_new_period.
  #start(now: Nanoseconds): void {
    this.favoursFair = false;
    this.#left = this.#bandwidth.runtime;
    this.#deadline = now + this.#bandwidth.period;
  }

  #stop(): void {
    this.favoursFair = false;
    this.#deadline = 0;
  }
}
