import type { Cycles } from '../sim/units.ts';
import { Calendar } from './calendar.ts';
import type { MemoryNode } from './memorynodes.ts';
import type { Moment } from './moment.ts';
import { deviceCycles, DramCount, RowBuffers, type DramSpec } from './rowbuffers.ts';

/**
 * Channels with one data bus each, and banks with a row buffer each. A request waits for its bank, which it keeps until the row may
 * change, then for the bus of its channel, which it keeps for one transfer. A write is put into a buffer: it goes to its bank when a read
 * of the same time would have been answered, takes its share of bank and bus, and nobody waits for it.
 */
export class Dram implements MemoryNode {
  readonly counts: Float64Array;
  readonly #rows: RowBuffers;
  readonly #latency: Cycles;
  readonly #transfer: Cycles;
  /** What is left of the latency without the devices. */
  readonly #controller: Cycles;
  readonly #banks: readonly Calendar[];
  readonly #buses: readonly Calendar[];

  constructor(spec: DramSpec) {
    const { channels, banks, latency, transfer } = spec;
    this.#rows = new RowBuffers(spec);
    this.counts = this.#rows.counts;
    this.#latency = latency;
    this.#transfer = transfer;
    this.#controller = latency - deviceCycles(spec);
    this.#banks = Array.from({ length: channels * banks }, () => new Calendar());
    this.#buses = Array.from({ length: channels }, () => new Calendar());
  }

  read(line: number, { now }: Moment): Cycles {
    this.counts[DramCount.Reads]++;
    const data = this.#access(line, now) - now;
    this.counts[DramCount.Waited] += data - this.#rows.access;
    return this.#controller + data;
  }

  write(line: number, { now }: Moment): void {
    this.counts[DramCount.Writes]++;
    this.#access(line, now + this.#latency);
  }

  /** When the first data of a line are on the bus. */
  #access(line: number, now: Cycles): Cycles {
    const rows = this.#rows;
    rows.use(line, now);
    const start = this.#banks[rows.bank].take(now, rows.busy);
    return this.#buses[rows.channel].take(start + rows.access, this.#transfer);
  }
}
