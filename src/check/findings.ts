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
  /** Steps cut off, by what was exceeded. */
  readonly cut = new Map<string, number>();
  #seen = 0;

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

  /** Notes steps that a bound cut off. */
  addCut(what: string, steps: number): void {
    this.cut.set(what, (this.cut.get(what) ?? 0) + steps);
  }
}
