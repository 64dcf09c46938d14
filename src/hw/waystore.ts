import { EMPTY, type TagStore } from './tagstore.ts';

/** Which way of a full set goes. Sees every use; `set` counts from 0, `way` within the set. */
export interface Replacement {
  /** A hit. hot */
  onHit(set: number, way: number): void;
  /** A way has been given a new key. hot */
  onFill(set: number, way: number): void;
  /** The way that a full set gives up. hot */
  victim(set: number): number;
}

/** Set-associative tag store whose keys stay in their ways; what goes is up to a `Replacement`. The set is `key mod sets`. */
export class WayStore implements TagStore {
  readonly sets: number;
  readonly ways: number;
  readonly #mask: number;
  readonly #tags: Int32Array;
  readonly #replacement: Replacement;

  /** `sets` is a power of two. */
  constructor(sets: number, ways: number, replacement: Replacement) {
    this.sets = sets;
    this.ways = ways;
    this.#mask = sets - 1;
    this.#tags = new Int32Array(sets * ways).fill(EMPTY);
    this.#replacement = replacement;
  }

  access(key: number): boolean {
    const set = key & this.#mask;
    const way = this.#find(set, key);
    if (way === EMPTY) return false;
    this.#replacement.onHit(set, way);
    return true;
  }

  fill(key: number): number {
    const set = key & this.#mask;
    let way = this.#find(set, EMPTY);
    if (way === EMPTY) way = this.#replacement.victim(set);
    const at = set * this.ways + way;
    const victim = this.#tags[at];
    this.#tags[at] = key;
    this.#replacement.onFill(set, way);
    return victim;
  }

  has(key: number): boolean {
    return this.#find(key & this.#mask, key) !== EMPTY;
  }

  remove(key: number): boolean {
    const set = key & this.#mask;
    const way = this.#find(set, key);
    if (way !== EMPTY) this.#tags[set * this.ways + way] = EMPTY;
    return way !== EMPTY;
  }

  clear(): void {
    this.#tags.fill(EMPTY);
  }

  /** The lowest way of a set with a tag, or EMPTY. hot */
  #find(set: number, tag: number): number {
    const tags = this.#tags;
    const base = set * this.ways;
    for (let way = 0; way < this.ways; way++) if (tags[base + way] === tag) return way;
    return EMPTY;
  }
}
