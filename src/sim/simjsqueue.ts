import { RANKS } from './engine.ts';
import { SimulationBug } from './errors.ts';
import { LadderQueue } from './ladderqueue.ts';

/** What simjs puts into its queue: a request with its time; `rank` is ours, absent on simjs's own. */
export interface SimjsEvent {
  deliverAt: number;
  cancelled: boolean;
  rank?: number;
  deliver(): void;
}

/**
 * The future-event list of simjs's `Sim` on our ladder queue: the same two methods as its own heap. Equal times come out by rank, equal
 * ranks in the order of insertion; simjs's own requests rank last. Times are whole cycles; NaN, fractions and
 * negative times, which simjs lets in, are refused.
 */
export class SimjsQueue {
  readonly #queue = new LadderQueue();
  readonly #events: (SimjsEvent | null)[] = [];
  readonly #free: number[] = [];

  /** Adds an event. */
  insert(event: SimjsEvent): void {
    if (!(event.deliverAt >= 0))
      throw new SimulationBug(`an event is due at ${event.deliverAt}`, { component: 'simjs' });
    const slot = this.#free.pop() ?? this.#events.length;
    this.#events[slot] = event;
    this.#queue.push(event.deliverAt * RANKS + (event.rank ?? RANKS - 1), slot);
  }

  /** Takes the earliest event, cancelled or not; null when there is none. */
  remove(): SimjsEvent | null {
    if (!this.#ready()) return null;
    const slot = this.#queue.run.take();
    const event = this.#events[slot];
    this.#events[slot] = null;
    this.#free.push(slot);
    return event;
  }

  /** The earliest event, left where it is; null when there is none. */
  peek(): SimjsEvent | null {
    return this.#ready() ? this.#events[this.#queue.run.firstId] : null;
  }

  #ready(): boolean {
    return !this.#queue.run.empty || this.#queue.refill();
  }
}
