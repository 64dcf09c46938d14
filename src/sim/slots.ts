/** The memory of the entries of a queue. A slot is named by its word offset `id`, even and positive. */
export interface Slots {
  /** Key of a slot, at [id >> 1]; that of slot 0, which ends every list, is Infinity. */
  readonly keys: Float64Array;
  /** At [id + 2] a code, negative when the entry is dead; at [id + 4] the slot after this one in its list. */
  readonly words: Int32Array;
  /** Takes a dead slot back when the queue drops it. */
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

/** Takes the dead slots out of a list; returns the first living one. */
export function livingOf(list: number, slots: Slots): number {
  const words = slots.words;
  let first = 0;
  let before = 0;
  for (let id = list; id !== 0;) {
    const after = words[id + 4];
    if (words[id + 2] < 0) slots.reap(id);
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
