import { SimulationBug } from './errors.ts';
import { EventPool } from './eventpool.ts';
import { LadderQueue } from './ladderqueue.ts';
import type { Reaper } from './slots.ts';

/** What simjs puts into its queue: its requests, with the time when they are due. */
export interface SimjsRequest {
  readonly deliverAt: number;
  readonly cancelled: boolean;
  deliver(): void;
}

/** What the queue must know of its surroundings: the time, and who wants to hear of a new request. */
export interface RequestClock {
  readonly now: number;
  shortenRun(time: number): void;
}

/** Buckets per unit of time, at most: simjs's times have fractions. */
const FINEST_SCALE = 1 << 20;
/** Living and cancelled requests are told apart when they are twice as many as were alive last time, and more than these. */
const COMPACT_MIN = 256;

/**
 * The future-event list of simjs's `Sim` on our ladder queue, with the two methods of its own heap. Requests come out by time, equal
 * times in the order of insertion. Refuses what simjs lets in: times that are NaN, infinite or past. Drops cancelled requests.
 */
export class SimjsQueue implements Reaper {
  readonly #clock: RequestClock;
  readonly #pool = new EventPool();
  readonly #ladder = new LadderQueue(this.#pool, this, FINEST_SCALE);
  /** Request of each slot, at half the slot's offset. */
  readonly #requests: (SimjsRequest | undefined)[] = [];
  #size = 0;
  #compactAt = COMPACT_MIN;

  constructor(clock: RequestClock) {
    this.#clock = clock;
  }

  /** Requests held, cancelled ones that were not yet come across included. */
  get size(): number {
    return this.#size;
  }

  /** Adds a request. */
  insert(request: SimjsRequest): void {
    const time = request.deliverAt;
    const { now } = this.#clock;
    if (!(time >= now && time < Number.MAX_SAFE_INTEGER)) {
      throw new SimulationBug(`a request is due at ${time}`, { component: 'simjs', time: now });
    }
    if (this.size >= this.#compactAt) this.#compact();
    const id = this.#pool.allocate(0, 0);
    this.#requests[id >> 1] = request;
    this.#size++;
    this.#ladder.push(time, id);
    this.#clock.shortenRun(time);
  }

  /** Takes the earliest request that is not cancelled; null when there is none. */
  remove(): SimjsRequest | null {
    if (this.nextTime() === Infinity) return null;
    const request = this.#requests[this.#ladder.first >> 1]!;
    this.#take();
    return request;
  }

  /** When the earliest request that is not cancelled is due; Infinity when there is none. */
  nextTime(): number {
    const ladder = this.#ladder;
    while (ladder.first !== 0 || ladder.refill()) {
      if (!this.dead(ladder.first)) return this.#pool.keys[ladder.first >> 1];
      this.#take();
    }
    return Infinity;
  }

  dead(id: number): boolean {
    return this.#requests[id >> 1]!.cancelled;
  }

  reap(id: number): void {
    this.#requests[id >> 1] = undefined;
    this.#pool.release(id);
    this.#size--;
  }

  /** Drops the first entry of the queue. */
  #take(): void {
    const id = this.#ladder.first;
    this.#ladder.first = this.#pool.words[id + 4];
    this.reap(id);
  }

  #compact(): void {
    this.#ladder.compact();
    this.#compactAt = Math.max(COMPACT_MIN, 2 * this.size);
  }
}
