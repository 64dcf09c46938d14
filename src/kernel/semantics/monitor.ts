import { errnoName } from './errno.ts';
import { INVARIANT_IDS } from './invariants.ts';
import { OPERATION_CODES, OPERATION_NAMES } from './operations.ts';
import type { OperationName } from './operations.ts';

/** Largest errno that Linux returns. */
const MAX_ERRNO = 133;

/** What a run's result carries: counts by operation, by operation and errno (`skm EACCES`), and by invariant. Only counts above 0. */
export interface SemanticsCounts {
  readonly transitions: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
  readonly violations: Readonly<Record<string, number>>;
}

/** Entries of a count table that are above 0. */
function positive(entries: readonly (readonly [string, number])[]): Record<string, number> {
  return Object.fromEntries(entries.filter(([, count]) => count > 0));
}

/** Counts what the rules decided in a run. Adding allocates nothing, so it may stand in a hot path. */
export class SemanticsMonitor {
  readonly #honoured = new Float64Array(OPERATION_NAMES.length);
  readonly #refused = new Float64Array(OPERATION_NAMES.length * MAX_ERRNO);
  readonly #violations = new Float64Array(INVARIANT_IDS.length + 1);

  /** Counts one decision: `code` of the operation, errno (0: honoured). hot */
  decided(code: number, errno: number): void {
    if (errno === 0) this.#honoured[code]++;
    else this.#refused[code * MAX_ERRNO + errno]++;
  }

  /** Counts the violations of one transition, given as bits by invariant number (`Marks.mask`). hot */
  violated(mask: number): void {
    for (let rest = mask; rest !== 0; rest &= rest - 1) this.#violations[31 - Math.clz32(rest & -rest)]++;
  }

  /** Counts since the start or the last reset. */
  counts(): SemanticsCounts {
    const refused = [...this.#refused].map((count, i): [string, number] => {
      const name = OPERATION_NAMES[Math.floor(i / MAX_ERRNO)];
      return [count > 0 ? `${name} ${errnoName(i % MAX_ERRNO)}` : '', count];
    });
    return {
      transitions: positive(OPERATION_NAMES.map((name, code) => [name, this.#honoured[code]])),
      refused: positive(refused),
      violations: positive(INVARIANT_IDS.map((id, i) => [id, this.#violations[i + 1]])),
    };
  }

  /** Forgets all counts, as at the end of a warm-up. */
  reset(): void {
    this.#honoured.fill(0);
    this.#refused.fill(0);
    this.#violations.fill(0);
  }
}

/** Code of an operation, to be looked up once. */
export function operationCode(name: OperationName): number {
  return OPERATION_CODES[name];
}
