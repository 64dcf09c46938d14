import { openStream, type Rng } from '../sim/rng.ts';
import { HashedStore } from './hashedstore.ts';
import { SetAssoc } from './setassoc.ts';
import { Slab, WORD_BYTES } from './slab.ts';
import type { TagStore } from './tagstore.ts';
import { ThreadedStore } from './threadedstore.ts';
import { WayStore, type Replacement } from './waystore.ts';

/** Geometry of a store and how it behaves; without more it is true LRU under a plain index, without prefetch. */
export interface StoreSpec {
  readonly sets: number;
  readonly ways: number;
  readonly replacement?: ReplacementName;
  /** Whether the set index is a hash of the whole line number. */
  readonly hashed?: boolean;
  /** Whether lines belong to the hardware thread that brought them. */
  readonly isThreaded?: boolean;
}

/** Ways that a word of tree bits has room for. */
export const MAX_TREE_WAYS = 32;

/**
 * Binary tree of bits over the ways of a set, each pointing away from what was used last; ways are a power of two, at most 32.
 * Bit n of a set's word is node n, the root is node 1, the leaf of way w would be node ways + w.
 */
class TreePlru implements Replacement {
  readonly #ways: number;
  readonly #bits: Int32Array;

  constructor(sets: number, ways: number) {
    this.#ways = ways;
    this.#bits = new Int32Array(sets);
  }

  onHit(set: number, way: number): void {
    let bits = this.#bits[set];
    for (let node = this.#ways + way; node > 1; node >>= 1) {
      const parent = 1 << (node >> 1);
      bits = (node & 1) === 0 ? bits | parent : bits & ~parent;
    }
    this.#bits[set] = bits;
  }

  onFill(set: number, way: number): void {
    this.onHit(set, way);
  }

  victim(set: number): number {
    const bits = this.#bits[set];
    let node = 1;
    while (node < this.#ways) node = 2 * node + ((bits >> node) & 1);
    return node - this.#ways;
  }
}

/** Re-reference values of SRRIP with two bits: what is evicted, and what a fill begins with. */
const DISTANT = 3;
const LONG = 2;

/** Static re-reference interval prediction with hit priority. Source: A. Jaleel et al., ISCA 2010. */
class Srrip implements Replacement {
  readonly #ways: number;
  /** Values from `#first` on. */
  readonly #values: Uint8Array;
  readonly #first: number;

  constructor(sets: number, ways: number, slab: Slab) {
    const { bytes, first } = slab.take(Math.ceil((sets * ways) / WORD_BYTES));
    this.#ways = ways;
    this.#values = bytes;
    this.#first = first * WORD_BYTES;
  }

  onHit(set: number, way: number): void {
    this.#values[this.#first + set * this.#ways + way] = 0;
  }

  onFill(set: number, way: number): void {
    this.#values[this.#first + set * this.#ways + way] = LONG;
  }

  victim(set: number): number {
    const values = this.#values;
    const base = this.#first + set * this.#ways;
    for (;;) {
      for (let way = 0; way < this.#ways; way++) if (values[base + way] === DISTANT) return way;
      for (let way = 0; way < this.#ways; way++) values[base + way]++;
    }
  }
}

/** Any way, from a stream of the store's own. */
class RandomWay implements Replacement {
  readonly #ways: number;
  readonly #rng: Rng;

  constructor(ways: number, rng: Rng) {
    this.#ways = ways;
    this.#rng = rng;
  }

  onHit(): void {
    // A use changes nothing.
  }

  onFill(): void {
    // Nor does age.
  }

  victim(): number {
    return this.#rng.below(this.#ways);
  }
}

/** Makes a store in a slab; `name` is that of the random stream of a store that needs one. */
type Make = (sets: number, ways: number, slab: Slab, name: string) => TagStore;

/** Replacement by the name in a profile. */
const STORES = {
  lru: (sets, ways, slab) => new SetAssoc(sets, ways, slab.take(sets * ways)),
  treePlru: (sets, ways, slab) => new WayStore(sets, ways, new TreePlru(sets, ways), slab.take(sets * ways)),
  srrip: (sets, ways, slab) => new WayStore(sets, ways, new Srrip(sets, ways, slab), slab.take(sets * ways)),
  // Hardware is the same in every run and under every policy: its stream depends on its name alone.
  random: (sets, ways, slab, name) =>
    new WayStore(sets, ways, new RandomWay(ways, openStream(0, 0, `ways of ${name}`)), slab.take(sets * ways)),
} as const satisfies Record<string, Make>;
/** Name of a replacement. */
export type ReplacementName = keyof typeof STORES;
/** Replacements that a profile may name. */
export const REPLACEMENTS = Object.keys(STORES) as readonly ReplacementName[];

/** The store of a spec; its name only matters to random replacement. */
export function makeStore(spec: StoreSpec, name: string, slab: Slab = new Slab()): TagStore {
  const store = STORES[spec.replacement ?? 'lru'](spec.sets, spec.ways, slab, name);
  const placed = spec.hashed === true ? new HashedStore(store) : store;
  return spec.isThreaded === true ? new ThreadedStore(placed) : placed;
}
