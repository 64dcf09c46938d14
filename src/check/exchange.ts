import type { Machine } from '../kernel/semantics/machine.ts';
import { Canonicalizer } from './canonical.ts';
import { allTranslations } from './footprint.ts';
import { GrowingInts } from './growing.ts';
import { MEMORY, SYSTEM, headOf, partsIn } from './parts.ts';
import type { Parts } from './parts.ts';
import { Tuples } from './tuples.ts';

/** Parts of each thread. */
const OWN = headOf(1) - headOf(0);

/** Exchanges some parts with their cores, once for each contents they have. */
class ExchangedParts {
  readonly parts: Int32Array;
  readonly #mask: number;
  readonly #all: Parts;
  readonly #canonical: Canonicalizer;
  readonly #cases: Tuples;
  readonly #key: Int32Array;
  readonly #known = new GrowingInts();

  constructor(mask: number, all: Parts, canonical: Canonicalizer) {
    this.parts = partsIn(mask);
    this.#mask = mask;
    this.#all = all;
    this.#canonical = canonical;
    this.#cases = new Tuples(this.parts.length);
    this.#key = new Int32Array(this.parts.length);
  }

  get bytes(): number {
    return this.#cases.bytes + this.#known.bytes;
  }

  /** Puts the exchanged parts of a state into `out`. */
  put(state: Int32Array, out: Int32Array): void {
    const parts = this.parts;
    const key = this.#key;
    for (let i = 0; i < parts.length; i++) key[i] = state[parts[i]];
    const number = this.#cases.add(key, this.#cases.sumOf(key));
    if (number < 0) this.#learn(-1 - number, state);
    const from = (number < 0 ? -1 - number : number) * parts.length;
    for (let i = 0; i < parts.length; i++) out[parts[i]] = this.#known.data[from + i];
  }

  #learn(number: number, state: Int32Array): void {
    const { parts } = this;
    this.#all.load(state, this.#mask);
    this.#canonical.exchange();
    for (let i = 0; i < parts.length; i++) this.#known.set(number * parts.length + i, this.#all.numberOf(parts[i]));
  }
}

/** Exchanges the first two threads, which are alike, together with their cores, when that makes the numbers of a state smaller. */
export class Exchange {
  readonly #system: ExchangedParts;
  readonly #memory: ExchangedParts;

  constructor(m: Machine, parts: Parts) {
    const canonical = new Canonicalizer(m, true);
    this.#system = new ExchangedParts(1 << SYSTEM, parts, canonical);
    this.#memory = new ExchangedParts((1 << MEMORY) | allTranslations(m.layout.capacity), parts, canonical);
  }

  get bytes(): number {
    return this.#system.bytes + this.#memory.bytes;
  }

  /** Puts the smaller of a state and its exchanged form into `out`. Returns whether that is the exchanged one; otherwise `out` is worthless. */
  apply(state: Int32Array, out: Int32Array): boolean {
    const order = this.#compareThreads(state);
    if (order < 0) return false;
    this.#system.put(state, out);
    this.#memory.put(state, out);
    if (order === 0 && !this.#isSmaller(out, state)) return false;
    const first = headOf(0);
    for (let i = first; i < first + OWN; i++) {
      out[i] = state[i + OWN];
      out[i + OWN] = state[i];
    }
    return true;
  }

  #compareThreads(state: Int32Array): number {
    const first = headOf(0);
    for (let i = first; i < first + OWN; i++) if (state[i] !== state[i + OWN]) return state[i] - state[i + OWN];
    return 0;
  }

  #isSmaller(a: Int32Array, b: Int32Array): boolean {
    if (a[SYSTEM] !== b[SYSTEM]) return a[SYSTEM] < b[SYSTEM];
    const { parts } = this.#memory;
    for (let i = 0; i < parts.length; i++) if (a[parts[i]] !== b[parts[i]]) return a[parts[i]] < b[parts[i]];
    return false;
  }
}
