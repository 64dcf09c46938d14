import type { Capacity } from '../kernel/semantics/layout.ts';
import { MEMORY, SYSTEM, headOf, signalsOf, stacksOf, translationsOf } from './parts.ts';

/** Where the number of a part lies: in which word, from which bit, in how many bits. */
interface Place {
  readonly part: number;
  readonly word: number;
  readonly shift: number;
  readonly bits: number;
}

/** Bits of memory and system in the first word, which is never negative; and of each of the others, two in a word. */
const MEMORY_BITS = 20;
const SYSTEM_BITS = 11;
const HALF = 16;

/** Places of a thread's parts, and with them of the translations of the core with its number. */
function placesOfThread(t: number, { threads, cores }: Capacity): Place[] {
  const word = 1 + 2 * t;
  const places = [
    { part: headOf(t), word, shift: 0, bits: HALF },
    { part: stacksOf(t), word, shift: HALF, bits: HALF },
    { part: signalsOf(t), word: word + 1, shift: 0, bits: HALF },
  ];
  const translations = { part: translationsOf(t, threads), word: word + 1, shift: HALF, bits: HALF };
  return cores > 1 && t < cores ? [...places, translations] : places;
}

/** A part of the states found has more contents than its number has bits for. */
export class PackingFull extends RangeError {}

/** How the numbers of a state's parts are packed into words: memory and system, then two words of each thread. */
export class Packing {
  /** Words of a state. */
  readonly width: number;
  readonly #words: Uint8Array;
  readonly #shifts: Uint8Array;
  /** Largest numbers, which are masks too. */
  readonly #largest: Int32Array;

  constructor(capacity: Capacity) {
    this.width = 1 + 2 * capacity.threads;
    const threads = Array.from({ length: capacity.threads }, (_, t) => placesOfThread(t, capacity));
    const places: readonly Place[] = [
      { part: SYSTEM, word: 0, shift: MEMORY_BITS, bits: SYSTEM_BITS },
      { part: MEMORY, word: 0, shift: 0, bits: MEMORY_BITS },
      ...threads.flat(),
    ].toSorted((a, b) => a.part - b.part);
    this.#words = Uint8Array.from(places, ({ word }) => word);
    this.#shifts = Uint8Array.from(places, ({ shift }) => shift);
    this.#largest = Int32Array.from(places, ({ bits }) => (1 << bits) - 1);
  }

  /** Word that a part's number lies in. */
  wordOf(part: number): number {
    return this.#words[part];
  }

  /** Bits of that word that are the number's. */
  maskOf(part: number): number {
    return this.#largest[part] << this.#shifts[part];
  }

  /** A part's number, in its place. Throws PackingFull when it needs too many bits. */
  put(part: number, number: number): number {
    if (number > this.#largest[part])
      throw new PackingFull(`part ${part} has more than ${this.#largest[part]} different contents`);
    return number << this.#shifts[part];
  }

  /** Number of a part in a state. */
  numberIn(state: Int32Array, part: number): number {
    return (state[this.#words[part]] >>> this.#shifts[part]) & this.#largest[part];
  }

  /** Where a part's number lies: in which word, which bits of it, and the first of them. */
  placeOf(part: number): { word: number; mask: number; shift: number } {
    return { word: this.#words[part], mask: this.maskOf(part), shift: this.#shifts[part] };
  }

  /** By word: the bits that belong to some parts, given as bits. */
  masksOf(parts: number): Int32Array {
    const masks = new Int32Array(this.width);
    for (const [part, word] of this.#words.entries()) if ((parts & (1 << part)) !== 0) masks[word] |= this.maskOf(part);
    return masks;
  }
}
