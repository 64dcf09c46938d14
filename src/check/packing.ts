import type { Layout } from '../kernel/semantics/layout.ts';

/** Packs the bytes of a state into as few 32-bit words as their widths need; a field never straddles two words. */
export class Packing {
  /** Words of a packed state. */
  readonly words: number;
  /** Bits that fields use. */
  readonly bits: number;
  readonly #at: Uint16Array;
  readonly #word: Uint8Array;
  readonly #shift: Uint8Array;
  readonly #mask: Uint8Array;
  // The same by byte of the state, with mask 0 where nothing is packed.
  readonly #wordOf: Uint8Array;
  readonly #shiftOf: Uint8Array;
  readonly #maskOf: Uint8Array;

  /** `withTranslations`: with one core translations are always coherent, and are left out. */
  constructor(layout: Layout, withTranslations: boolean) {
    const end = withTranslations ? layout.size : layout.tlb;
    const used = Array.from({ length: end }, (_, i) => i).filter((i) => layout.widths[i] > 0);
    // Widest first, so that words fill well.
    used.sort((a, b) => layout.widths[b] - layout.widths[a] || a - b);
    const free: number[] = [];
    const word: number[] = [];
    const shift: number[] = [];
    for (const at of used) {
      const width = layout.widths[at];
      let w = free.findIndex((bits) => bits >= width);
      if (w < 0) w = free.push(32) - 1;
      word.push(w);
      shift.push(32 - free[w]);
      free[w] -= width;
    }
    this.words = free.length;
    this.bits = used.reduce((sum, at) => sum + layout.widths[at], 0);
    this.#at = Uint16Array.from(used);
    this.#word = Uint8Array.from(word);
    this.#shift = Uint8Array.from(shift);
    this.#mask = Uint8Array.from(used, (at) => (1 << layout.widths[at]) - 1);
    this.#wordOf = new Uint8Array(layout.size);
    this.#shiftOf = new Uint8Array(layout.size);
    this.#maskOf = new Uint8Array(layout.size);
    for (const [i, at] of used.entries()) {
      this.#wordOf[at] = word[i];
      this.#shiftOf[at] = shift[i];
      this.#maskOf[at] = this.#mask[i];
    }
  }

  /** Packs `bytes` into `out` (at least `words` long). */
  pack(bytes: Uint8Array, out: Int32Array): void {
    const at = this.#at;
    for (let i = 0; i < this.words; i++) out[i] = 0;
    for (let i = 0; i < at.length; i++) out[this.#word[i]] |= bytes[at[i]] << this.#shift[i];
  }

  /**
   * Given the packed form of `base` in `out`, changes it to that of `state`; both are states as words. Returns whether a packed byte differs.
   * Successors differ from their parent in few bytes, so this beats packing anew.
   */
  update(base: Int32Array, state: Int32Array, out: Int32Array): boolean {
    let changed = false;
    for (let w = 0; w < base.length; w++) {
      const difference = base[w] ^ state[w];
      if (difference !== 0 && this.#merge(w << 2, difference, out)) changed = true;
    }
    return changed;
  }

  /** Flips the packed bits of four bytes from `at`; bytes that are not packed have width 0. */
  #merge(at: number, difference: number, out: Int32Array): boolean {
    let changed = false;
    for (let byte = at, rest = difference; rest !== 0; byte++, rest >>>= 8) {
      const flips = rest & this.#maskOf[byte];
      if (flips === 0) continue;
      out[this.#wordOf[byte]] ^= flips << this.#shiftOf[byte];
      changed = true;
    }
    return changed;
  }

  /** Unpacks words at `from` of `store` into `bytes`; bytes that are not packed become 0. */
  unpack(store: Int32Array, from: number, bytes: Uint8Array): void {
    const at = this.#at;
    for (let i = 0; i < bytes.length; i++) bytes[i] = 0;
    for (let i = 0; i < at.length; i++) bytes[at[i]] = (store[from + this.#word[i]] >>> this.#shift[i]) & this.#mask[i];
  }
}
