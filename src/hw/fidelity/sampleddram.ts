import { LINE_BYTES, type Cycles } from '../../sim/units.ts';
import type { MemoryNode } from '../memorynodes.ts';
import type { Moment } from '../moment.ts';
import { deviceCycles, DramCount, RowBuffers, type DramSpec } from '../rowbuffers.ts';

/** Cycles over which use is averaged: long against one operation of a core, short against a phase of a program. */
const WINDOW: Cycles = 100_000;
/** Use beyond which the mean wait would have no bound. */
const MOST_USE = 0.95;

/**
 * Memory behind a sample of the lines: what is asked for is too little to make queues, so each line waits as long as lines do on average
 * at banks and buses with as much to do as all the lines for which the sampled ones stand. Rows have as many sampled lines as lines.
 */
export class SampledDram implements MemoryNode {
  readonly counts: Float64Array;
  readonly #rows: RowBuffers;
  readonly #controller: Cycles;
  readonly #transfer: Cycles;
  readonly #banks: MeanQueue;
  readonly #buses: MeanQueue;
  #windowStart: Cycles = 0;

  /** `every`: lines that one access stands for. */
  constructor(spec: DramSpec, every: number) {
    const { channels, banks, rowBytes, latency, transfer } = spec;
    this.#rows = new RowBuffers({ ...spec, rowBytes: Math.max(LINE_BYTES, rowBytes / every) });
    this.counts = this.#rows.counts;
    this.#controller = latency - deviceCycles(spec);
    this.#transfer = transfer;
    this.#banks = new MeanQueue((channels * banks) / every);
    this.#buses = new MeanQueue(channels / every);
  }

  read(line: number, { now }: Moment): Cycles {
    this.counts[DramCount.Reads]++;
    this.#use(line, now);
    const wait = this.#banks.wait + this.#buses.wait;
    this.counts[DramCount.Waited] += wait;
    return this.#controller + this.#rows.access + wait;
  }

  write(line: number, { now }: Moment): void {
    this.counts[DramCount.Writes]++;
    this.#use(line, now);
  }

  #use(line: number, now: Cycles): void {
    if (now >= this.#windowStart + WINDOW) this.#measure(now);
    this.#rows.use(line, now);
    this.#banks.add(this.#rows.busy);
    this.#buses.add(this.#transfer);
  }

  #measure(now: Cycles): void {
    this.#banks.measure(now - this.#windowStart);
    this.#buses.measure(now - this.#windowStart);
    this.#windowStart = now;
  }
}

/** Mean wait of requests that are spread evenly over servers: Pollaczek and Khinchine, arrivals a cycle times E[s^2] / 2 (1 - use). */
class MeanQueue {
  wait: Cycles = 0;
  readonly #servers: number;
  #busy = 0;
  #squares = 0;

  /** `servers` for each line that a request stands for. */
  constructor(servers: number) {
    this.#servers = servers;
  }

  /** hot */
  add(service: Cycles): void {
    this.#busy += service;
    this.#squares += service * service;
  }

  /** Takes the mean over the cycles since the last one. */
  measure(elapsed: Cycles): void {
    const capacity = this.#servers * elapsed;
    const use = Math.min(this.#busy / capacity, MOST_USE);
    this.wait = this.#busy === 0 ? 0 : ((this.#squares / this.#busy) * use) / (2 * (1 - use));
    this.#busy = this.#squares = 0;
  }
}
