import { EMPTY, type TagStore } from './tagstore.ts';

/**
 * A store whose set is the XOR of all groups of index bits of the key, as last levels do against strides of a power of two.
 * The bits above the index stay as they are, so the hash is its own inverse and names victims again: any store can be behind it.
 * Source of the scheme: A. Gonzalez et al., "Eliminating cache conflict misses through XOR-based placement functions", ICS 1997.
 */
export class HashedStore implements TagStore {
  readonly #store: TagStore;
  readonly #bits: number;
  readonly #mask: number;

  constructor(store: TagStore) {
    this.#store = store;
    this.#mask = store.sets - 1;
    this.#bits = 32 - Math.clz32(this.#mask);
  }

  get sets(): number {
    return this.#store.sets;
  }
  get ways(): number {
    return this.#store.ways;
  }

  access(key: number): boolean {
    return this.#store.access(this.#hash(key));
  }

  swap(key: number): number {
    const found = this.#store.swap(this.#hash(key));
    return found === EMPTY ? EMPTY : this.#hash(found);
  }

  fill(key: number): number {
    const victim = this.#store.fill(this.#hash(key));
    return victim === EMPTY ? EMPTY : this.#hash(victim);
  }

  has(key: number): boolean {
    return this.#store.has(this.#hash(key));
  }

  remove(key: number): boolean {
    return this.#store.remove(this.#hash(key));
  }

  clear(): void {
    this.#store.clear();
  }

  // hot
  #hash(key: number): number {
    if (this.#mask === 0) return key;
    let folded = key;
    for (let rest = key >>> this.#bits; rest !== 0; rest >>>= this.#bits) folded ^= rest & this.#mask;
    return folded;
  }
}
