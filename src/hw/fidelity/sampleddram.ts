import type { Cycles } from '../../sim/units.ts';
import { Dram } from '../dram.ts';

/** Cycles over which the use of the bus is averaged: long against one operation of a core, short against a phase of a program. */
const WINDOW: Cycles = 100_000;
/** Use beyond which the mean wait would have no bound. */
const MOST_USE = 0.95;

/**
 * Memory behind a sample of the lines: what is asked for is too little to make a queue, so each line waits as long as lines do on
 * average in a D/1 queue with as much to do as all the lines for which the sampled ones stand (Pollaczek-Khinchine: s u / 2 (1 - u)).
 */
export class SampledDram extends Dram {
  readonly #latency: Cycles;
  readonly #transfer: Cycles;
  readonly #every: number;
  #wait: Cycles = 0;
  #busy: Cycles = 0;
  #windowStart: Cycles = 0;

  /** `latency` and `transfer` of one line in cycles, `every`: lines that one access stands for. */
  constructor(latency: Cycles, transfer: Cycles, every: number) {
    super(latency, transfer);
    this.#latency = latency;
    this.#transfer = transfer;
    this.#every = every;
  }

  override read(_line: number, now: Cycles): Cycles {
    if (now >= this.#windowStart + WINDOW) this.#measure(now);
    this.#busy += this.#transfer * this.#every;
    this.waited += this.#wait * this.#every;
    return this.#latency + this.#wait;
  }

  override write(_line: number, now: Cycles): void {
    if (now >= this.#windowStart + WINDOW) this.#measure(now);
    this.#busy += this.#transfer * this.#every;
  }

  #measure(now: Cycles): void {
    const use = Math.min(this.#busy / (now - this.#windowStart), MOST_USE);
    this.#wait = (this.#transfer * use) / (2 * (1 - use));
    this.#busy = 0;
    this.#windowStart = now;
  }
}
