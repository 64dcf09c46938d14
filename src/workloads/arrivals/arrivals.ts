import type { Rng } from '../../sim/rng.ts';
import type { Clock, Cycles } from '../../sim/units.ts';
import type { Params } from '../workload.ts';

/** When requests are due, whatever the server does. */
export interface Arrivals {
  /** Cycles from `now`, when the last request was due, to the next one: from 0 up, fractions included. */
  gap(now: Cycles): Cycles;
}

/** What an arrival process is made of: parameters of the clients, a random stream of its own, and the mean gap in cycles. */
export interface ArrivalContext {
  readonly params: Params;
  readonly rng: Rng;
  readonly clock: Clock;
  readonly meanGap: Cycles;
  /** Recorded gaps in us of a file, if the run has one. */
  readonly recordedUs?: readonly number[] | undefined;
}
