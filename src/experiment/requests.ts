import type { Histogram } from '../sim/histogram.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import type { Cycles } from '../sim/units.ts';

/** Requests of a run: begun, completed and under way, and how many were under way over time. */
export class Requests {
  /** Latencies of completed requests in cycles. */
  readonly latency: Histogram;
  /** Requests under way. */
  underWay = 0;
  /** Time integral of the requests under way since the last `restart`, in cycles. */
  area = 0;
  /** Time counted up to. */
  at: Cycles = 0;
  /** Sum of the times at which those under way were due. */
  #due = 0;
  readonly #stats: Float64Array;
  readonly #begun: number;
  readonly #completed: number;

  constructor(stats: StatsRegistry) {
    this.#stats = stats.values;
    this.#begun = stats.counter('server.begun', 'count', 'Requests that were due');
    this.#completed = stats.counter('server.completed', 'count', 'Requests answered in full');
    this.latency = stats.histogram(
      'server.latency',
      'cycles',
      'Time from the intended start of a request to its complete reply',
    );
  }

  get begun(): number {
    return this.#stats[this.#begun];
  }
  get completed(): number {
    return this.#stats[this.#completed];
  }

  /** Sum of the times that those under way have waited by now. */
  get ages(): Cycles {
    return this.underWay * this.at - this.#due;
  }

  begin(intended: Cycles): void {
    this.#change(1, intended);
    this.#due += intended;
    this.#stats[this.#begun]++;
  }

  complete(latency: Cycles, now: Cycles): void {
    this.#change(-1, now);
    this.#due -= now - latency;
    this.#stats[this.#completed]++;
    this.latency.record(latency);
  }

  /** Counts up to a time. */
  settle(now: Cycles): void {
    this.#change(0, now);
  }

  /** Begins a phase at the time counted up to; returns the requests under way. */
  restart(): number {
    this.area = 0;
    return this.underWay;
  }

  /** A change at a time before the last one, on a core whose clock is behind or of a request that was due earlier, counts from then on too. */
  #change(by: number, time: Cycles): void {
    this.area += this.underWay * Math.max(0, time - this.at) + by * Math.max(0, this.at - time);
    this.underWay += by;
    this.at = Math.max(this.at, time);
  }
}
