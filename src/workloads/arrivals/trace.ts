import type { Cycles } from '../../sim/units.ts';
import { numbersOf, type ParamSpec } from '../workload.ts';
import type { ArrivalContext, Arrivals } from './arrivals.ts';

/** Parameters of a replayed trace. */
export const TRACE_PARAMS = {
  traceGapsUs: {
    kind: 'numbers',
    default: '50',
    unit: 'us',
    doc: 'Gaps between the requests of a trace, separated by spaces, played over and over, without traceFile; ratePerSecond does not apply (arrivals: trace)',
  },
  traceFile: {
    kind: 'file',
    default: '',
    unit: 'none',
    doc: 'CSV or TSV of arrival times, beside the study: column time (us) or time_ns, time_ms, time_s; its content stands in the description of each run (arrivals: trace)',
  },
  traceSpeed: {
    kind: 'number',
    default: 1,
    min: 0.001,
    max: 1000,
    unit: 'factor',
    doc: 'How much faster than recorded requests arrive (arrivals: trace)',
  },
} as const satisfies Record<string, ParamSpec>;

/** Requests at the recorded distances, from the first again after the last. */
export class TraceArrivals implements Arrivals {
  readonly #gaps: Float64Array;
  #next = 0;

  constructor({ params, clock, recordedUs }: ArrivalContext) {
    const gapsUs = recordedUs ?? numbersOf(String(params['traceGapsUs']));
    const nsPerUs = 1000 / Number(params['traceSpeed'] ?? 1);
    this.#gaps = Float64Array.from(gapsUs, (us) => clock.cycles(us * nsPerUs));
  }

  gap(): Cycles {
    const gap = this.#gaps[this.#next];
    this.#next = (this.#next + 1) % this.#gaps.length;
    return gap;
  }
}
