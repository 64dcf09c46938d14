/** The fingerprint after `events` delivered events. */
export interface Checkpoint {
  readonly events: number;
  readonly hash: string;
}

/**
 * Rolling 64-bit hash in two 32-bit lanes, allocation-free. For given state each step is one-to-one in any single word and in the
 * pairs (low, code) and (arg, high), so trajectories that differ in one word of one event never collide there. Not cryptographic.
 *
 * All multipliers are odd, the constants of MurmurHash3 (A. Appleby, public domain).
 */
export class Fingerprint {
  /** The lanes, int32, start from the first hexadecimal digits of pi. `private`, not #: shorter bytecode, so it is inlined. */
  private a = 0x243f6a88;
  private b = 0x85a308d3 | 0;
  readonly #bits = new DataView(new ArrayBuffer(8));
  readonly #checkpoints: Checkpoint[] = [];

  /** Absorbs any double, to the bit. */
  mix(value: number): void {
    this.#bits.setFloat64(0, value, true);
    this.mixEvent(this.#bits.getInt32(0, true), 0, this.#bits.getInt32(4, true), 0);
  }

  /** Absorbs one delivered event: the low 32 and the high bits of its key, its code and its argument, all int32. hot */
  mixEvent(low: number, high: number, code: number, arg: number): void {
    const a = Math.imul(this.a ^ low, 0xcc9e2d51);
    const b = Math.imul(this.b ^ code, 0x1b873593);
    const next = (((a << 15) | (a >>> 17)) + b) ^ arg;
    this.a = next;
    this.b = ((((b << 13) | (b >>> 19)) ^ next) + high) | 0;
  }

  /** Keeps the present hash as the one after `events` events. */
  checkpoint(events: number): void {
    this.#checkpoints.push({ events, hash: this.hex() });
  }

  /** Checkpoints kept so far, oldest first. */
  get checkpoints(): readonly Checkpoint[] {
    return this.#checkpoints;
  }

  /** The hash as 16 hexadecimal digits; the state goes on unchanged. */
  hex(): string {
    const a = avalanche(this.a ^ this.b);
    const b = avalanche(this.b + a);
    return hexWord(a) + hexWord(b);
  }
}

/** Final mixing of MurmurHash3: every input bit reaches every output bit. */
function avalanche(word: number): number {
  let h = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function hexWord(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
