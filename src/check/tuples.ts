/** Greatest share of slots in use before the table doubles. */
const MAX_LOAD = 0.6;

/** The finaliser of MurmurHash3 (A. Appleby, public domain): every bit of the input changes half of the output's. */
function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Odd factors without simple relations between them, one for each word of a tuple. */
function makeFactors(width: number): Int32Array {
  return Int32Array.from({ length: width }, (_, i) => mix(Math.imul(i + 1, 0x9e3779b1)) | 1);
}

/**
 * A set of tuples of 32-bit words, each with a number, counted from 0 in the order of arrival. The hash is the mixed sum of the words, each
 * times its factor, so that the sum of a tuple that differs in few words from another follows from the other's. Notes may lie beside each tuple,
 * where what finds it has them at hand.
 */
export class Tuples {
  /** Words of one tuple. */
  readonly width: number;
  /** Words of a tuple and its notes. */
  readonly stride: number;
  /** Tuples, one after another, each with its notes. */
  data: Int32Array;
  count = 0;
  /** What each word is multiplied with. */
  readonly factors: Int32Array;
  /** Number plus one of a tuple, 0 when free; and its hash, which spares most looks at other tuples. */
  #table: Int32Array;
  #mask: number;
  #most: number;

  /** `notes`: words that lie beside each tuple. */
  constructor(width: number, room = 16, notes = 0) {
    this.width = width;
    this.stride = width + notes;
    this.data = new Int32Array(room * this.stride);
    this.factors = makeFactors(width);
    this.#table = new Int32Array(room * 4);
    this.#mask = this.#table.length - 2;
    this.#most = Math.floor((this.#table.length / 2) * MAX_LOAD);
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.data.byteLength + this.#table.byteLength;
  }

  /** Bytes held at most while `more` tuples are added: old and new arrays together while one grows. */
  bytesWith(more: number): number {
    const grows = (this.count + more) * this.stride > this.data.length;
    const crowds = this.count + more > this.#most;
    return this.bytes + (grows ? 2 * this.data.byteLength : 0) + (crowds ? 2 * this.#table.byteLength : 0);
  }

  /** Sum of a tuple's words times their factors. */
  sumOf(words: Int32Array): number {
    const { factors, width } = this;
    let sum = 0;
    for (let i = 0; i < width; i++) sum = (sum + Math.imul(words[i], factors[i])) | 0;
    return sum;
  }

  /** Number of a tuple whose sum is known; −1 − number when it was new and is added. */
  add(words: Int32Array, sum: number): number {
    const table = this.#table;
    const { data, width, stride } = this;
    const mask = this.#mask;
    const hash = mix(sum);
    let slot = (hash << 1) & mask;
    for (let entry = table[slot]; entry !== 0; entry = table[slot]) {
      if (table[slot + 1] === hash) {
        const from = (entry - 1) * stride;
        let i = 0;
        while (i < width && data[from + i] === words[i]) i++;
        if (i === width) return entry - 1;
      }
      slot = (slot + 2) & mask;
    }
    this.#append(words, slot, hash);
    return -this.count;
  }

  /** Where a tuple of this sum may lie, read early so that the look-ups of several tuples wait for memory together: see `StateStore.flush`. */
  touch(sum: number): number {
    return this.#table[(mix(sum) << 1) & this.#mask];
  }

  /** Number of a tuple, which is added when it is new. */
  intern(words: Int32Array): number {
    const number = this.add(words, this.sumOf(words));
    return number < 0 ? -1 - number : number;
  }

  #append(words: Int32Array, slot: number, hash: number): void {
    const { width, stride } = this;
    const from = this.count * stride;
    if (from + stride > this.data.length) this.#growData();
    for (let i = 0; i < width; i++) this.data[from + i] = words[i];
    this.#table[slot] = ++this.count;
    this.#table[slot + 1] = hash;
    if (this.count > this.#most) this.#growTable();
  }

  #growData(): void {
    const data = new Int32Array(this.data.length * 2);
    data.set(this.data);
    this.data = data;
  }

  #growTable(): void {
    const old = this.#table;
    const table = new Int32Array(old.length * 2);
    const mask = table.length - 2;
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] === 0) continue;
      let slot = (old[at + 1] << 1) & mask;
      while (table[slot] !== 0) slot = (slot + 2) & mask;
      table[slot] = old[at];
      table[slot + 1] = old[at + 1];
    }
    this.#table = table;
    this.#mask = mask;
    this.#most = Math.floor((table.length / 2) * MAX_LOAD);
  }
}
