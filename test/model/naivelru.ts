/** The definition of a set-associative store with true LRU: one list a set, most recent first. Slow and obvious. */
export class NaiveLru {
  readonly #lists: number[][];
  readonly #ways: number;

  constructor(sets: number, ways: number) {
    this.#lists = Array.from({ length: sets }, () => []);
    this.#ways = ways;
  }

  access(key: number): boolean {
    const list = this.#listOf(key);
    if (!list.includes(key)) return false;
    list.unshift(...list.splice(list.indexOf(key), 1));
    return true;
  }

  /** Returns the evicted key, or -1. */
  fill(key: number): number {
    const list = this.#listOf(key);
    list.unshift(key);
    return list.length > this.#ways ? list.pop()! : -1;
  }

  /** What an absent key would evict, or -1. */
  victimOf(key: number): number {
    const list = this.#listOf(key);
    return list.length === this.#ways ? list[list.length - 1] : -1;
  }

  remove(key: number): boolean {
    const list = this.#listOf(key);
    return list.includes(key) && list.splice(list.indexOf(key), 1).length === 1;
  }

  clear(): void {
    for (const list of this.#lists) list.length = 0;
  }

  has(key: number): boolean {
    return this.#listOf(key).includes(key);
  }

  #listOf(key: number): number[] {
    return this.#lists[key % this.#lists.length];
  }
}
