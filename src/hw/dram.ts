import type { Cycles } from '../sim/units.ts';

/**
 * Memory with a fixed access latency behind one queue that drains at the machine's bandwidth: a line arriving while
 * earlier ones are still being transferred waits for them (a D/1 server of one line).
 */
export class Dram {
  /** Cycles that lines have waited for the bus. */
  waited = 0;
  readonly #latency: Cycles;
  readonly #transfer: Cycles;
  #freeAt = 0;

  /** `latency` and `transfer` (time of one line on the bus) in cycles. */
  constructor(latency: Cycles, transfer: Cycles) {
    this.#latency = latency;
    this.#transfer = transfer;
  }

  /** Latency of one line requested at `now`. Requesters may lag each other by the sync window; the queue never runs back. hot */
  access(now: Cycles): Cycles {
    const start = this.#freeAt > now ? this.#freeAt : now;
    this.#freeAt = start + this.#transfer;
    this.waited += start - now;
    return start - now + this.#latency;
  }
}
