import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { SimulationBug } from './errors.ts';

const TWO_32 = 4294967296;

/** Generator xoshiro128** 1.1 (D. Blackman, S. Vigna 2018, public domain): 32-bit outputs, period 2^128 - 1. */
export class Rng {
  readonly #state: Int32Array;

  /** `state`: four 32-bit words, not all zero. */
  constructor(state: readonly [number, number, number, number]) {
    this.#state = Int32Array.from(state);
    if (this.#state.every((word) => word === 0)) throw new SimulationBug('Rng: the state must not be all zero');
  }

  /** Uniform integer in [0, 2^32). hot */
  uint32(): number {
    const s = this.#state;
    const s1 = s[1];
    const product = Math.imul(s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    s[2] ^= s[0];
    s[3] ^= s1;
    s[1] = s1 ^ s[2];
    s[0] ^= s[3];
    s[2] ^= s1 << 9;
    const s3 = s[3];
    s[3] = (s3 << 11) | (s3 >>> 21);
    return result >>> 0;
  }

  /** Uniform double in [0, 1): a multiple of 2^-53. hot */
  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** Uniform integer in [0, n) without bias (rejection of the incomplete last range); n from 1 to 2^32. */
  below(n: number): number {
    if (!(n >= 1 && n <= TWO_32 && Math.floor(n) === n))
      throw new SimulationBug(`Rng.below: bound ${n}, not an integer from 1 to 2^32`);
    const limit = TWO_32 - (TWO_32 % n);
    let draw = this.uint32();
    while (draw >= limit) draw = this.uint32();
    return draw % n;
  }
}

/**
 * The named stream of a run. Seeded by SHA-256 of (seed, replication, name) only: another component cannot shift its numbers,
 * and policies that share the three share the numbers. `seed` and `replication` are integers.
 */
export function openStream(seed: number, replication: number, name: string): Rng {
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(replication)) {
    throw new SimulationBug(`openStream: seed ${seed}, replication ${replication}: both must be safe integers`);
  }
  const digest = sha256(utf8ToBytes(`ringsim stream\nseed ${seed}\nreplication ${replication}\nname ${name}\n`));
  const view = new DataView(digest.buffer, digest.byteOffset);
  return new Rng([view.getInt32(0, true), view.getInt32(4, true), view.getInt32(8, true), view.getInt32(12, true)]);
}
