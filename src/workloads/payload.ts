import { exponential, lognormal, Zipf } from '../sim/distributions.ts';
import type { Rng } from '../sim/rng.ts';
import { PAGE_BYTES } from '../sim/units.ts';
import { STACK_PAGES } from './script.ts';
import type { ParamSpec, Params } from './workload.ts';

/** Parameters of what requests ask for. */
export const CONTENT_PARAMS = {
  keySkew: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 5,
    unit: 'exponent',
    doc: 'Exponent of the Zipf law by which requests choose content; 0: all alike',
  },
} as const satisfies Record<string, ParamSpec>;

/** Parameters of the sizes of replies. */
export const PAYLOAD_PARAMS = {
  payload: {
    kind: 'choice',
    default: 'recorded',
    choices: ['recorded', 'exponential', 'lognormal'],
    unit: 'none',
    doc: 'Law of sizes, its mean the recorded or stated one; recorded: all alike',
  },
  payloadSigma: {
    kind: 'number',
    default: 1,
    min: 0,
    max: 3,
    unit: 'none',
    doc: 'Standard deviation of the logarithm of a size (payload: lognormal)',
  },
} as const satisfies Record<string, ParamSpec>;

/** Chooses content: an index below the number of items. */
export type KeyLaw = (rng: Rng) => number;

/** The law by which requests choose among `items`. */
export function keyLaw(params: Params, items: number): KeyLaw {
  const skew = Number(params['keySkew']);
  if (skew === 0) return (rng) => rng.below(items);
  const zipf = new Zipf(items, skew);
  return (rng) => zipf.sample(rng);
}

type SizeLaw = (rng: Rng, mean: number, sigma: number) => number;
const SIZES: Readonly<Record<string, SizeLaw>> = {
  recorded: (_rng, mean) => mean,
  exponential,
  lognormal,
};
/** Largest reply in bytes: the buffer of the thread that writes it. */
const LARGEST = STACK_PAGES * PAGE_BYTES;

/** Sizes of replies, drawn by the clients when they ask, known to the server when it answers. In bytes, from 1 up. */
export class Payload {
  readonly #sizes: Int32Array;
  readonly #law: SizeLaw;
  readonly #mean: number;
  readonly #sigma: number;
  readonly #rng: Rng;

  /** `mean`: bytes of the recorded reply. */
  constructor(params: Params, connections: number, mean: number, rng: Rng) {
    this.#sizes = new Int32Array(connections).fill(mean);
    this.#law = SIZES[String(params['payload'] ?? 'recorded')];
    this.#sigma = Number(params['payloadSigma'] ?? 0);
    this.#mean = mean;
    this.#rng = rng;
  }

  /** Draws the size of the reply that a connection asks for. */
  ask(connection: number): void {
    const size = Math.round(this.#law(this.#rng, this.#mean, this.#sigma));
    this.#sizes[connection] = Math.min(LARGEST, Math.max(1, size));
  }

  /** Size of the reply under way to a connection. */
  of(connection: number): number {
    return this.#sizes[connection];
  }
}
