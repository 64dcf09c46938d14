import type { Nanoseconds } from '../../sim/units.ts';

/** A control group of tasks, as cgroup v2 has them; tasks of one group share the object. */
export interface GroupSpec {
  readonly name: string;
  /** cpu.weight: 100 counts like one task of nice 0 on every CPU where the group has tasks. */
  readonly weight: number;
  /** cpu.max: processor time on all CPUs together in each period [ns]; absent for no limit. */
  readonly quota?: Nanoseconds;
  readonly period?: Nanoseconds;
}

/** Period of a quota when none is given. Source: Linux default_cfs_period, 100 ms. */
const PERIOD: Nanoseconds = 100_000_000;

/** What is left of a group's quota, shared by all CPUs. Linux hands it out to them in slices of 5 ms; here they draw on it directly. */
export class Bandwidth {
  readonly #quota: Nanoseconds;
  readonly #period: Nanoseconds;
  #left: Nanoseconds;
  #end: Nanoseconds;

  constructor({ quota = Infinity, period = PERIOD }: GroupSpec) {
    this.#quota = quota;
    this.#period = period;
    this.#left = quota;
    this.#end = period;
  }

  /** When the next period begins. */
  get renewsAt(): Nanoseconds {
    return this.#end;
  }

  /** Uses up processor time; more than is left is taken from the next period, as a turn ends at a tick. */
  use(spent: Nanoseconds): void {
    this.#left -= spent;
  }

  /** Whether nothing is left at `now`. Unused quota does not carry over. */
  isSpent(now: Nanoseconds): boolean {
    if (this.#quota === Infinity) return false;
    for (; now >= this.#end; this.#end += this.#period) this.#left = Math.min(this.#left, 0) + this.#quota;
    return this.#left <= 0;
  }
}

/** The quotas of the groups of a machine, one each however many CPUs ask. */
export function bandwidths(): (group: GroupSpec) => Bandwidth {
  const known = new Map<GroupSpec, Bandwidth>();
  return (group) => {
    const bandwidth = known.get(group) ?? new Bandwidth(group);
    known.set(group, bandwidth);
    return bandwidth;
  };
}
