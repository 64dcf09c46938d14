/** Greatest share of slots in use before the table doubles. */
const MAX_LOAD = 0.6;

/** The set of visited states, in the order of their discovery, which is the order of the search; each with its parent and the step from it. */
export class StateStore {
  /** Words of one state. */
  readonly width: number;
  /** Packed states, one after another. */
  data: Int32Array;
  /** Index of the state from which each was found first; −1 for the start. */
  parents: Int32Array;
  /** The step from the parent, as the search numbers it. */
  steps: Uint16Array;
  count = 0;
  #table: Int32Array;
  #mask: number;

  constructor(width: number, room = 1 << 12) {
    this.width = width;
    this.data = new Int32Array(room * width);
    this.parents = new Int32Array(room);
    this.steps = new Uint16Array(room);
    this.#table = new Int32Array(room * 2);
    this.#mask = this.#table.length - 1;
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.data.byteLength + this.parents.byteLength + this.steps.byteLength + this.#table.byteLength;
  }

  /** Bytes held at most while `more` states are added: old and new arrays together while one grows. */
  bytesWith(more: number): number {
    const grows = this.count + more > this.parents.length;
    const crowds = this.count + more > this.#table.length * MAX_LOAD;
    const grown = grows ? 2 * (this.data.byteLength + this.parents.byteLength + this.steps.byteLength) : 0;
    return this.bytes + grown + (crowds ? 2 * this.#table.byteLength : 0);
  }

  /** Adds a packed state unless it is known. Returns whether it was new. */
  add(packed: Int32Array, parent: number, step: number): boolean {
    const slot = this.#find(packed);
    if (slot < 0) return false;
    if (this.count >= this.parents.length) this.#growData();
    const data = this.data;
    for (let i = 0, at = this.count * this.width; i < this.width; i++, at++) data[at] = packed[i];
    this.parents[this.count] = parent;
    this.steps[this.count] = step;
    this.#table[slot] = ++this.count;
    if (this.count > this.#table.length * MAX_LOAD) this.#growTable();
    return true;
  }

  /** The free slot for a state, or −1 when the state is known. */
  #find(packed: Int32Array): number {
    const table = this.#table;
    const data = this.data;
    const width = this.width;
    let slot = hashWords(packed, 0, width) & this.#mask;
    for (let entry = table[slot]; entry !== 0; entry = table[slot]) {
      const from = (entry - 1) * width;
      let i = 0;
      while (i < width && data[from + i] === packed[i]) i++;
      if (i === width) return -1;
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }

  #growData(): void {
    const room = this.parents.length * 2;
    const data = new Int32Array(room * this.width);
    data.set(this.data);
    this.data = data;
    const parents = new Int32Array(room);
    parents.set(this.parents);
    this.parents = parents;
    const steps = new Uint16Array(room);
    steps.set(this.steps);
    this.steps = steps;
  }

  #growTable(): void {
    const table = new Int32Array(this.#table.length * 2);
    const mask = table.length - 1;
    for (let i = 0; i < this.count; i++) {
      let slot = hashWords(this.data, i * this.width, this.width) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = i + 1;
    }
    this.#table = table;
    this.#mask = mask;
  }
}

/** Hash of words, mixed as in MurmurHash3 (A. Appleby, public domain), 32 bits. */
function hashWords(words: Int32Array, from: number, count: number): number {
  let h = 0;
  for (let i = from; i < from + count; i++) {
    let k = Math.imul(words[i], 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    h ^= Math.imul(k, 0x1b873593);
    h = (h << 13) | (h >>> 19);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
