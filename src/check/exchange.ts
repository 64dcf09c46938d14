import type { Machine } from '../kernel/semantics/machine.ts';
import { Canonicalizer } from './canonical.ts';
import { Cases } from './cases.ts';
import { allTranslations, wholly } from './footprint.ts';
import { Inputs } from './inputs.ts';
import type { Packing } from './packing.ts';
import { MEMORY, SYSTEM } from './parts.ts';
import type { Parts } from './parts.ts';

/** Exchanges the first two threads, which are alike, together with their cores, when that makes the words of a state smaller. */
export class Exchange {
  readonly #parts: Parts;
  readonly #packing: Packing;
  readonly #canonical: Canonicalizer;
  /** Parts, as bits, that threads have in common, by which their exchanged words are known, as notes. */
  readonly #common: number;
  readonly #cases: Cases;
  readonly #masks: Int32Array;

  constructor(m: Machine, parts: Parts, packing: Packing) {
    this.#parts = parts;
    this.#packing = packing;
    this.#canonical = new Canonicalizer(m, true);
    this.#common = (1 << SYSTEM) | (1 << MEMORY) | allTranslations(m.layout.capacity);
    this.#cases = new Cases(new Inputs(wholly(this.#common), parts, packing), packing.width);
    this.#masks = packing.masksOf(this.#common);
  }

  get bytes(): number {
    return this.#cases.bytes;
  }

  /** Puts the smaller of a state and its exchanged form into `out`. Returns whether that is the exchanged one; otherwise `out` is worthless. */
  apply(state: Int32Array, out: Int32Array): boolean {
    const order = this.#compareThreads(state);
    if (order < 0) return false;
    const masks = this.#masks;
    const known = this.#exchanged(state);
    const words = this.#cases.notes;
    out[0] = words[known];
    for (let w = 1; w < state.length; w++) {
      const other = w <= 2 ? w + 2 : w - 2;
      out[w] = (state[other] & ~masks[other]) | words[known + w];
    }
    return order > 0 || this.#isSmaller(out, state);
  }

  /** Compares what threads have of their own, word by word. */
  #compareThreads(state: Int32Array): number {
    const masks = this.#masks;
    for (let w = 1; w <= 2; w++) {
      const a = state[w] & ~masks[w];
      const b = state[w + 2] & ~masks[w + 2];
      if (a !== b) return a < b ? -1 : 1;
    }
    return 0;
  }

  #isSmaller(a: Int32Array, b: Int32Array): boolean {
    for (let w = 0; w < a.length; w++) if (a[w] !== b[w]) return a[w] < b[w];
    return false;
  }

  /** Where the exchanged words of what threads have in common are known from. */
  #exchanged(state: Int32Array): number {
    const number = this.#cases.find(state, 0);
    if (number >= 0) return this.#cases.notesOf(number);
    const from = this.#cases.notesOf(-1 - number);
    const known = this.#cases.notes;
    this.#parts.load(state, this.#packing, this.#common);
    this.#canonical.exchange();
    for (let part = 0; this.#common >>> part !== 0; part++) {
      if ((this.#common & (1 << part)) === 0) continue;
      known[from + this.#packing.wordOf(part)] |= this.#packing.put(part, this.#parts.numberOf(part));
    }
    return from;
  }
}
