import type { StatsRegistry } from '../sim/stats.ts';
import type { Cycles } from '../sim/units.ts';
import { CAUSES, CPI_BUCKETS, Domain, DOMAIN_BUCKETS } from './cpi.ts';

/**
 * The clock of one core and where its cycles went. Time passes only in `spend`, so the buckets sum to the clock exactly;
 * fractions of a cycle are carried over, so that both stay whole.
 */
export class Ledger {
  now: Cycles = 0;
  /** Whose work the core is doing. */
  domain: Domain = Domain.Kernel;
  readonly #cycles: Float64Array;
  readonly #base: number;
  #carry = 0;

  /** Registers the buckets of the core called `name`. */
  constructor(name: string, stats: StatsRegistry) {
    this.#cycles = stats.values;
    this.#base = stats.vector(
      `${name}.cpi`,
      CPI_BUCKETS,
      'cycles',
      'Cycles of the core by cause; they sum to elapsed cycles',
    );
  }

  /** Passes whole cycles. hot */
  spend(bucket: number, cycles: Cycles): void {
    this.#cycles[this.#base + bucket] += cycles;
    this.now += cycles;
  }

  /** Passes time of the current domain for a cause, fractions included. hot */
  charge(cause: number, cycles: number): void {
    const due = cycles + this.#carry;
    const whole = Math.floor(due);
    this.#carry = due - whole;
    this.spend(DOMAIN_BUCKETS[this.domain * CAUSES + cause], whole);
  }

  /** Sum of all buckets since boot; equals `now`. */
  accounted(): Cycles {
    let sum = 0;
    for (let bucket = 0; bucket < CPI_BUCKETS.length; bucket++) sum += this.#cycles[this.#base + bucket];
    return sum;
  }
}
