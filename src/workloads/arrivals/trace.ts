import type { Cycles } from '../../sim/units.ts';
import type { ParamSpec } from '../workload.ts';
import type { ArrivalContext, Arrivals } from './arrivals.ts';

/** Parameters of a replayed trace. */
export const TRACE_PARAMS = {
  traceGapsUs: {
    kind: 'numbers',
    default: '50',
    unit: 'us',
    doc: 'Gaps between the requests of a trace, separated by spaces, played over and over; ratePerSecond does not apply (arrivals: trace)',
  },
} as const satisfies Record<string, ParamSpec>;

/** Requests at the recorded distances, from the first again after the last. */
export class TraceArrivals implements Arrivals {
  readonly #gaps: Float64Array;
  #next = 0;

  constructor({ params, clock }: ArrivalContext) {
    this.#gaps = Float64Array.from(numbersOf(String(params['traceGapsUs'])), (us) => clock.cycles(us * 1000));
  }

  gap(): Cycles {
    const gap = this.#gaps[this.#next];
    this.#next = (this.#next + 1) % this.#gaps.length;
    return gap;
  }
}

/** The numbers of a text, which spaces or commas separate. */
export function numbersOf(text: string): number[] {
  return text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map(Number);
}
