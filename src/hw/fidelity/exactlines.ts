import { Cause } from '../cpi.ts';
import type { FrontEnd } from '../frontend.ts';
import type { Hierarchy } from '../hierarchy.ts';
import type { Ledger } from '../ledger.ts';
import type { ServedCounts } from '../servedcounts.ts';
import type { TagStore } from '../tagstore.ts';
import type { Lines, LinesOwner, Overlap } from './lines.ts';

/** Every line goes through the caches. */
export class ExactLines implements Lines {
  readonly #core: number;
  readonly #ledger: Ledger;
  readonly #served: ServedCounts;
  readonly #overlap: Overlap;
  readonly #frontEnd: FrontEnd;
  readonly #hierarchy: Hierarchy;
  readonly #l1i: TagStore;
  readonly #l1d: TagStore;

  constructor({ core, ledger, served, overlap, frontEnd }: LinesOwner, hierarchy: Hierarchy) {
    this.#core = core;
    this.#ledger = ledger;
    this.#served = served;
    this.#overlap = overlap;
    this.#frontEnd = frontEnd;
    this.#hierarchy = hierarchy;
    this.#l1i = hierarchy.l1iOf(core);
    this.#l1d = hierarchy.l1dOf(core);
  }

  fetch(from: number, to: number): void {
    const l1 = this.#l1i;
    const frontEnd = this.#frontEnd;
    const { domain } = this.#ledger;
    for (let line = from; line < to; line++) {
      const cold = frontEnd.fetch(line, domain);
      if (cold > 0) this.#ledger.charge(Cause.FrontEnd, cold);
      if (l1.access(line)) continue;
      const stall = this.#hierarchy.fetchMiss(this.#core, line, this.#ledger.now);
      this.#served.count(this.#hierarchy.lastLevel);
      this.#ledger.charge(Cause.Fetch, stall / this.#overlap.fetch);
    }
  }

  touch(from: number, to: number, write: boolean): void {
    const l1 = this.#l1d;
    for (let line = from; line < to; line++) {
      const isHit = l1.access(line);
      if (isHit && (!write || this.#hierarchy.owns(this.#core, line))) continue;
      const stall = this.#hierarchy.dataMiss(this.#core, line, write, isHit, this.#ledger.now);
      if (stall === 0) continue;
      this.#served.count(this.#hierarchy.lastLevel);
      this.#ledger.charge(Cause.Data, stall / this.#overlap.data);
    }
  }
}
