import { Tuples } from './tuples.ts';

/** States offered that are looked up together: enough to wait for memory once, few enough to stay in the nearest cache. */
const BATCH = 64;

/** The set of visited states, in the order of their discovery, which is the order of the search; each with its parent and the step from it. */
export class StateStore {
  /** The states themselves: numbers of their parts. */
  readonly states: Tuples;
  /** Index of the state from which each was found first; −1 for the start. */
  parents: Int32Array;
  /** The step from the parent, as the search numbers it. */
  steps: Uint16Array;
  readonly #offered: Int32Array[];
  readonly #sums = new Int32Array(BATCH);
  readonly #from = new Int32Array(BATCH);
  readonly #by = new Uint16Array(BATCH);
  readonly #touched = new Int32Array(BATCH);
  #waiting = 0;

  /** `width`: words of a state. */
  constructor(width: number, room = 1 << 12) {
    this.states = new Tuples(width, room);
    this.parents = new Int32Array(room);
    this.steps = new Uint16Array(room);
    this.#offered = Array.from({ length: BATCH }, () => new Int32Array(width));
  }

  get count(): number {
    return this.states.count;
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.states.bytes + this.parents.byteLength + this.steps.byteLength;
  }

  /** Bytes held at most while `more` states are added, and those that wait. */
  bytesWith(more: number): number {
    const most = more + this.#waiting;
    const own = this.parents.byteLength + this.steps.byteLength;
    const grows = this.count + most > this.parents.length;
    return this.states.bytesWith(most) + own + (grows ? 2 * own : 0);
  }

  /** Adds a state, whose sum is known, unless it is in the set; at the latest when `flush` is called, and in the order of offers. */
  offer(words: Int32Array, sum: number, parent: number, step: number): void {
    const i = this.#waiting;
    const own = this.#offered[i];
    for (let w = 0; w < own.length; w++) own[w] = words[w];
    this.#sums[i] = sum;
    this.#from[i] = parent;
    this.#by[i] = step;
    this.#waiting = i + 1;
    if (this.#waiting === BATCH) this.flush();
  }

  /** Adds all that was offered. The table is read for all first, then the states it names: memory answers many reads in the time of one. */
  flush(): void {
    const { states } = this;
    const { data, width } = states;
    const n = this.#waiting;
    const touched = this.#touched;
    const sums = this.#sums;
    for (let i = 0; i < n; i++) touched[i] = states.touch(sums[i]);
    for (let i = 0; i < n; i++) touched[i] = touched[i] === 0 ? 0 : data[(touched[i] - 1) * width];
    for (let i = 0; i < n; i++) if (states.add(this.#offered[i], sums[i]) < 0) this.#note(this.#from[i], this.#by[i]);
    this.#waiting = 0;
  }

  #note(parent: number, step: number): void {
    const state = this.count - 1;
    if (state >= this.parents.length) this.#grow();
    this.parents[state] = parent;
    this.steps[state] = step;
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
