import { GrowingInts } from './growing.ts';

/** Bits of a record's head that say which words it changes; all of them say that a bound cut off the step. */
export const CHANGED_BITS = 8;
/** Mask of those bits. */
export const CHANGED_MASK = (1 << CHANGED_BITS) - 1;
/** Bit of a head: the step depends on nothing that others change by such steps, and changes nothing that others depend on. */
export const OWN = 1 << CHANGED_BITS;
/** First bit of the step in a head. */
export const STEP_SHIFT = CHANGED_BITS + 1;
/** In place of the changed words: the step exceeded the capacity whose number takes the step's place; how many did follows. */
export const CUT = CHANGED_MASK;
/** Most words of a state. */
export const MAX_WORDS = CHANGED_BITS - 1;

/** Most words of a record. */
const MAX_LENGTH = 1 + 2 * MAX_WORDS;

/** Words of a record, by the words it changes. */
const LENGTHS = new Uint8Array(CHANGED_MASK + 1).fill(1);
for (let changed = 1; changed < CUT; changed++) LENGTHS[changed] = LENGTHS[changed & (changed - 1)] + 2;
LENGTHS[CUT] = 2;

/** Words of a record, by its head. */
export function lengthOf(head: number): number {
  return LENGTHS[head & CHANGED_MASK];
}

/** Words of a list before its records: transitions, end. */
export const LIST_HEAD = 2;

/**
 * Lists of what steps lead to, one after another. A list is: the transitions it stands for, its end, then records. A record is: the step, whether it is
 * `OWN`, and which words it changes; then for each of them the bits that stay, and the others' new values. Steps that lead to the same are one record.
 */
export class SuccessorLists {
  /** A list that holds nothing. */
  readonly none: number;
  readonly #pool = new GrowingInts(256);
  #used = 0;
  #list = 0;
  #step = 0;
  #changed = 0;
  readonly #kept = new Int32Array(MAX_WORDS);
  readonly #put = new Int32Array(MAX_WORDS);

  constructor() {
    this.none = this.open();
    this.close();
  }

  /** All lists. Replaced when it grows. */
  get words(): Int32Array {
    return this.#pool.data;
  }

  get bytes(): number {
    return this.#pool.bytes;
  }

  /** Begins a list; returns where it is. */
  open(): number {
    this.#list = this.#used;
    this.#push(0);
    this.#push(0);
    return this.#list;
  }

  /** Ends the list. */
  close(): void {
    this.#pool.data[this.#list + 1] = this.#used;
  }

  /** Counts a transition whose end is not recorded. */
  count(): void {
    this.#pool.data[this.#list]++;
  }

  /** Begins the record of a step, `own`: OWN or 0. */
  begin(step: number, own: number): void {
    this.count();
    this.#step = (step << STEP_SHIFT) | own;
    this.#changed = 0;
  }

  /** The step keeps some bits of a word and puts others, after what it changed of the word before. */
  change(word: number, kept: number, put: number): void {
    const isFirst = (this.#changed & (1 << word)) === 0;
    this.#kept[word] = isFirst ? kept : this.#kept[word] & kept;
    this.#put[word] = isFirst ? put : (this.#put[word] & kept) | put;
    this.#changed |= 1 << word;
  }

  /** Ends the record, which vanishes when the list holds one with the same changes. */
  end(): void {
    this.#pool.reserve(this.#used + MAX_LENGTH);
    const words = this.#pool.data;
    let end = this.#used;
    words[end++] = this.#step | this.#changed;
    for (let rest = this.#changed; rest !== 0; rest &= rest - 1) {
      const word = 31 - Math.clz32(rest & -rest);
      words[end++] = this.#kept[word];
      words[end++] = this.#put[word];
    }
    this.#keep(end);
  }

  /** Adds the record that lies behind the list and ends at `end`, unless the list holds one with the same changes. */
  #keep(end: number): void {
    const words = this.#pool.data;
    const record = this.#used;
    const length = end - record;
    const changed = words[record] & CHANGED_MASK;
    for (let at = this.#list + LIST_HEAD; at < record; at += lengthOf(words[at])) {
      if ((words[at] & CHANGED_MASK) !== changed) continue;
      let i = 1;
      while (i < length && words[at + i] === words[record + i]) i++;
      if (i === length) return;
    }
    this.#used = end;
  }

  /** A step that exceeded a capacity, given by number; `times` of them. */
  cut(capacity: number, times = 1): void {
    const head = (capacity << STEP_SHIFT) | CUT;
    const words = this.#pool.data;
    for (let at = this.#list + LIST_HEAD; at < this.#used; at = this.#next(at)) {
      if (words[at] === head) {
        words[at + 1] += times;
        return;
      }
    }
    this.#push(head);
    this.#push(times);
  }

  /** Changes a state as the first record of a list says; a list without records changes nothing. */
  applyTo(state: Int32Array, list: number): void {
    const words = this.#pool.data;
    if (words[list + 1] === list + LIST_HEAD) return;
    let at = list + LIST_HEAD;
    const changed = words[at++] & CHANGED_MASK;
    for (let word = 0; changed >>> word !== 0; word++) {
      if ((changed & (1 << word)) !== 0) state[word] = (state[word] & words[at++]) | words[at++];
    }
  }

  /** Adds what another list holds. Its steps come after the changes of the first record of `before`, if that has one. */
  append(list: number, before: number): void {
    const transitions = this.#pool.data[list];
    const already = this.#pool.data[this.#list];
    const end = this.#pool.data[list + 1];
    const isFirst = this.#pool.data[before + 1] === before + LIST_HEAD;
    for (let at = list + LIST_HEAD; at < end; at = this.#next(at)) {
      const head = this.#pool.data[at];
      if ((head & CHANGED_MASK) === CUT) this.cut(head >>> STEP_SHIFT, this.#pool.data[at + 1]);
      else if (isFirst) this.#copy(at, this.#next(at));
      else {
        this.begin(head >>> STEP_SHIFT, head & this.#pool.data[before + LIST_HEAD] & OWN);
        this.#changeAs(before + LIST_HEAD);
        this.#changeAs(at);
        this.end();
      }
    }
    this.#pool.data[this.#list] = already + transitions;
  }

  /** Adds the record that lies at `from`. */
  #copy(from: number, end: number): void {
    this.#pool.reserve(this.#used + MAX_LENGTH);
    const words = this.#pool.data;
    let to = this.#used;
    for (let at = from; at < end; at++) words[to++] = words[at];
    this.#keep(to);
  }

  /** Changes what the record at `from` does. */
  #changeAs(from: number): void {
    const words = this.#pool.data;
    const changed = words[from] & CHANGED_MASK;
    for (let word = 0, at = from + 1; changed >>> word !== 0; word++) {
      if ((changed & (1 << word)) !== 0) this.change(word, words[at++], words[at++]);
    }
  }

  #next(at: number): number {
    return at + lengthOf(this.#pool.data[at]);
  }

  #push(word: number): void {
    this.#pool.set(this.#used++, word);
  }
}
