import type { StatsRegistry } from '../sim/stats.ts';
import { Domain } from './cpi.ts';
import type { Ledger } from './ledger.ts';
import { LEVEL_NAMES } from './level.ts';

const LABELS = LEVEL_NAMES.flatMap((level) => [`${level}User`, `${level}Kernel`]);

/** Counts a core's misses of the first level by the level that served them and by whose work missed. */
export class ServedCounts {
  readonly #ledger: Ledger;
  readonly #counts: Float64Array;
  readonly #first: number;
  /** Fractions of a miss, by label. */
  readonly #carries = new Float64Array(LABELS.length);

  /** Registers the counts of the core called `name`. */
  constructor(name: string, ledger: Ledger, stats: StatsRegistry) {
    this.#ledger = ledger;
    this.#counts = stats.values;
    this.#first = stats.vector(
      `${name}.served`,
      LABELS,
      'count',
      'First-level cache misses by the level that served them and by whose work missed',
    );
  }

  /** Counts one miss. hot */
  count(level: number): void {
    this.#counts[this.#first + level * 2 + (this.#ledger.domain === Domain.User ? 0 : 1)]++;
  }

  /** Counts so many misses; fractions are carried over, so that counts stay whole. hot */
  add(level: number, misses: number): void {
    const label = level * 2 + (this.#ledger.domain === Domain.User ? 0 : 1);
    const due = misses + this.#carries[label];
    const whole = Math.floor(due);
    this.#carries[label] = due - whole;
    this.#counts[this.#first + label] += whole;
  }
}
