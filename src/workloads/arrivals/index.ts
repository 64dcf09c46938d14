import type { ArrivalContext, Arrivals } from './arrivals.ts';
import { BURST_PARAMS, BurstyArrivals } from './mmpp.ts';
import { DAY_PARAMS, DiurnalArrivals } from './diurnal.ts';
import { Poisson } from './poisson.ts';
import { TRACE_PARAMS, TraceArrivals } from './trace.ts';

/** All open arrival processes by name. A new one is one file and one row here. */
export const ARRIVALS = {
  open: (context: ArrivalContext): Arrivals => new Poisson(context),
  mmpp: (context: ArrivalContext): Arrivals => new BurstyArrivals(context),
  diurnal: (context: ArrivalContext): Arrivals => new DiurnalArrivals(context),
  trace: (context: ArrivalContext): Arrivals => new TraceArrivals(context),
} as const;
/** Name of an open arrival process. */
export type ArrivalName = keyof typeof ARRIVALS;

/** Parameters of the arrival processes. */
export const ARRIVAL_PARAMS = { ...BURST_PARAMS, ...DAY_PARAMS, ...TRACE_PARAMS } as const;
