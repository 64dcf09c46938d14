import { Cases } from './cases.ts';
import { GrowingInts } from './growing.ts';
import type { StepGroup } from './stepgroup.ts';
import { NO_CODE } from './stepper.ts';
import type { Begun, Stepper } from './stepper.ts';

/** Words kept of each case: those of `Begun`. */
const FIELDS = 3;

/** What a thread performs itself, and what happens to it. */
export interface ThreadSteps {
  readonly code: readonly StepGroup[];
  readonly events: readonly StepGroup[];
}

/** Finds out how a thread goes on in a state. */
export type Begin = (state: Int32Array, out: Begun) => void;

/** How a thread goes on, by some parts: what is known of its fetch, and what steps lead to that depend on no more. */
export class ThreadStart {
  readonly #steps: ThreadSteps;
  readonly #begin: Begin;
  readonly #stepper: Stepper;
  readonly #cases: Cases;
  readonly #known = new GrowingInts();
  readonly #begun: Begun = { mode: 0, list: 0, before: 0 };
  readonly #after: Int32Array;

  /** `reads`: parts, as bits, that `begin` and `steps` depend on. */
  constructor(reads: number, steps: ThreadSteps, begin: Begin, stepper: Stepper) {
    this.#steps = steps;
    this.#begin = begin;
    this.#stepper = stepper;
    this.#cases = new Cases(stepper.packing, reads);
    this.#after = new Int32Array(stepper.packing.width);
  }

  get bytes(): number {
    return this.#cases.bytes + this.#known.bytes;
  }

  /** How the thread goes on in a state. The result is overwritten by the next call. */
  find(state: Int32Array): Begun {
    const begun = this.#begun;
    const number = this.#cases.find(state, 0);
    if (number < 0) return this.#learn(-1 - number, state);
    const known = this.#known.data;
    const at = number * FIELDS;
    begun.mode = known[at];
    begun.list = known[at + 1];
    begun.before = known[at + 2];
    return begun;
  }

  #learn(number: number, state: Int32Array): Begun {
    const begun = this.#begun;
    this.#begin(state, begun);
    begun.list = this.#join(state, begun);
    const at = number * FIELDS;
    this.#known.set(at + 2, begun.before);
    this.#known.set(at + 1, begun.list);
    this.#known.set(at, begun.mode);
    return begun;
  }

  /** One list of the steps and of what is known already. */
  #join(state: Int32Array, { mode, before, list: known }: Begun): number {
    const { lists } = this.#stepper;
    const after = this.#after;
    after.set(state);
    lists.applyTo(after, before);
    const events = this.#listsOf(this.#steps.events, state, mode & ~NO_CODE);
    const code = (mode & NO_CODE) !== 0 ? [] : this.#listsOf(this.#steps.code, after, mode);
    const joined = lists.open();
    for (const list of events) lists.append(list, lists.none);
    for (const list of code) lists.append(list, before);
    lists.append(known, lists.none);
    lists.close();
    return joined;
  }

  #listsOf(groups: readonly StepGroup[], state: Int32Array, mode: number): number[] {
    return groups
      .filter((group) => (group.kinds & mode) === 0)
      .map((group) => this.#stepper.listOf(group, state, mode));
  }
}
