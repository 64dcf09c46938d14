import { GrowingInts } from './growing.ts';
import { MEMORY, SYSTEM, headOf } from './parts.ts';
import type { StepGroup } from './stepgroup.ts';
import { NO_CODE } from './stepper.ts';
import type { Begun, Stepper } from './stepper.ts';
import { NUMBER_BITS } from './successorlists.ts';
import { Tuples } from './tuples.ts';

/** Words kept of each case: those of `Begun`. */
const FIELDS = 4;
const NOTHING = new Int32Array(0);

/** Parts, as bits, that the fetch of thread `t` depends on. */
export function partsOfStart(t: number): number {
  return (1 << SYSTEM) | (1 << MEMORY) | (1 << headOf(t));
}

/** Steps of a thread that depend on no more than its fetch does. */
export interface EarlySteps {
  readonly code: readonly StepGroup[];
  readonly events: readonly StepGroup[];
}

/** How a thread goes on, by what its fetch depends on: after it, what steps lead to that depend on no more, and the fetch alone. */
export class ThreadStart {
  readonly #t: number;
  readonly #steps: Int32Array;
  readonly #stepper: Stepper;
  readonly #cases = new Tuples(3);
  readonly #known = new GrowingInts();
  readonly #key = new Int32Array(3);
  readonly #begun: Begun = { mode: 0, list: 0, memory: 0, head: 0 };
  readonly #early: EarlySteps;

  /** `steps`: all that the thread performs itself. */
  constructor(t: number, steps: Int32Array, early: EarlySteps, stepper: Stepper) {
    this.#t = t;
    this.#steps = steps;
    this.#early = early;
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
    begun.list = this.#join(state, begun);
    const at = number * FIELDS;
    this.#known.reserve(at + FIELDS);
    this.#known.set(at, begun.mode);
    this.#known.set(at + 1, begun.list);
    this.#known.set(at + 2, begun.memory);
    this.#known.set(at + 3, begun.head);
    return begun;
  }

  /** One list of the early steps and the fetch. */
  #join(state: Int32Array, begun: Begun): number {
    const { lists } = this.#stepper;
    const events = this.#listsOf(this.#early.events, state, begun.mode & ~NO_CODE);
    const before = this.#put(state, begun.memory, begun.head);
    const code = (begun.mode & NO_CODE) !== 0 ? [] : this.#listsOf(this.#early.code, state, begun.mode);
    this.#put(state, this.#key[1], this.#key[2]);
    const joined = lists.open();
    for (const list of events) lists.append(list, NOTHING);
    for (const list of code) lists.append(list, before);
    lists.append(begun.list, NOTHING);
    lists.close();
    return joined;
  }

  #listsOf(groups: readonly StepGroup[], state: Int32Array, mode: number): number[] {
    return groups
      .filter((group) => (group.kinds & mode) === 0)
      .map((group) => this.#stepper.listOf(group, state, mode));
  }

  /** Changes memory and head of the state; returns the changes, as records hold them. */
  #put(state: Int32Array, memory: number, head: number): Int32Array {
    const changes: number[] = [];
    for (const [part, number] of [
      [MEMORY, memory],
      [headOf(this.#t), head],
    ]) {
      if (state[part] !== number) changes.push((part << NUMBER_BITS) | number);
      state[part] = number;
    }
    return Int32Array.from(changes);
  }
}
