/** Words of an array from `first` on. */
export interface Room {
  readonly words: Int32Array;
  readonly first: number;
}

/** Words of the first array and of the largest. */
const LEAST = 1 << 12;
const MOST = 1 << 20;
/** Words of a line of the host's caches, to multiples of which rooms begin. */
const HOST_LINE = 16;

/**
 * Room for the tables of many cores in few typed arrays. Each such array has a header of two lines of the host's caches apart from its words; a core
 * of many, of which others have driven its own out, would fetch those of all its tables again at each of its turns (docs/scale.md).
 */
export class Slab {
  #words = new Int32Array(0);
  #used = 0;

  /** So many words, all zero. */
  take(count: number): Room {
    if (this.#used + count > this.#words.length) {
      this.#words = new Int32Array(Math.max(count, Math.min(MOST, Math.max(LEAST, this.#words.length * 2))));
      this.#used = 0;
    }
    const first = this.#used;
    this.#used = Math.ceil((first + count) / HOST_LINE) * HOST_LINE;
    return { words: this.#words, first };
  }
}

/** Room of its own for a table that is alone. */
export function ownRoom(count: number): Room {
  return { words: new Int32Array(count), first: 0 };
}
