/** Words of an array from `first` on, and the same memory as bytes and as halves of words. */
export interface Room {
  readonly words: Int32Array;
  readonly halves: Uint16Array;
  readonly bytes: Uint8Array;
  readonly first: number;
}

/** Bytes of a word. */
export const WORD_BYTES = 4;
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
  #rooms = ownRoom(0);
  #used = 0;

  /** So many words, all zero. */
  take(count: number): Room {
    const { length } = this.#rooms.words;
    if (this.#used + count > length) {
      this.#rooms = ownRoom(Math.max(count, Math.min(MOST, Math.max(LEAST, length * 2))));
      this.#used = 0;
    }
    const first = this.#used;
    this.#used = Math.ceil((first + count) / HOST_LINE) * HOST_LINE;
    return { ...this.#rooms, first };
  }
}

/** Room of its own for a table that is alone. */
export function ownRoom(count: number): Room {
  const words = new Int32Array(count);
  const { buffer } = words;
  return { words, halves: new Uint16Array(buffer), bytes: new Uint8Array(buffer), first: 0 };
}
