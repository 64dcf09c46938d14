import { SimulationBug } from './errors.ts';
import { powerOfTwo } from './maths.ts';

/** Sub-buckets of an octave: the relative width of a bucket is at most 1/32. */
const SUB = 32;
const SUB_BITS = 5;
/** Octaves from 1 to 2^40. */
const OCTAVES = 40;
const LIMIT = powerOfTwo(OCTAVES);
const BUCKETS = 1 + OCTAVES * SUB;
/** Below this, value x SUB is an int32; above, the value is scaled down by SCALE first. */
const SMALL = 67_108_864; // 2^26
const SCALE_BITS = 15;
const SCALE = 32_768;

/**
 * Log-linear histogram: bucket 0 holds [0, 1), then each octave up to 2^40 is cut into 32 equal buckets; the last one also takes
 * all beyond. Fixed memory, mergeable; count, mean, standard deviation, minimum and maximum are kept apart and exact to rounding.
 */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  #samples = 0;
  #mean = 0;
  #squares = 0;
  #min = Infinity;
  #max = -Infinity;

  get samples(): number {
    return this.#samples;
  }

  /** Arithmetic mean; 0 without samples. */
  get mean(): number {
    return this.#mean;
  }

  /** Sample standard deviation (n - 1); 0 below two samples. */
  get stdev(): number {
    return this.#samples < 2 ? 0 : Math.sqrt(this.#squares / (this.#samples - 1));
  }

  /** Smallest sample; 0 without samples. */
  get min(): number {
    return this.#samples === 0 ? 0 : this.#min;
  }

  /** Largest sample; 0 without samples. */
  get max(): number {
    return this.#samples === 0 ? 0 : this.#max;
  }

  /** Adds one non-negative finite value. Mean and squares by Welford's recurrence (Technometrics 4(3), 1962). hot */
  record(value: number): void {
    if (!(value >= 0 && value < Infinity))
      throw new SimulationBug(`Histogram.record: value ${value}, not finite and >= 0`);
    this.#counts[bucketOf(value)] += 1;
    this.#samples += 1;
    const delta = value - this.#mean;
    this.#mean += delta / this.#samples;
    this.#squares += delta * (value - this.#mean);
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /** Adds all samples of another histogram. Pairwise update of Chan, Golub, LeVeque (1983). */
  merge(other: Histogram): void {
    if (other.#samples === 0) return;
    const total = this.#samples + other.#samples;
    const delta = other.#mean - this.#mean;
    for (let i = 0; i < BUCKETS; i++) this.#counts[i] += other.#counts[i];
    this.#squares += other.#squares + (delta * delta * this.#samples * other.#samples) / total;
    this.#mean += (delta * other.#samples) / total;
    this.#samples = total;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  /**
   * The sample of rank ceil(p x samples), up to a relative error of 1/32 (integers below 64 are exact), within [min, max];
   * 0 without samples. `p` in [0, 1].
   */
  quantile(p: number): number {
    if (this.#samples === 0) return 0;
    const rank = Math.max(1, Math.ceil(p * this.#samples));
    if (rank >= this.#samples) return this.#max;
    let bucket = 0;
    for (let seen = this.#counts[0]; seen < rank; seen += this.#counts[bucket]) bucket++;
    return Math.min(this.#max, Math.max(this.#min, representative(bucket)));
  }

  /** Non-empty buckets as (exclusive upper bound, count), ascending. */
  buckets(): [upper: number, count: number][] {
    const rows: [number, number][] = [];
    for (let i = 0; i < BUCKETS; i++) if (this.#counts[i] > 0) rows.push([lowerBound(i + 1), this.#counts[i]]);
    return rows;
  }

  /** Back to no samples. */
  reset(): void {
    this.#counts.fill(0);
    this.#samples = this.#mean = this.#squares = 0;
    this.#min = Infinity;
    this.#max = -Infinity;
  }
}

/** hot */
function bucketOf(value: number): number {
  if (value < 1) return 0;
  const small = value < SMALL;
  const word = small ? (value * SUB) | 0 : Math.floor(value / SCALE) | 0;
  if (!small && value >= LIMIT) return BUCKETS - 1;
  const top = 31 - Math.clz32(word);
  const octave = small ? top - SUB_BITS : top + SCALE_BITS;
  return 1 + octave * SUB + ((word >>> (top - SUB_BITS)) & (SUB - 1));
}

function lowerBound(bucket: number): number {
  if (bucket === 0) return 0;
  const octave = Math.floor((bucket - 1) / SUB);
  return powerOfTwo(octave) * (1 + ((bucket - 1) % SUB) / SUB);
}

/** Lower bound of buckets that hold a single integer, else the middle. */
function representative(bucket: number): number {
  const low = lowerBound(bucket);
  const width = lowerBound(bucket + 1) - low;
  return width <= 1 ? low : low + width / 2;
}
