/** The memory of the entries. A slot is named by its word offset `id`, even and positive. */
export interface Slots {
  /** Key of a slot, at [id >> 1]; that of slot 0, which ends every list, is Infinity. */
  readonly keys: Float64Array;
  /** The slot after this one in its list, at [id + 4]. */
  readonly words: Int32Array;
}

/** Tells the queue which slots are dead, and takes them back when it drops them. */
export interface Reaper {
  dead(id: number): boolean;
  reap(id: number): void;
}

/** Turns a list of slots round; returns its new first slot. */
export function reversed(list: number, words: Int32Array): number {
  let first = 0;
  for (let id = list; id !== 0;) {
    const after = words[id + 4];
    words[id + 4] = first;
    first = id;
    id = after;
  }
  return first;
}

/** Hands the dead slots of a list to the reaper; returns the first living one. */
export function livingOf(list: number, { words }: Slots, reaper: Reaper): number {
  let first = 0;
  let before = 0;
  for (let id = list; id !== 0;) {
    const after = words[id + 4];
    if (reaper.dead(id)) reaper.reap(id);
    else {
      if (first === 0) first = id;
      else words[before + 4] = id;
      before = id;
    }
    id = after;
  }
  if (before !== 0) words[before + 4] = 0;
  return first;
}

/** Slots of a list. */
export function lengthOf(list: number, words: Int32Array): number {
  let count = 0;
  for (let id = list; id !== 0; id = words[id + 4]) count++;
  return count;
}
