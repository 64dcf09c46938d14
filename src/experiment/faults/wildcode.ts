import type { HostileCode } from '../../kernel/abi.ts';
import type { Policy } from '../../kernel/policy.ts';
import type { Rng } from '../../sim/rng.ts';
import type { StatsRegistry } from '../../sim/stats.ts';
import { RADII, radiusOf } from './radius.ts';
import { WILD_NAMES, WILD_OPERATIONS } from './wildoperations.ts';

/**
 * Native code that writes or jumps wildly, each time as the weights of the table say. How far each operation reaches is decided once by the
 * rules of the policy and counted; the server goes on, so that one run samples many.
 */
export class WildCode implements HostileCode {
  readonly steps = 1;
  readonly pause: number;
  readonly #rng: Rng;
  readonly #cumulative: readonly number[];
  readonly #radius: Int32Array;
  readonly #stats: Float64Array;
  readonly #reached: number;

  /** `every`: instructions between two operations. */
  constructor(every: number, policy: Policy, stats: StatsRegistry, rng: Rng) {
    this.pause = every;
    this.#rng = rng;
    let sum = 0;
    this.#cumulative = WILD_NAMES.map((name) => (sum += WILD_OPERATIONS[name].weight.value));
    this.#radius = Int32Array.from(WILD_NAMES, (name) => RADII.indexOf(radiusOf(policy, WILD_OPERATIONS[name])));
    this.#stats = stats.values;
    this.#reached = stats.vector(
      'risk',
      RADII,
      'count',
      'Wild writes and jumps of native code, by what they take down',
    );
  }

  entersKernel(): boolean {
    return false;
  }

  perform(): void {
    const drawn = this.#rng.uniform() * this.#cumulative[this.#cumulative.length - 1];
    const index = this.#cumulative.findIndex((end) => drawn < end);
    this.#stats[this.#reached + this.#radius[index]]++;
  }
}
