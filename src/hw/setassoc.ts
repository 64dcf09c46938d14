import { ownRoom, type Room } from './slab.ts';
import { EMPTY, type TagStore } from './tagstore.ts';

/**
 * Set-associative tag store with true LRU: ways of a set stand in order of recency, most recent first.
 * Keys are non-negative integers below 2^31; the set is `key mod sets`. Caches, front ends and the replay of traces share it.
 * Why move-to-front: a hit on the most recent way touches one word; the fastest true-LRU layout measured in TypeScript.
 */
export class SetAssoc implements TagStore {
  readonly sets: number;
  readonly ways: number;
  readonly #mask: number;
  /** Tags from `#first` to `#end`. */
  readonly #tags: Int32Array;
  readonly #first: number;
  readonly #end: number;

  /** `sets` is a power of two (checked when a profile loads), `ways` is at least 1; `room` is for a word of each line. */
  constructor(sets: number, ways: number, room: Room = ownRoom(sets * ways)) {
    this.sets = sets;
    this.ways = ways;
    this.#mask = sets - 1;
    this.#tags = room.words;
    this.#first = room.first;
    this.#end = room.first + sets * ways;
    this.clear();
  }

  /** True when the key is present; a hit becomes the most recent. hot: see bench/memory. */
  access(key: number): boolean {
    const tags = this.#tags;
    const base = this.#first + (key & this.#mask) * this.ways;
    if (tags[base] === key) return true;
    const end = base + this.ways;
    for (let way = base + 1; way < end; way++) {
      if (tags[way] !== key) continue;
      for (; way > base; way--) tags[way] = tags[way - 1];
      tags[base] = key;
      return true;
    }
    return false;
  }

  /** Inserts an absent key as the most recent; returns the evicted key or EMPTY. hot: see bench/memory. */
  fill(key: number): number {
    const tags = this.#tags;
    const base = this.#first + (key & this.#mask) * this.ways;
    let way = base + this.ways - 1;
    const victim = tags[way];
    for (; way > base; way--) tags[way] = tags[way - 1];
    tags[base] = key;
    return victim;
  }

  /** Makes a key the most recent, in one pass: the key itself when it was present, else the evicted one or EMPTY. hot: see bench/memory */
  swap(key: number): number {
    const tags = this.#tags;
    const base = this.#first + (key & this.#mask) * this.ways;
    let moved = tags[base];
    if (moved === key) return key;
    tags[base] = key;
    const end = base + this.ways;
    for (let way = base + 1; way < end; way++) {
      const tag = tags[way];
      tags[way] = moved;
      if (tag === key) return key;
      moved = tag;
    }
    return moved;
  }

  /** True when the key is present; present or not, it becomes the most recent. hot */
  reference(key: number): boolean {
    return this.swap(key) === key;
  }

  /** Presence without a side effect. */
  has(key: number): boolean {
    const base = this.#first + (key & this.#mask) * this.ways;
    for (let way = base; way < base + this.ways; way++) if (this.#tags[way] === key) return true;
    return false;
  }

  /** Drops a key if present; later ways move up so that empty ways stay last. */
  remove(key: number): boolean {
    const tags = this.#tags;
    const base = this.#first + (key & this.#mask) * this.ways;
    const last = base + this.ways - 1;
    for (let way = base; way <= last; way++) {
      if (tags[way] !== key) continue;
      for (; way < last; way++) tags[way] = tags[way + 1];
      tags[last] = EMPTY;
      return true;
    }
    return false;
  }

  /** Empties the store. */
  clear(): void {
    this.#tags.fill(EMPTY, this.#first, this.#end);
  }
}
