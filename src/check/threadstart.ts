import { GrowingInts } from './growing.ts';
import { MEMORY, SYSTEM, headOf } from './parts.ts';
import type { Begun, Stepper } from './stepper.ts';
import { Tuples } from './tuples.ts';

/** Words kept of each case: those of `Begun`. */
const FIELDS = 4;

/** How a thread goes on, by what its fetch depends on. */
export class ThreadStart {
  readonly #t: number;
  readonly #steps: Int32Array;
  readonly #stepper: Stepper;
  readonly #cases = new Tuples(3);
  readonly #known = new GrowingInts();
  readonly #key = new Int32Array(3);
  readonly #begun: Begun = { mode: 0, list: 0, memory: 0, head: 0 };

  /** `steps`: all that the thread performs itself. */
  constructor(t: number, steps: Int32Array, stepper: Stepper) {
    this.#t = t;
    this.#steps = steps;
    this.#stepper = stepper;
  }

  get bytes(): number {
    return this.#cases.bytes + this.#known.bytes;
  }

  /** How the thread goes on in a state. The result is overwritten by the next call. */
  find(state: Int32Array): Begun {
    const key = this.#key;
    key[0] = state[SYSTEM];
    key[1] = state[MEMORY];
    key[2] = state[headOf(this.#t)];
    const begun = this.#begun;
    const number = this.#cases.add(key, this.#cases.sumOf(key));
    if (number < 0) return this.#learn(-1 - number, state);
    const known = this.#known.data;
    const at = number * FIELDS;
    begun.mode = known[at];
    begun.list = known[at + 1];
    begun.memory = known[at + 2];
    begun.head = known[at + 3];
    return begun;
  }

  #learn(number: number, state: Int32Array): Begun {
    const begun = this.#begun;
    this.#stepper.fetch(this.#t, this.#steps, state, begun);
    const at = number * FIELDS;
    this.#known.reserve(at + FIELDS);
    this.#known.set(at, begun.mode);
    this.#known.set(at + 1, begun.list);
    this.#known.set(at + 2, begun.memory);
    this.#known.set(at + 3, begun.head);
    return begun;
  }
}
