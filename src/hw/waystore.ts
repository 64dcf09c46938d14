import { ownRoom, type Room } from './slab.ts';
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
  /** Tags from `#first` to `#end`. */
  readonly #tags: Int32Array;
  readonly #first: number;
  readonly #end: number;
  readonly #replacement: Replacement;

  /** `sets` is a power of two; `room` is for a word of each line. */
  constructor(sets: number, ways: number, replacement: Replacement, room: Room = ownRoom(sets * ways)) {
    this.sets = sets;
    this.ways = ways;
    this.#mask = sets - 1;
    this.#tags = room.words;
    this.#first = room.first;
    this.#end = room.first + sets * ways;
    this.#replacement = replacement;
    this.clear();
  }

  access(key: number): boolean {
    const set = key & this.#mask;
    const way = this.#find(set, key);
    if (way === EMPTY) return false;
    this.#replacement.onHit(set, way);
    return true;
  }

  swap(key: number): number {
    return this.access(key) ? key : this.fill(key);
  }

  fill(key: number): number {
    const set = key & this.#mask;
    let way = this.#find(set, EMPTY);
    if (way === EMPTY) way = this.#replacement.victim(set);
    const at = this.#first + set * this.ways + way;
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
    if (way !== EMPTY) this.#tags[this.#first + set * this.ways + way] = EMPTY;
    return way !== EMPTY;
  }

  clear(): void {
    this.#tags.fill(EMPTY, this.#first, this.#end);
  }

  /** The lowest way of a set with a tag, or EMPTY. hot */
  #find(set: number, tag: number): number {
    const tags = this.#tags;
    const base = this.#first + set * this.ways;
    for (let way = 0; way < this.ways; way++) if (tags[base + way] === tag) return way;
    return EMPTY;
  }
}
