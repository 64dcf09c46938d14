import type { StatsRegistry } from '../sim/stats.ts';
import type { Cycles } from '../sim/units.ts';
import { CAUSES, Cpi, Domain, DOMAIN_BUCKETS, LONE_BUCKETS } from './cpi.ts';

/**
 * The clock of one logical CPU and where its cycles went. Time passes only in `spend`, so the buckets sum to the clock exactly;
 * fractions of a cycle are carried over, so that both stay whole.
 */
export class Ledger {
  now: Cycles = 0;
  /** Whose work the core is doing. */
  domain: Domain = Domain.Kernel;
  readonly #cycles: Float64Array;
  readonly #base: number;
  readonly #buckets: number;
  #carry = 0;
  readonly #amount = new Float64Array(1);

  /** Registers the buckets of the core called `name`; those of `LONE_BUCKETS` unless it has siblings. */
  constructor(name: string, stats: StatsRegistry, buckets: readonly string[] = LONE_BUCKETS) {
    this.#buckets = buckets.length;
    this.#cycles = stats.values;
    this.#base = stats.vector(
      `${name}.cpi`,
      buckets,
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
    this.#amount[0] = cycles;
    this.chargeFirst(cause, this.#amount);
  }

  /** The same, as much as the first of these says: V8 boxes a fraction that it hands to a function, unless it inlines that. hot */
  chargeFirst(cause: number, amounts: Float64Array): void {
    const due = amounts[0] + this.#carry;
    const whole = Math.floor(due);
    this.#carry = due - whole;
    this.spend(DOMAIN_BUCKETS[this.domain * CAUSES + cause], whole);
  }

  /** Cycles since boot in which the CPU was not halted. hot */
  busy(): Cycles {
    return this.now - this.#cycles[this.#base + Cpi.idle];
  }

  /** Cycles since boot that user and kernel work waited for data. hot */
  waiting(): Cycles {
    return this.#cycles[this.#base + Cpi.userData] + this.#cycles[this.#base + Cpi.kernelData];
  }

  /** Sum of all buckets since boot; equals `now`. */
  accounted(): Cycles {
    let sum = 0;
    for (let bucket = 0; bucket < this.#buckets; bucket++) sum += this.#cycles[this.#base + bucket];
    return sum;
  }
}
