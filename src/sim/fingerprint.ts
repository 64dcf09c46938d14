import { powerOfTwo } from './maths.ts';

/** The fingerprint after `events` delivered events. */
export interface Checkpoint {
  readonly events: number;
  readonly hash: string;
}

/** Odd multipliers of the two lanes: the first constants of MurmurHash3 (A. Appleby, public domain). */
const C1 = 0xcc9e2d51 | 0;
const C2 = 0x1b873593;
const C3 = 0x85ebca6b | 0;
const C4 = 0xc2b2ae35 | 0;
const TWO_32 = 4294967296;

/**
 * Rolling 64-bit hash in two 32-bit lanes, allocation-free. Each step is a bijection of the state for a given word, so two
 * trajectories that differ in a single word never collide there. Not cryptographic.
 */
export class Fingerprint {
  readonly #lanes = new Int32Array([0x243f6a88, 0x85a308d3]); // first hexadecimal digits of pi
  readonly #bits = new DataView(new ArrayBuffer(8));
  readonly #checkpoints: Checkpoint[] = [];
  readonly #interval: number;
  #left: number;
  #events = 0;

  /** `checkpointBits` = n records a checkpoint every 2^n events; without it none is kept. */
  constructor(checkpointBits?: number) {
    this.#interval = checkpointBits === undefined ? 0 : powerOfTwo(checkpointBits);
    this.#left = this.#interval;
  }

  /** Absorbs any double, to the bit. */
  mix(value: number): void {
    this.#bits.setFloat64(0, value, true);
    this.#absorb(this.#bits.getInt32(0, true), this.#bits.getInt32(4, true));
  }

  /** Absorbs one delivered event: `time` a non-negative integer below 2^53, `code` and `arg` 32-bit integers. hot */
  mixEvent(time: number, code: number, arg: number): void {
    const high = Math.floor(time / TWO_32);
    this.#absorb((time - high * TWO_32) | 0, code);
    this.#absorb(arg, high);
    if (--this.#left === 0) this.#record();
  }

  /** Checkpoints recorded so far, oldest first. */
  get checkpoints(): readonly Checkpoint[] {
    return this.#checkpoints;
  }

  /** The hash as 16 hexadecimal digits; the state goes on unchanged. */
  hex(): string {
    const a = avalanche(this.#lanes[0] ^ this.#lanes[1]);
    const b = avalanche(this.#lanes[1] + a);
    return hexWord(a) + hexWord(b);
  }

  /** hot */
  #absorb(x: number, y: number): void {
    const lanes = this.#lanes;
    const a = Math.imul(lanes[0] ^ x, C1);
    const b = Math.imul(lanes[1] ^ y, C2);
    lanes[0] = Math.imul((a << 15) | (a >>> 17), C3) + b;
    lanes[1] = Math.imul((b << 13) | (b >>> 19), C4) ^ lanes[0];
  }

  #record(): void {
    this.#events += this.#interval;
    this.#left = this.#interval;
    this.#checkpoints.push({ events: this.#events, hash: this.hex() });
  }
}

/** Final mixing of MurmurHash3: every input bit reaches every output bit. */
function avalanche(word: number): number {
  let h = Math.imul(word ^ (word >>> 16), C3);
  h = Math.imul(h ^ (h >>> 13), C4);
  return h ^ (h >>> 16);
}

function hexWord(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
