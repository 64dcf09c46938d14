import type { Rules } from '../kernel/semantics/config.ts';
import type { Capacity } from '../kernel/semantics/layout.ts';
import type { Operation } from '../kernel/semantics/operation.ts';
import { Cases } from './cases.ts';
import { Kind, kindOf } from './enabled.ts';
import { footprintOf, isWithin, partsOf } from './footprint.ts';
import type { Footprint } from './footprint.ts';
import { Inputs } from './inputs.ts';
import { TRANSFERS_LEGITIMATE } from './stepper.ts';
import type { Stepper } from './stepper.ts';

/** Steps of one thread, or of devices, that depend on the same; and the lists of what they lead to that are known already. */
export class StepGroup {
  /** Steps, as the search numbers them. */
  readonly steps: Int32Array;
  /** What the steps depend on. */
  readonly inputs: Inputs;
  /** Kinds (`Kind`), as bits, that all steps are of: when one is excluded, no step is possible. */
  readonly kinds: number;
  /** Bits of a mode that say whether one of the steps is possible. */
  readonly #modes: number;
  readonly #kinds: readonly number[];
  readonly #cases: Cases;
  readonly #isNumbered: boolean;

  /** `kinds`: of each step; `said`: what the number of a fetch says of a state, when cases are told apart by that. */
  constructor(steps: readonly number[], kinds: readonly number[], inputs: Inputs, said?: Footprint) {
    this.steps = Int32Array.from(steps);
    this.#kinds = kinds;
    this.#isNumbered = said !== undefined;
    this.kinds = kinds.reduce((common, kind) => common & kind, -1);
    const some = kinds.reduce((any, kind) => any | kind, 0);
    this.#modes = some | ((some & Kind.Transfer) === 0 ? 0 : TRANSFERS_LEGITIMATE);
    this.inputs = inputs;
    this.#cases = new Cases(inputs, 1, said);
  }

  /** The same steps, with cases told apart by the number of a fetch of this footprint, if they depend on all that it does, and of no part on more. */
  after(fetched: Footprint): StepGroup {
    const { footprint } = this.inputs;
    const more = footprint.reads & partsOf(fetched) & ~fetched.reads;
    if (more !== 0 || !isWithin(fetched, footprint)) return this;
    return new StepGroup([...this.steps], this.#kinds, this.inputs, fetched);
  }

  /**
   * Number of the case that a state is of: what the steps depend on, and which of them are possible (`mode`), or what says both, the number of the
   * thread's fetch. −1 − number when it is new.
   */
  find(state: Int32Array, mode: number, fetched: number): number {
    return this.#cases.find(state, this.#isNumbered ? fetched : mode & this.#modes);
  }

  /** Where the list of a case is. */
  listOf(number: number): number {
    return this.#cases.notes[this.#cases.notesOf(number)];
  }

  setList(number: number, list: number): void {
    this.#cases.notes[this.#cases.notesOf(number)] = list;
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.#cases.bytes;
  }
}

/** Groups steps of an alphabet by what they depend on in states of a capacity, in the order of their first steps. */
export function groupSteps(
  steps: readonly number[],
  operations: readonly Operation[],
  rules: Rules,
  capacity: Capacity,
  stepper: Stepper,
): StepGroup[] {
  const reachOf = (step: number): Footprint => footprintOf(operations[step], rules, capacity);
  const groups = Map.groupBy(steps, (step) => JSON.stringify(reachOf(step)));
  return [...groups.values()].map((own) => {
    const kinds = own.map((step) => kindOf(operations[step]));
    return new StepGroup(own, kinds, stepper.inputsOf(reachOf(own[0])));
  });
}
