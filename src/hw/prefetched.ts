import type { Cycles } from '../sim/units.ts';
import { PrefetchSlots } from './prefetchslots.ts';
import { EMPTY } from './tagstore.ts';

/** What prefetchers of both levels are counted by. Useful ones include late ones; those not used yet are neither useful nor useless. */
export const Prefetch = { Issued: 0, Useful: 1, Late: 2, Useless: 3, Dropped: 4 } as const;
/** Names of the counts, in the order of their indices. */
export const PREFETCH_LABELS = ['issued', 'useful', 'late', 'useless', 'dropped'] as const;

/** A line that is not among the prefetched ones. */
export const ABSENT = -1;

/**
 * Lines that were prefetched for a core and not used since. Those of its first level wait in a buffer beside it, which forgets the oldest, until they are
 * used and go to the store (N. Jouppi, ISCA 1990); those of its second level are in the store and marked, with arrival times while they are under way.
 */
export class Prefetched {
  /** Counts by PREFETCH_LABELS. */
  readonly counts = new Float64Array(PREFETCH_LABELS.length);
  readonly #first: readonly PrefetchSlots[];
  readonly #second: readonly PrefetchSlots[];
  /** One bit a line of each second level. */
  readonly #marks: readonly Uint8Array[];

  /** `first` and `second`: lines of the buffer, and under way to the second level, of each core. */
  constructor(cores: number, first: number, second: number, lines: number) {
    const each = <T>(make: () => T): readonly T[] => Array.from({ length: cores }, make);
    this.#first = each(() => new PrefetchSlots(first));
    this.#second = each(() => new PrefetchSlots(second));
    this.#marks = each(() => new Uint8Array(second === 0 ? 0 : Math.ceil(lines / 8)));
  }

  /** Whether the line waits beside the first level. hot */
  isFirst(core: number, line: number): boolean {
    return this.#first[core].find(line) !== EMPTY;
  }

  /** First use of a line beside the first level: cycles until it is there, or ABSENT. hot */
  takeFirst(core: number, line: number, now: Cycles): Cycles {
    const slots = this.#first[core];
    const slot = slots.find(line);
    return slot === EMPTY ? ABSENT : this.#use(slots.take(slot, now));
  }

  /** Puts a line beside the first level. hot */
  putFirst(core: number, line: number, arrival: Cycles): void {
    const slots = this.#first[core];
    this.counts[Prefetch.Issued]++;
    if (slots.put(slots.oldest(), line, arrival) !== EMPTY) this.counts[Prefetch.Useless]++;
  }

  /** First use of a line in the second level: cycles until it is there, or ABSENT. hot */
  takeSecond(core: number, line: number, now: Cycles): Cycles {
    if (!this.#unmark(core, line)) return ABSENT;
    const slots = this.#second[core];
    const slot = slots.find(line);
    return this.#use(slot === EMPTY ? 0 : slots.take(slot, now));
  }

  /** Whether one more line can be under way to the second level. hot */
  hasRoom(core: number, now: Cycles): boolean {
    return this.#second[core].idle(now) !== EMPTY;
  }

  /** Marks a line of the second level; there must be room. hot */
  putSecond(core: number, line: number, now: Cycles, arrival: Cycles): void {
    this.counts[Prefetch.Issued]++;
    this.#marks[core][line >> 3] |= 1 << (line & 7);
    const slots = this.#second[core];
    slots.put(slots.idle(now), line, arrival);
  }

  /** A line leaves the core. hot */
  drop(core: number, line: number): void {
    const first = this.#first[core].find(line);
    if (first !== EMPTY) this.#waste(this.#first[core], first);
    if (this.#unmark(core, line)) this.#waste(this.#second[core], this.#second[core].find(line));
  }

  #use(wait: Cycles): Cycles {
    this.counts[Prefetch.Useful]++;
    if (wait > 0) this.counts[Prefetch.Late]++;
    return wait;
  }

  #waste(slots: PrefetchSlots, slot: number): void {
    this.counts[Prefetch.Useless]++;
    if (slot !== EMPTY) slots.take(slot, 0);
  }

  #unmark(core: number, line: number): boolean {
    const marks = this.#marks[core];
    const bit = 1 << (line & 7);
    const wasMarked = (marks[line >> 3] & bit) !== 0;
    if (wasMarked) marks[line >> 3] &= ~bit;
    return wasMarked;
  }
}
