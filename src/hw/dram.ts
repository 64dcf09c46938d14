import type { Cycles } from '../sim/units.ts';
import type { MemoryNode } from './memorynodes.ts';

/**
 * Memory with a fixed access latency behind one queue that drains at the machine's bandwidth: a line arriving while
 * earlier ones are still being transferred waits for them (a D/1 server of one line).
 */
export class Dram implements MemoryNode {
  waited = 0;
  readonly #latency: Cycles;
  readonly #transfer: Cycles;
  #freeAt = 0;

  /** `latency` and `transfer` (time of one line on the bus) in cycles. */
  constructor(latency: Cycles, transfer: Cycles) {
    this.#latency = latency;
    this.#transfer = transfer;
  }

  /** Requesters may lag each other by the sync window; the queue never runs back. */
  read(_line: number, now: Cycles): Cycles {
    const start = this.#freeAt > now ? this.#freeAt : now;
    this.#freeAt = start + this.#transfer;
    this.waited += start - now;
    return start - now + this.#latency;
  }

  write(_line: number, now: Cycles): void {
    this.#freeAt = (this.#freeAt > now ? this.#freeAt : now) + this.#transfer;
  }
}
