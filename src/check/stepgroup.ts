import type { Rules } from '../kernel/semantics/config.ts';
import type { Capacity } from '../kernel/semantics/layout.ts';
import type { Operation } from '../kernel/semantics/operation.ts';
import { kindOf } from './enabled.ts';
import { footprintOf } from './footprint.ts';
import { GrowingInts } from './growing.ts';
import { partsIn } from './parts.ts';
import { Tuples } from './tuples.ts';

/** Steps of one thread, or of devices, that depend on the same parts; and the lists of what they lead to that are known already. */
export class StepGroup {
  /** Steps, as the search numbers them. */
  readonly steps: Int32Array;
  /** Parts, as bits, that the steps depend on, and those that they overwrite without reading them. */
  readonly reads: number;
  readonly overwrites: number;
  /** Kinds (`Kind`), as bits, that all steps are of: when one is excluded, no step is possible. */
  readonly kinds: number;
  readonly #parts: Int32Array;
  readonly #keys: Tuples;
  readonly #key: Int32Array;
  readonly #lists = new GrowingInts(16);

  constructor(steps: readonly number[], kinds: number, reads: number, overwrites: number) {
    this.steps = Int32Array.from(steps);
    this.kinds = kinds;
    this.reads = reads;
    this.overwrites = overwrites;
    this.#parts = partsIn(reads);
    this.#keys = new Tuples(this.#parts.length + 1);
    this.#key = new Int32Array(this.#parts.length + 1);
  }

  /** Number of the case that a state is of: what the steps depend on, and which of them are possible (`mode`). −1 − number when it is new. */
  find(state: Int32Array, mode: number): number {
    const parts = this.#parts;
    const key = this.#key;
    const { factors } = this.#keys;
    const n = parts.length;
    key[n] = mode;
    let sum = Math.imul(mode, factors[n]);
    for (let i = 0; i < n; i++) {
      const number = state[parts[i]];
      key[i] = number;
      sum = (sum + Math.imul(number, factors[i])) | 0;
    }
    return this.#keys.add(key, sum);
  }

  /** Where the list of a case is. */
  listOf(number: number): number {
    return this.#lists.data[number];
  }

  setList(number: number, list: number): void {
    this.#lists.set(number, list);
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.#keys.bytes + this.#lists.bytes;
  }
}

/** Groups steps of an alphabet by what they depend on in states of a capacity, in the order of their first steps. */
export function groupSteps(
  steps: readonly number[],
  operations: readonly Operation[],
  rules: Rules,
  capacity: Capacity,
): StepGroup[] {
  const groups = Map.groupBy(steps, (step) => {
    const { reads, overwrites } = footprintOf(operations[step], rules, capacity);
    return `${reads} ${overwrites}`;
  });
  return [...groups].map(([key, own]) => {
    const [reads, overwrites] = key.split(' ').map(Number);
    const kinds = own.reduce((common, step) => common & kindOf(operations[step]), -1);
    return new StepGroup(own, kinds, reads, overwrites);
  });
}
