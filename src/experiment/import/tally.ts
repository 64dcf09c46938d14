import { type Distribution, PROBABILITIES } from '../../workloads/recorded/model.ts';

/** Values from here on are kept to four significant digits, so that memory stays bounded. */
const EXACT_BELOW = 10000;

function rounded(value: number): number {
  let unit = 1;
  while (value / unit >= EXACT_BELOW) unit *= 10;
  return Math.round(value / unit) * unit;
}

/** Counts of non-negative values, for quantiles in bounded memory. */
export class Tally {
  n = 0;
  sum = 0;
  #min = Infinity;
  #max = -Infinity;
  readonly #counts = new Map<number, number>();

  add(value: number): void {
    const key = rounded(value);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    this.n++;
    this.sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /** Adds all that was counted here to another tally. */
  addTo(other: Tally): void {
    for (const [value, count] of this.#counts) {
      other.#counts.set(value, (other.#counts.get(value) ?? 0) + count);
    }
    other.n += this.n;
    other.sum += this.sum;
    other.#min = Math.min(other.#min, this.#min);
    other.#max = Math.max(other.#max, this.#max);
  }

  /** Table for the model; null when nothing was observed. */
  distribution(): Distribution | null {
    if (this.n === 0) return null;
    const mean = Math.round((this.sum / this.n) * 10) / 10;
    if (this.#min === this.#max) return { n: this.n, mean, q: [this.#min] };
    return { n: this.n, mean, q: this.#quantiles() };
  }

  /** Mean of max(0, value - shift). */
  meanAbove(shift: number): number {
    let total = 0;
    for (const [value, count] of this.#counts) if (value > shift) total += (value - shift) * count;
    return this.n === 0 ? 0 : total / this.n;
  }

  /** Smallest value that at least `probability` of the observations do not exceed; Infinity without observations. */
  lowest(probability: number): number {
    if (this.n === 0) return Infinity;
    return this.#quantiles([probability])[0];
  }

  #quantiles(probabilities: readonly number[] = PROBABILITIES): number[] {
    const values = [...this.#counts].sort((a, b) => a[0] - b[0]);
    const table: number[] = [];
    let at = 0;
    let below = 0;
    for (const probability of probabilities) {
      const rank = Math.min(this.n, Math.floor(probability * this.n) + 1);
      while (below + values[at][1] < rank) below += values[at++][1];
      table.push(values[at][0]);
    }
    return table;
  }
}
