import { partsOf } from './footprint.ts';
import type { Footprint } from './footprint.ts';
import type { Inputs } from './inputs.ts';
import { Tuples } from './tuples.ts';
import type { View } from './views.ts';

/** A part that is seen by a view: where its number lies in a state, and where the view's goes in a key. */
interface Seen {
  readonly view: View;
  readonly word: number;
  readonly mask: number;
  readonly shift: number;
  readonly at: number;
}

/**
 * Numbers the cases that what steps depend on in a state, and one word more, can make together: a mode, or the number of a case that says all of
 * a footprint, which then need not be looked at again.
 */
export class Cases {
  readonly #words: Int32Array;
  readonly #masks: Int32Array;
  readonly #seen: readonly Seen[];
  readonly #keys: Tuples;
  readonly #key: Int32Array;

  /** `notes`: words kept of each case; `said`: what the word more says of a state. */
  constructor({ footprint, packing, seen: all }: Inputs, notes: number, said?: Footprint) {
    const masks = packing.masksOf(footprint.reads & ~(said?.reads ?? 0));
    const known = said === undefined ? 0 : partsOf(said);
    const seen = all.filter(({ part }) => (known & (1 << part)) === 0);
    const looks = packing.masksOf(seen.reduce((parts, { part }) => parts | (1 << part), 0));
    const isUsed = (word: number): boolean => masks[word] !== 0 || looks[word] !== 0;
    this.#words = Int32Array.from(masks.keys()).filter(isUsed);
    this.#masks = this.#words.map((word) => masks[word]);
    this.#seen = seen.map(({ part, view }) => {
      const { word, mask, shift } = packing.placeOf(part);
      return { view, word, mask, shift, at: this.#words.indexOf(word) };
    });
    this.#keys = new Tuples(this.#words.length + 1, 16, notes);
    this.#key = new Int32Array(this.#words.length + 1);
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.#keys.bytes;
  }

  /** What is kept of cases, all of it. Replaced when it grows. */
  get notes(): Int32Array {
    return this.#keys.data;
  }

  /** Where the notes of a case begin. */
  notesOf(number: number): number {
    return number * this.#keys.stride + this.#keys.width;
  }

  /** Number of the case that a state is of, counted from 0; −1 − number when it is new. */
  find(state: Int32Array, more: number): number {
    const words = this.#words;
    const masks = this.#masks;
    const key = this.#key;
    const { factors } = this.#keys;
    const n = words.length;
    key[n] = more;
    let sum = Math.imul(more, factors[n]);
    for (let i = 0; i < n; i++) {
      const word = state[words[i]] & masks[i];
      key[i] = word;
      sum = (sum + Math.imul(word, factors[i])) | 0;
    }
    for (let i = 0; i < this.#seen.length; i++) {
      const { view, word, mask, shift, at } = this.#seen[i];
      const look = view.numberOf((state[word] & mask) >>> shift) << shift;
      key[at] |= look;
      sum = (sum + Math.imul(look, factors[at])) | 0;
    }
    return this.#keys.add(key, sum);
  }
}
