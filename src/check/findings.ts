/** The first violation of an invariant: the state it happened in, and the step. */
export interface Found {
  readonly invariant: number;
  readonly state: number;
  readonly step: number;
  /** Steps to it, which the breadth-first order makes the least. */
  readonly depth: number;
}

/** What a search found: the first violation of each invariant, and the steps that its bounds cut off. */
export class Findings {
  /** By the invariant's number. */
  readonly found = new Map<number, Found>();
  readonly #capacities: readonly string[];
  readonly #cut: Float64Array;
  #seen = 0;

  /** `capacities`: names of what can be exceeded. */
  constructor(capacities: readonly string[]) {
    this.#capacities = capacities;
    this.#cut = new Float64Array(capacities.length);
  }

  /** Steps cut off, by what was exceeded. */
  get cut(): Map<string, number> {
    const counts = this.#capacities.map((name, i) => [name, this.#cut[i]] as const);
    return new Map(counts.filter(([, steps]) => steps > 0));
  }

  /** Whether a mask of violations holds one that was not found before. */
  isNew(mask: number): boolean {
    return (mask & ~this.#seen) !== 0;
  }

  /** Notes the violations of a step that were not found before. */
  add(mask: number, state: number, step: number, depth: number): void {
    const fresh = mask & ~this.#seen;
    this.#seen |= fresh;
    for (let invariant = 1; invariant < 32; invariant++) {
      if ((fresh & (1 << invariant)) !== 0) this.found.set(invariant, { invariant, state, step, depth });
    }
  }

  /** Notes steps that a bound cut off, the capacity given by number. */
  addCut(capacity: number, steps: number): void {
    this.#cut[capacity] += steps;
  }
}
