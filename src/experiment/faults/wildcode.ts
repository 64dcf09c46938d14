import type { Policy } from '../../kernel/policy.ts';
import { exponential } from '../../sim/distributions.ts';
import { Rank, type Engine, type EventHandler } from '../../sim/engine.ts';
import type { Rng } from '../../sim/rng.ts';
import type { StatsRegistry } from '../../sim/stats.ts';
import type { Cycles, HandlerId } from '../../sim/units.ts';
import { RADII, radiusOf } from './radius.ts';
import { WILD_NAMES, WILD_OPERATIONS } from './wildoperations.ts';

/**
 * Native code of the server that writes or jumps wildly now and then, as a Poisson process; each time as the weights of the table say. How far
 * each operation reaches is decided once by the rules of the policy and counted; the server goes on, so that one run samples many.
 */
export class WildCode implements EventHandler {
  readonly name = 'wild';
  readonly #engine: Engine;
  readonly #handler: HandlerId;
  readonly #meanGap: Cycles;
  readonly #rng: Rng;
  readonly #cumulative: readonly number[];
  readonly #radius: Int32Array;
  readonly #stats: Float64Array;
  readonly #reached: number;

  /** `meanGap`: mean cycles between two operations. */
  constructor(policy: Policy, stats: StatsRegistry, engine: Engine, meanGap: Cycles, rng: Rng) {
    this.#engine = engine;
    this.#handler = engine.register(this);
    this.#meanGap = meanGap;
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

  /** Lets the first operation come. */
  start(): void {
    this.#next(0);
  }

  onEvent(_kind: number, _arg: number, now: Cycles): void {
    const drawn = this.#rng.uniform() * this.#cumulative[this.#cumulative.length - 1];
    const index = this.#cumulative.findIndex((end) => drawn < end);
    this.#stats[this.#reached + this.#radius[index]]++;
    this.#next(now);
  }

  #next(now: Cycles): void {
    const gap = Math.max(1, Math.round(exponential(this.#rng, this.#meanGap)));
    this.#engine.schedule(now + gap, Rank.Arrival, this.#handler, 0, 0);
  }
}
