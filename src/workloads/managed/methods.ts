import { Zipf } from '../../sim/distributions.ts';
import type { Rng } from '../../sim/rng.ts';
import type { CodePlace } from './codecache.ts';
import type { Tier } from './tiers.ts';

/** A method of the program: how it runs at present, and how often it did. */
export interface Method {
  readonly id: number;
  tier: Tier;
  executions: number;
  /** Whether a compiler has been asked for its next tier. */
  isQueued: boolean;
  /** Where its code lies; absent while it is interpreted or as the file of the program has it. */
  place: CodePlace | undefined;
}

/** How the executions of a stretch of code spread over the methods that it stands for: Zipf, exponent 1. Assumed: the profiles of servers are skewed. */
const SKEW = 1;

/** The methods of a program. A stretch of code that a script repeats stands for several of them. */
export class Methods {
  readonly #first: Tier;
  readonly #count: number;
  readonly #law: Zipf;
  readonly #byLine = new Map<number, readonly Method[]>();
  #known = 0;

  /** `count` methods for each stretch of code, all of which begin in tier `first`. */
  constructor(first: Tier, count: number) {
    this.#first = first;
    this.#count = count;
    this.#law = new Zipf(count, SKEW);
  }

  /** The method that runs next at a stretch of code, by its first line. */
  pick(line: number, rng: Rng): Method {
    let methods = this.#byLine.get(line);
    if (methods === undefined) {
      methods = Array.from({ length: this.#count }, () => this.#fresh());
      this.#byLine.set(line, methods);
    }
    return methods[this.#law.sample(rng)];
  }

  /** Sends a method back to where it began; its code, if any, is its caller's. */
  reset(method: Method): void {
    method.tier = this.#first;
    method.executions = 0;
    method.place = undefined;
  }

  #fresh(): Method {
    return { id: this.#known++, tier: this.#first, executions: 0, isQueued: false, place: undefined };
  }
}
