import { SimulationBug } from './errors.ts';
import { EventPool } from './eventpool.ts';
import { LadderQueue } from './ladderqueue.ts';

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
export class SimjsQueue {
  readonly #clock: RequestClock;
  readonly #pool = new EventPool();
  readonly #ladder = new LadderQueue(this.#pool, FINEST_SCALE);
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
    return this.#take();
  }

  /** When the earliest request that is not cancelled is due; Infinity when there is none. */
  nextTime(): number {
    const ladder = this.#ladder;
    while (ladder.first !== 0 || ladder.refill()) {
      const half = ladder.first >> 1;
      if (!this.#requests[half]!.cancelled) return this.#pool.keys[half];
      this.#take();
    }
    return Infinity;
  }

  /** Takes the first request of the queue. */
  #take(): SimjsRequest {
    const slot = this.#ladder.first;
    this.#ladder.first = this.#pool.words[slot + 4];
    const request = this.#drop(slot);
    this.#pool.release(slot);
    return request;
  }

  /** Forgets the request of a slot. */
  #drop(slot: number): SimjsRequest {
    const request = this.#requests[slot >> 1]!;
    this.#requests[slot >> 1] = undefined;
    this.#size--;
    return request;
  }

  /** Drops the cancelled requests. */
  #compact(): void {
    for (let half = 0; half < this.#requests.length; half++) {
      if (this.#requests[half]?.cancelled !== true) continue;
      this.#drop(half * 2);
      this.#pool.words[half * 2 + 2] = -1;
    }
    this.#ladder.compact();
    this.#compactAt = Math.max(COMPACT_MIN, 2 * this.size);
  }
}
