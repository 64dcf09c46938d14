import type { Machine } from '../kernel/semantics/machine.ts';
import { Canonicalizer } from './canonical.ts';
import { GrowingInts } from './growing.ts';
import { MEMORY, SYSTEM, headOf } from './parts.ts';
import type { Parts } from './parts.ts';

/** Parts of each thread. */
const OWN = headOf(1) - headOf(0);

/** Exchanges the first two threads, which are alike, together with their cores, when that makes the numbers of a state smaller. */
export class Exchange {
  readonly #parts: Parts;
  readonly #canonical: Canonicalizer;
  /** Number plus one of the exchanged part, by its number; 0 when it is not known yet. */
  readonly #known = [new GrowingInts(), new GrowingInts()] as const;

  constructor(m: Machine, parts: Parts) {
    this.#parts = parts;
    this.#canonical = new Canonicalizer(m, true);
  }

  get bytes(): number {
    return this.#known[SYSTEM].bytes + this.#known[MEMORY].bytes;
  }

  /** Puts the smaller of a state and its exchanged form into `out`. Returns whether that is the exchanged one; otherwise `out` is untouched. */
  apply(state: Int32Array, out: Int32Array): boolean {
    const order = this.#compareThreads(state);
    if (order < 0) return false;
    const system = this.#exchanged(SYSTEM, state);
    const memory = this.#exchanged(MEMORY, state);
    if (order === 0) {
      if (system > state[SYSTEM] || (system === state[SYSTEM] && memory >= state[MEMORY])) return false;
    }
    out[SYSTEM] = system;
    out[MEMORY] = memory;
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

  #exchanged(part: typeof SYSTEM | typeof MEMORY, state: Int32Array): number {
    const known = this.#known[part];
    const number = state[part];
    if (number < known.data.length && known.data[number] !== 0) return known.data[number] - 1;
    this.#parts.load(state, 1 << part);
    this.#canonical.exchange();
    const result = this.#parts.numberOf(part);
    known.set(number, result + 1);
    return result;
  }
}
