import { EMPTY, type TagStore } from './tagstore.ts';

/** Keys of the second hardware thread carry this bit; lines are far below. */
const SECOND = 1 << 30;

/**
 * A store of lines that carry the hardware thread that put them there, as trace caches do (T. Shanley, The Unabridged Pentium 4, chapter 39: each
 * trace line has the ID of its logical processor): threads compete for the ways, and neither uses what the other left. What is removed is
 * removed for both.
 */
export class ThreadedStore implements TagStore {
  readonly sets: number;
  readonly ways: number;
  readonly #store: TagStore;
  #mark = 0;

  constructor(store: TagStore) {
    this.#store = store;
    this.sets = store.sets;
    this.ways = store.ways;
  }

  /** From now on a hardware thread, 0 or 1, looks lines up and fills them. hot */
  select(thread: number): void {
    this.#mark = thread === 0 ? 0 : SECOND;
  }

  access(key: number): boolean {
    return this.#store.access(key | this.#mark);
  }

  /** A line of one thread that takes the place of the same of the other evicts nothing. */
  swap(key: number): number {
    const marked = key | this.#mark;
    const found = this.#store.swap(marked);
    if (found === marked) return key;
    const victim = found & ~SECOND;
    return found === EMPTY || victim === key ? EMPTY : victim;
  }

  fill(key: number): number {
    const victim = this.#store.fill(key | this.#mark);
    return victim === EMPTY ? EMPTY : victim & ~SECOND;
  }

  has(key: number): boolean {
    return this.#store.has(key | this.#mark);
  }

  remove(key: number): boolean {
    const first = this.#store.remove(key);
    return this.#store.remove(key | SECOND) || first;
  }

  clear(): void {
    this.#store.clear();
  }
}
