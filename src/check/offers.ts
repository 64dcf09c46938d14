import type { Exchange } from './exchange.ts';
import type { Findings } from './findings.ts';
import { RecentStates } from './recentstates.ts';
import type { StateStore } from './statestore.ts';
import { CHANGED_MASK, CUT, LIST_HEAD, OWN, STEP_SHIFT, lengthOf } from './successorlists.ts';
import type { SuccessorLists } from './successorlists.ts';
import { copyWords } from './words.ts';

/** Bits of a stored step: the first two threads were exchanged after it; it was `OWN`; the others are the step itself. */
export const SWAPPED = 0x8000;
const OWN_SHIFT = 6;
/** Bit of a stored step that says that it was `OWN`. */
export const STORED_OWN = OWN << OWN_SHIFT;
/** Mask of the step itself in a stored step. */
export const STEP_MASK = STORED_OWN - 1;

/** States remembered as offered lately. */
const RECENT = 1024;

/** Offers the store what lists of successors make of a state. */
export class Offers {
  /** The state that the lists are followed from. */
  readonly state: Int32Array;
  /** Its index. */
  parent = -1;
  /** Bits of heads of records that are passed over, since they lead to states that were offered. */
  passed = 0;
  /** Steps of the lists followed that changed the state. */
  transitions = 0;
  readonly #store: StateStore;
  readonly #lists: SuccessorLists;
  readonly #findings: Findings;
  readonly #exchange: Exchange | undefined;
  readonly #recent: RecentStates;
  readonly #next: Int32Array;
  readonly #swapped: Int32Array;

  constructor(store: StateStore, lists: SuccessorLists, findings: Findings, exchange?: Exchange) {
    const { width } = store.states;
    this.state = new Int32Array(width);
    this.#store = store;
    this.#lists = lists;
    this.#findings = findings;
    this.#exchange = exchange;
    this.#recent = new RecentStates(width, RECENT);
    this.#next = new Int32Array(width);
    this.#swapped = new Int32Array(width);
  }

  /** Offers the first state of a search. */
  begin(first: Int32Array): void {
    copyWords(first, this.#next);
    this.#add(this.#store.states.sumOf(first), 0);
  }

  /** Offers what a list makes of the state, whose sum is known. */
  follow(list: number, sum: number): void {
    const { words } = this.#lists;
    this.transitions += words[list];
    const end = words[list + 1];
    const { factors } = this.#store.states;
    const { state, passed } = this;
    const next = this.#next;
    for (let at = list + LIST_HEAD; at < end;) {
      const head = words[at++];
      const changed = head & CHANGED_MASK;
      if (changed === CUT) {
        this.#findings.addCut(head >>> STEP_SHIFT, words[at++]);
        continue;
      }
      if ((head & passed) !== 0) {
        at += lengthOf(head) - 1;
        continue;
      }
      copyWords(state, next);
      let after = sum | 0;
      for (let rest = changed; rest !== 0; rest &= rest - 1, at += 2) {
        const w = 31 - Math.clz32(rest & -rest);
        next[w] = (next[w] & words[at]) | words[at + 1];
        after = (after + Math.imul(next[w] - state[w], factors[w])) | 0;
      }
      this.#add(after, (head >>> STEP_SHIFT) | ((head & OWN) << OWN_SHIFT));
    }
  }

  /** Offers the next state, or the one that it is exchanged to, unless that was done lately. */
  #add(sum: number, step: number): void {
    if (this.#recent.has(this.#next, sum)) return;
    const exchange = this.#exchange;
    if (exchange?.apply(this.#next, this.#swapped)) {
      this.#store.offer(this.#swapped, this.#store.states.sumOf(this.#swapped), this.parent, step | SWAPPED);
    } else this.#store.offer(this.#next, sum, this.parent, step);
  }
}
