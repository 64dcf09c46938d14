import { Tuples } from './tuples.ts';

/** The set of visited states, in the order of their discovery, which is the order of the search; each with its parent and the step from it. */
export class StateStore {
  /** The states themselves: numbers of their parts. */
  readonly states: Tuples;
  /** Index of the state from which each was found first; −1 for the start. */
  parents: Int32Array;
  /** The step from the parent, as the search numbers it. */
  steps: Uint16Array;

  /** `width`: words of a state. */
  constructor(width: number, room = 1 << 12) {
    this.states = new Tuples(width, room);
    this.parents = new Int32Array(room);
    this.steps = new Uint16Array(room);
  }

  get count(): number {
    return this.states.count;
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.states.bytes + this.parents.byteLength + this.steps.byteLength;
  }

  /** Bytes held at most while `more` states are added. */
  bytesWith(more: number): number {
    const own = this.parents.byteLength + this.steps.byteLength;
    const grows = this.count + more > this.parents.length;
    return this.states.bytesWith(more) + own + (grows ? 2 * own : 0);
  }

  /** Adds a state, whose sum is known, unless it is in the set. Returns whether it was new. */
  add(words: Int32Array, sum: number, parent: number, step: number): boolean {
    if (this.states.add(words, sum) >= 0) return false;
    const state = this.count - 1;
    if (state >= this.parents.length) this.#grow();
    this.parents[state] = parent;
    this.steps[state] = step;
    return true;
  }

  #grow(): void {
    const room = this.parents.length * 2;
    const parents = new Int32Array(room);
    parents.set(this.parents);
    this.parents = parents;
    const steps = new Uint16Array(room);
    steps.set(this.steps);
    this.steps = steps;
  }
}
