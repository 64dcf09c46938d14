/** Marks an empty way and the absence of a victim. */
export const EMPTY = -1;

/** A set-associative store of tags, whatever it replaces. Keys are non-negative integers below 2^31. */
export interface TagStore {
  readonly sets: number;
  readonly ways: number;
  /** True when the key is present; a hit counts as a use. hot */
  access(key: number): boolean;
  /** A use of a key that is put there if absent, `access` and `fill` in one: the key itself when it was present, else the evicted one or EMPTY. hot */
  swap(key: number): number;
  /** Inserts an absent key; returns the evicted key or EMPTY. hot */
  fill(key: number): number;
  /** Presence without a side effect. */
  has(key: number): boolean;
  /** Drops a key; true if it was present. An empty way is filled before anything is evicted. */
  remove(key: number): boolean;
  /** Empties the store. */
  clear(): void;
}
