import type { Cycles } from '../sim/units.ts';
import type { Ledger } from './ledger.ts';

/** A thread is judged by its last one to two times so many busy cycles: long against its operations, at the ends of which its sibling sees it. */
const WINDOW = 131_072;

/** How two hardware threads share a pipeline. */
export interface SlotsSpec {
  /** Instructions of two threads that never wait, relative to those of one alone; from 1 to 2. */
  readonly throughput: number;
  /** Share of its waits for data in which a thread keeps the execution units, from 0 to 1. */
  readonly replay: number;
}

/** What a hardware thread must know of its sibling. */
export interface Sibling {
  readonly isIdle: boolean;
  /** The local clock in cycles. */
  readonly now: Cycles;
  /** Share of its busy time in which it used the pipeline. */
  readonly demand: number;
}

/**
 * Issue slots that a hardware thread shares with its sibling. While both use the pipeline, each goes on at a fixed share of its own pace;
 * while one waits for data or is halted, the other has all slots. As in interval analysis (Eyerman et al., TOCS 2009; for two threads
 * ASPLOS 2010) such waits are told from the base and taken to be independent: the sibling uses the pipeline during this thread's work
 * for the share of its own busy time in which it did so of late (docs/adr/0017-smt.md).
 */
export class IssueSlots {
  /** Whether the sibling was halted when this thread last issued. */
  isAlone = true;
  readonly #ledger: Ledger;
  readonly #sibling: Sibling;
  /** Share of its pace that a thread loses while both use the pipeline. */
  readonly #lost: number;
  /** Share of its waits for data that leave the pipeline to the sibling. */
  readonly #left: number;
  /** Busy cycles, and those of them spent waiting for data, at the ends of the last two windows. */
  #busy: readonly [Cycles, Cycles] = [0, 0];
  #waiting: readonly [Cycles, Cycles] = [0, 0];

  constructor(ledger: Ledger, sibling: Sibling, { throughput, replay }: SlotsSpec) {
    this.#ledger = ledger;
    this.#sibling = sibling;
    this.#lost = 1 - throughput / 2;
    this.#left = 1 - replay;
  }

  /** Share of its busy time in which this thread used the pipeline, over the last window and the present one. hot */
  get demand(): number {
    const busy = this.#ledger.busy();
    if (busy - this.#busy[1] >= WINDOW) this.#endWindow(busy);
    const length = busy - this.#busy[0];
    return length === 0 ? 1 : 1 - (this.#left * (this.#ledger.waiting() - this.#waiting[0])) / length;
  }

  /** Cycles that issuing for `cycles` takes longer because of the sibling. hot */
  wait(cycles: number): number {
    const { isIdle, now } = this.#sibling;
    // A sibling whose clock is ahead was busy until then, though it may have halted since.
    this.isAlone = isIdle && now <= this.#ledger.now;
    return this.isAlone ? 0 : cycles / (1 - this.#sibling.demand * this.#lost) - cycles;
  }

  #endWindow(busy: Cycles): void {
    this.#busy = [this.#busy[1], busy];
    this.#waiting = [this.#waiting[1], this.#ledger.waiting()];
  }
}
