import type { Packing } from './packing.ts';
import { Tuples } from './tuples.ts';

/** Numbers the cases that some parts of a state, and a mode, can make together. */
export class Cases {
  readonly #words: Int32Array;
  readonly #masks: Int32Array;
  readonly #keys: Tuples;
  readonly #key: Int32Array;

  /** `parts`: as bits. */
  constructor(packing: Packing, parts: number) {
    const masks = packing.masksOf(parts);
    this.#words = Int32Array.from(masks.keys()).filter((word) => masks[word] !== 0);
    this.#masks = masks.filter((mask) => mask !== 0);
    this.#keys = new Tuples(this.#words.length + 1);
    this.#key = new Int32Array(this.#words.length + 1);
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.#keys.bytes;
  }

  /** Number of the case that a state is of, counted from 0; −1 − number when it is new. */
  find(state: Int32Array, mode: number): number {
    const words = this.#words;
    const masks = this.#masks;
    const key = this.#key;
    const { factors } = this.#keys;
    const n = words.length;
    key[n] = mode;
    let sum = Math.imul(mode, factors[n]);
    for (let i = 0; i < n; i++) {
      const word = state[words[i]] & masks[i];
      key[i] = word;
      sum = (sum + Math.imul(word, factors[i])) | 0;
    }
    return this.#keys.add(key, sum);
  }
}
