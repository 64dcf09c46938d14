import { invariant } from '../sim/errors.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import type { Cycles } from '../sim/units.ts';
import { Errno, errnoName } from './semantics/errno.ts';

/** What publishing spends time on besides its own path; filling withdrawn frames with traps counts as copying. */
export const PublishPart = { copy: 0, verify: 1, shootdown: 2, serialise: 3 } as const;
/** Number of a part. */
export type PublishPart = (typeof PublishPart)[keyof typeof PublishPart];

/** Errors that the rules of publishing give. */
const REFUSALS: readonly Errno[] = [Errno.ENOMEM, Errno.EPERM, Errno.EINVAL, Errno.EACCES, Errno.EBUSY];

/** Counts what was published, what was refused and why, and where the time went. */
export class PublishLog {
  readonly #stats: Float64Array;
  readonly #pages: number;
  readonly #refused: number;
  readonly #cycles: number;

  constructor(stats: StatsRegistry) {
    this.#stats = stats.values;
    this.#pages = stats.counter('publish.pages', 'count', 'Pages that were given KERNELTRUST while the run went on');
    this.#refused = stats.vector(
      'publish.refused',
      REFUSALS.map(errnoName),
      'count',
      'Calls of publish and unpublish that were refused, by errno',
    );
    this.#cycles = stats.vector(
      'publish.cycles',
      Object.keys(PublishPart),
      'cycles',
      'Cycles of the cores that published and unpublished, by part',
    );
  }

  /** Counts published pages. */
  add(pages: number): void {
    this.#stats[this.#pages] += pages;
  }

  /** Counts a refusal; returns it as the call does. */
  refuse(errno: Errno): number {
    const at = REFUSALS.indexOf(errno);
    invariant(at >= 0, `publishing refused with errno ${errno}, which has no counter`);
    this.#stats[this.#refused + at]++;
    return -errno;
  }

  /** Counts time of a part. */
  spend(part: PublishPart, cycles: Cycles): void {
    this.#stats[this.#cycles + part] += cycles;
  }
}
