/**
 * Remembers which states were offered lately, so that most of the duplicates that a breadth-first search meets need no look at the
 * table of all states: a direct-mapped cache, small enough to stay near. What it forgets is only looked up again.
 */
export class RecentStates {
  readonly #width: number;
  readonly #mask: number;
  readonly #data: Int32Array;

  /** `width`: words of a state; `room`: states remembered, a power of two. */
  constructor(width: number, room: number) {
    this.#width = width;
    this.#mask = room - 1;
    // No state has a negative number in it, so that a place in which nothing lies equals none.
    this.#data = new Int32Array(room * width).fill(-1);
  }

  /** Whether the state, whose sum is known, lies here already; if not, it takes the place of another. */
  has(state: Int32Array, sum: number): boolean {
    const data = this.#data;
    const width = this.#width;
    const from = ((sum ^ (sum >>> 15)) & this.#mask) * width;
    let i = 0;
    while (i < width && data[from + i] === state[i]) i++;
    if (i === width) return true;
    for (; i < width; i++) data[from + i] = state[i];
    return false;
  }
}
