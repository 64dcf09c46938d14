import { Cases } from './cases.ts';
import type { Footprint } from './footprint.ts';
import type { StepGroup } from './stepgroup.ts';
import { NO_CODE } from './stepper.ts';
import type { Begun, Stepper } from './stepper.ts';
import { copyWords } from './words.ts';

/** Words kept of each case: those of `Begun`. */
const NOTES = 4;

/** In place of the number of a fetch that is not known yet. */
const NOT_FETCHED = -1;

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
  readonly #after: Int32Array;
  /** Lists of the events, then of what the thread performs, of the case that is joined. */
  readonly #lists: Int32Array;

  /** `reach`: what `begin` and `steps` depend on. */
  constructor(reach: Footprint, steps: ThreadSteps, begin: Begin, stepper: Stepper) {
    this.#steps = steps;
    this.#begin = begin;
    this.#stepper = stepper;
    this.#cases = new Cases(stepper.inputsOf(reach), NOTES);
    this.#after = new Int32Array(stepper.packing.width);
    this.#lists = new Int32Array(steps.events.length + steps.code.length);
  }

  get bytes(): number {
    return this.#cases.bytes;
  }

  /** How the thread goes on in a state. */
  find(state: Int32Array, begun: Begun): void {
    const number = this.#cases.find(state, 0);
    if (number < 0) return this.#learn(-1 - number, state, begun);
    const known = this.#cases.notes;
    const at = this.#cases.notesOf(number);
    begun.mode = known[at];
    begun.list = known[at + 1];
    begun.before = known[at + 2];
    begun.fetched = known[at + 3];
  }

  #learn(number: number, state: Int32Array, begun: Begun): void {
    begun.fetched = NOT_FETCHED;
    this.#begin(state, begun);
    if (begun.fetched === NOT_FETCHED) begun.fetched = number;
    begun.list = this.#join(state, begun);
    const known = this.#cases.notes;
    const at = this.#cases.notesOf(number);
    known[at] = begun.mode;
    known[at + 1] = begun.list;
    known[at + 2] = begun.before;
    known[at + 3] = begun.fetched;
  }

  /** One list of the steps and of what is known already. */
  #join(state: Int32Array, { mode, before, list: known }: Begun): number {
    const { lists } = this.#stepper;
    const { events, code } = this.#steps;
    const isCode = (mode & NO_CODE) === 0;
    copyWords(state, this.#after);
    lists.applyTo(this.#after, before);
    this.#find(events, state, mode & ~NO_CODE, 0);
    if (isCode) this.#find(code, this.#after, mode, events.length);
    const joined = lists.open();
    for (let i = 0; i < events.length; i++) lists.append(this.#lists[i], lists.none);
    const end = events.length + (isCode ? code.length : 0);
    for (let i = events.length; i < end; i++) lists.append(this.#lists[i], before);
    lists.append(known, lists.none);
    lists.close();
    return joined;
  }

  /** Finds the lists of groups, from a place on; of those that are not possible, the empty one. */
  #find(groups: readonly StepGroup[], state: Int32Array, mode: number, from: number): void {
    for (let i = 0; i < groups.length; i++) {
      const isPossible = (groups[i].kinds & mode) === 0;
      this.#lists[from + i] = isPossible
        ? this.#stepper.listOf(groups[i], state, mode, NOT_FETCHED)
        : this.#stepper.lists.none;
    }
  }
}
