import { MEMORY_LINES } from '../sim/units.ts';
import type { Slab } from './slab.ts';

/** Geometry of a store of lines of code. */
export interface CodeStoreSpec {
  readonly sets: number;
  readonly ways: number;
}

/** Marks an empty way. */
const EMPTY = 65_535;

/**
 * Physical lines whose code a front end knows, set-associative with true LRU: ways of a set stand in order of recency. Tags are what is left of a
 * line above its set, in half a word: four sets then lie in a line of the host's caches where there were two.
 */
export class CodeStore {
  readonly #ways: number;
  readonly #mask: number;
  readonly #bits: number;
  readonly #tags: Uint16Array;
  readonly #first: number;
  readonly #end: number;

  /** Whether the tags of all lines fit a store of so many sets. */
  static fits({ sets }: CodeStoreSpec): boolean {
    return sets * EMPTY >= MEMORY_LINES;
  }

  /** `sets` is a power of two for which it `fits`. */
  constructor({ sets, ways }: CodeStoreSpec, slab: Slab) {
    const { halves, first } = slab.take(Math.ceil((sets * ways) / 2));
    this.#ways = ways;
    this.#mask = sets - 1;
    this.#bits = 31 - Math.clz32(sets);
    this.#tags = halves;
    this.#first = 2 * first;
    this.#end = 2 * first + sets * ways;
    this.clear();
  }

  /** True when the line is known; known or not, it becomes the most recent. hot */
  reference(line: number): boolean {
    const tags = this.#tags;
    const key = line >> this.#bits;
    const base = this.#first + (line & this.#mask) * this.#ways;
    let moved = tags[base];
    if (moved === key) return true;
    tags[base] = key;
    const end = base + this.#ways;
    for (let way = base + 1; way < end; way++) {
      const tag = tags[way];
      tags[way] = moved;
      if (tag === key) return true;
      moved = tag;
    }
    return false;
  }

  /** Forgets everything. */
  clear(): void {
    this.#tags.fill(EMPTY, this.#first, this.#end);
  }
}
