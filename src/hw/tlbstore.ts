import { ownRoom, type Room } from './slab.ts';

/** Marks an empty way. */
const EMPTY = -1;
/** Address-space tags: 0 is global, others come from PCIDs. A key is page + tag * 2^19, so the set index uses page bits only. */
const TAG_SHIFT = 19;
const LARGE = 1 << 30;
const TAG_MASK = LARGE - (1 << TAG_SHIFT);
/** log2 of the small pages in a large one. */
const LARGE_SHIFT = 9;

/** Entries of the second hardware thread of a core carry the sign. */
const THREAD = 1 << 31;

/** Tags that fit a key. */
export const MAX_TAG = TAG_MASK >> TAG_SHIFT;

/** Kinds of pages that a TLB tells apart: bit 0 is set for global ones, bit 1 for large ones. */
export const KINDS = 4;

/** What the keys of a hardware thread of a core carry, the first (0) or the second (1). */
export function threadBit(thread: number): number {
  return thread === 0 ? 0 : THREAD;
}

/** Key of the translation of a small page number under a tag, for a page of one kind; a hardware thread adds its `threadBit`. hot */
export function keyOf(kind: number, vpn: number, tag: number): number {
  const space = (kind & 1) !== 0 ? 0 : tag << TAG_SHIFT;
  return (kind & 2) !== 0 ? ((vpn >> LARGE_SHIFT) + space) | LARGE : vpn + space;
}

/**
 * One set-associative array of a TLB with true LRU: keys as of `keyOf`, and with each the page-table entry as it was when it was walked, which
 * the core goes on using whatever has become of the table. Ways of a set stand in order of recency, most recent first. Hardware threads of a core
 * compete for the ways but use and drop only entries of their own, global ones too (Intel SDM vol. 3, 8.7.13.2, recalled); `thread` is a `threadBit`.
 */
export class TlbStore {
  readonly #ways: number;
  readonly #mask: number;
  /** Of each way its key, and next to it its entry, so that a hit takes one line of the host's caches. */
  readonly #pairs: Int32Array;
  readonly #first: number;
  readonly #end: number;

  /** `sets` is a power of two, `ways` at least 1; `room` is for two words of each entry. */
  constructor(sets: number, ways: number, room: Room = ownRoom(2 * sets * ways)) {
    this.#ways = 2 * ways;
    this.#mask = sets - 1;
    this.#pairs = room.words;
    this.#first = room.first;
    this.#end = room.first + 2 * sets * ways;
    this.#pairs.fill(EMPTY, this.#first, this.#end);
  }

  /** The page-table entry held for a key, which becomes the most recent; 0 if none is. hot */
  access(key: number): number {
    const pairs = this.#pairs;
    const base = this.#first + (key & this.#mask) * this.#ways;
    if (pairs[base] === key) return pairs[base + 1];
    const end = base + this.#ways;
    for (let way = base + 2; way < end; way += 2) {
      if (pairs[way] !== key) continue;
      const entry = pairs[way + 1];
      this.#moveDown(base, way);
      pairs[base] = key;
      pairs[base + 1] = entry;
      return entry;
    }
    return 0;
  }

  /** Holds the entry of an absent key as the most recent. hot */
  fill(key: number, entry: number): void {
    const base = this.#first + (key & this.#mask) * this.#ways;
    this.#moveDown(base, base + this.#ways - 2);
    this.#pairs[base] = key;
    this.#pairs[base + 1] = entry;
  }

  /** Whether a key is held. */
  has(key: number): boolean {
    const base = this.#first + (key & this.#mask) * this.#ways;
    for (let way = base; way < base + this.#ways; way += 2) if (this.#pairs[way] === key) return true;
    return false;
  }

  /** Drops a key if it is held; later ways move up, so that empty ones stay last. */
  drop(key: number): void {
    const base = this.#first + (key & this.#mask) * this.#ways;
    for (let way = base; way < base + this.#ways; way += 2) if (this.#pairs[way] === key) return this.#empty(way);
  }

  /** Drops every key of one tag. */
  dropTag(tag: number, thread = 0): void {
    const match = (tag << TAG_SHIFT) | thread;
    const pairs = this.#pairs;
    // From the last way on: what moves up has been looked at.
    for (let way = this.#end - 2; way >= this.#first; way -= 2)
      if (pairs[way] !== EMPTY && (pairs[way] & (TAG_MASK | THREAD)) === match) this.#empty(way);
  }

  /** Drops every key but the global ones. */
  keepGlobal(thread = 0): void {
    const pairs = this.#pairs;
    for (let way = this.#end - 2; way >= this.#first; way -= 2)
      if (this.#isOf(way, thread) && (pairs[way] & TAG_MASK) !== 0) this.#empty(way);
  }

  /** Drops everything. */
  clear(thread = 0): void {
    for (let way = this.#end - 2; way >= this.#first; way -= 2) if (this.#isOf(way, thread)) this.#empty(way);
  }

  #isOf(way: number, thread: number): boolean {
    return this.#pairs[way] !== EMPTY && (this.#pairs[way] & THREAD) === thread;
  }

  /** Moves the ways before `way` one down, over it. */
  #moveDown(base: number, way: number): void {
    const pairs = this.#pairs;
    for (let to = way + 1; to > base + 1; to--) pairs[to] = pairs[to - 2];
  }

  #empty(way: number): void {
    const end = way - ((way - this.#first) % this.#ways) + this.#ways;
    const pairs = this.#pairs;
    for (let to = way; to < end - 2; to++) pairs[to] = pairs[to + 2];
    pairs[end - 2] = EMPTY;
  }
}
