import { exponential } from '../../src/sim/distributions.ts';
import { openStream } from '../../src/sim/rng.ts';

/** Variants of the hold model: N events stay pending; each delivery schedules the next one of its id. */
export const VARIANTS = ['exp', 'bimodal', 'cancel'] as const;
export type Variant = (typeof VARIANTS)[number];

const TABLE = 65_536;
const MASK = TABLE - 1;
/** Share of deliveries after which a random pending event is cancelled and scheduled anew (variant cancel). */
const CANCEL_SHARE = 0.3;
/** First deliveries, the checksum of whose ids must be equal for all implementations. */
export const CHECKED_EVENTS = 100_000;

/** Random choices that every implementation shares, in every language: whole increments of time, ids to cancel (-1 for none). */
export interface Choices {
  readonly increments: Float64Array;
  readonly victims: Int32Array;
}

/** Builds the tables of 65 536 choices; `exp` has mean 10^6, `bimodal` 90 % of mean 10^3 and 10 % of mean 10^7. */
export function makeChoices(variant: Variant, n: number): Choices {
  const rng = openStream(2004, 0, `hold.${variant}.${n}`);
  const mean = (): number => (variant === 'bimodal' ? (rng.uniform() < 0.9 ? 1e3 : 1e7) : 1e6);
  const increments = Float64Array.from({ length: TABLE }, () => Math.round(exponential(rng, mean())));
  const victims = Int32Array.from({ length: TABLE }, () =>
    variant === 'cancel' && rng.uniform() < CANCEL_SHARE ? rng.below(n) : -1,
  );
  return { increments, victims };
}

/** What one process measured. */
export interface Measured {
  readonly events: number;
  readonly cpuSeconds: number;
  readonly checksum: number;
  /** Bytes of a pending event, where the implementation can tell. */
  readonly bytesPerEvent?: number;
}

/** Thrown out of a delivery to end a stretch of exactly so many events. */
export class Stop extends Error {}

/** Cursor over the shared choices that counts deliveries, sums their ids and ends stretches; one per process. */
export class Ticket {
  delivered = 0;
  checksum = 0;
  stopAt = Infinity;
  readonly variant: Variant;
  private readonly increments: Float64Array;
  private readonly victims: Int32Array;
  private next = 0;

  constructor(variant: Variant, n: number) {
    this.variant = variant;
    const { increments, victims } = makeChoices(variant, n);
    this.increments = increments;
    this.victims = victims;
  }

  /** Next increment of time. hot */
  increment(): number {
    return this.increments[this.next++ & MASK];
  }

  /** Id to cancel after this delivery, or -1. hot */
  victim(): number {
    return this.victims[this.delivered & MASK];
  }

  /** Counts a delivery, after the id has been scheduled again. hot */
  count(id: number): void {
    this.checksum = (Math.imul(this.checksum, 31) + id) | 0;
    if (++this.delivered === this.stopAt) throw new Stop();
  }
}
