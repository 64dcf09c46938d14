import { GrowingInts } from './growing.ts';

/** Bits of a record's head that count its changes; more means a step that a bound cut off. */
export const CHANGE_COUNT_BITS = 4;
/** Mask of those bits. */
export const CHANGE_COUNT_MASK = (1 << CHANGE_COUNT_BITS) - 1;
/** In place of the number of changes: the step exceeded the capacity whose number takes the step's place; how many did follows. */
export const CUT = CHANGE_COUNT_MASK;
/** A change is a part and its new number. */
export const NUMBER_BITS = 27;
/** Mask of the number in a change. */
export const NUMBER_MASK = (1 << NUMBER_BITS) - 1;
/** Most parts of a state. */
export const MAX_PARTS = CUT - 1;

/** Words of a list before its records: transitions, end. */
export const LIST_HEAD = 2;

/**
 * Lists of what steps lead to, one after another. A list is: the transitions it stands for, its end, then records. A record is: the step and
 * the number of changed parts, then each changed part with its new number. Steps that lead to the same are one record.
 */
export class SuccessorLists {
  /** A list that holds nothing. */
  readonly none: number;
  readonly #pool = new GrowingInts(256);
  #used = 0;
  #list = 0;
  #record = 0;
  #changes = 0;

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

  /** Begins the record of a step. */
  begin(step: number): void {
    this.count();
    this.#record = this.#used;
    this.#changes = 0;
    this.#push(step << CHANGE_COUNT_BITS);
  }

  /** A part that the step changes. Throws RangeError when the number needs too many bits. */
  change(part: number, number: number): void {
    if (number > NUMBER_MASK) throw new RangeError(`part ${part} has more than ${NUMBER_MASK} different contents`);
    this.#changes++;
    this.#push((part << NUMBER_BITS) | number);
  }

  /** Ends the record, which vanishes when the list holds one with the same changes. */
  end(): void {
    const words = this.#pool.data;
    words[this.#record] |= this.#changes;
    for (let at = this.#list + LIST_HEAD; at < this.#record; at = this.#next(at)) {
      if (this.#isSame(at)) {
        this.#used = this.#record;
        return;
      }
    }
  }

  /** A step that exceeded a capacity, given by number; `times` of them. */
  cut(capacity: number, times = 1): void {
    const head = (capacity << CHANGE_COUNT_BITS) | CUT;
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
    for (let at = list + LIST_HEAD + 1; at < words[list + 1]; at++)
      state[words[at] >>> NUMBER_BITS] = words[at] & NUMBER_MASK;
  }

  /** Adds what another list holds. Its steps come after the changes of the first record of `before`, if that has one. */
  append(list: number, before: number): void {
    const transitions = this.#pool.data[list];
    const already = this.#pool.data[this.#list];
    const end = this.#pool.data[list + 1];
    for (let at = list + LIST_HEAD; at < end; at = this.#next(at)) {
      const head = this.#pool.data[at];
      if ((head & CHANGE_COUNT_MASK) === CUT) this.cut(head >>> CHANGE_COUNT_BITS, this.#pool.data[at + 1]);
      else this.#appendRecord(at, before);
    }
    this.#pool.data[this.#list] = already + transitions;
  }

  #appendRecord(at: number, before: number): void {
    const head = this.#pool.data[at];
    const changes = head & CHANGE_COUNT_MASK;
    this.begin(head >>> CHANGE_COUNT_BITS);
    for (let i = before + LIST_HEAD + 1; i < this.#pool.data[before + 1]; i++)
      if (!this.#changesPart(at, this.#pool.data[i] >>> NUMBER_BITS)) this.#copy(this.#pool.data[i]);
    for (let i = 1; i <= changes; i++) this.#copy(this.#pool.data[at + i]);
    this.end();
  }

  #changesPart(at: number, part: number): boolean {
    const words = this.#pool.data;
    const changes = words[at] & CHANGE_COUNT_MASK;
    for (let i = 1; i <= changes; i++) if (words[at + i] >>> NUMBER_BITS === part) return true;
    return false;
  }

  #copy(change: number): void {
    this.#changes++;
    this.#push(change);
  }

  #next(at: number): number {
    const changes = this.#pool.data[at] & CHANGE_COUNT_MASK;
    return at + 1 + (changes === CUT ? 1 : changes);
  }

  #isSame(at: number): boolean {
    const words = this.#pool.data;
    if ((words[at] & CHANGE_COUNT_MASK) !== this.#changes) return false;
    for (let i = 1; i <= this.#changes; i++) if (words[at + i] !== words[this.#record + i]) return false;
    return true;
  }

  #push(word: number): void {
    this.#pool.set(this.#used++, word);
  }
}
