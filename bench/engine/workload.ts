import { exponential } from '../../src/sim/distributions.ts';
import { openStream } from '../../src/sim/rng.ts';
import { Counter } from './counter.ts';

/** Variants of the hold model: N events stay pending; each delivery schedules the next one of its id. */
export const VARIANTS = ['exp', 'bimodal', 'cancel'] as const;
export type Variant = (typeof VARIANTS)[number];

const TABLE = 65_536;
const MASK = TABLE - 1;
/** Share of deliveries after which a random pending event is cancelled and scheduled anew (variant cancel). */
const CANCEL_SHARE = 0.3;
/** First deliveries, the checksum of whose ids must be equal for all implementations. */
export const CHECKED_EVENTS = 100_000;
/** Means in picoseconds: 1 ms; 90 % of 1 us and 10 % of 10 ms. Times soon exceed 2^31, as in a model, so that none is a small integer. */
const MEAN = 1e9;
const SHORT_MEAN = 1e6;
const LONG_MEAN = 1e10;

/** Random choices that every implementation shares, in every language: whole increments of time, ids to cancel (-1 for none). */
export interface Choices {
  readonly increments: Float64Array;
  readonly victims: Int32Array;
}

/** Builds the tables of 65 536 choices; `exp` and `cancel` have mean 10^9, `bimodal` 90 % of mean 10^6 and 10 % of mean 10^10. */
export function makeChoices(variant: Variant, n: number): Choices {
  const rng = openStream(2004, 0, `hold.${variant}.${n}`);
  const mean = (): number => (variant === 'bimodal' ? (rng.uniform() < 0.9 ? SHORT_MEAN : LONG_MEAN) : MEAN);
  const increments = Float64Array.from({ length: TABLE }, () => Math.round(exponential(rng, mean())));
  const victims = Int32Array.from({ length: TABLE }, () =>
    variant === 'cancel' && rng.uniform() < CANCEL_SHARE ? rng.below(n) : -1,
  );
  return { increments, victims };
}

/** Cursor over the shared choices that counts deliveries and sums their ids; one per process. */
export class Ticket extends Counter {
  checksum = 0;
  readonly variant: Variant;
  private readonly increments: Float64Array;
  private readonly victims: Int32Array;
  private next = 0;

  constructor(variant: Variant, n: number) {
    super();
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
    return this.victims[this.done & MASK];
  }

  /** Counts a delivery, after the id has been scheduled again. hot */
  deliver(id: number): void {
    this.checksum = (Math.imul(this.checksum, 31) + id) | 0;
    this.count();
  }
}
