import { Cause } from '../cpi.ts';
import type { FrontEnd } from '../frontend.ts';
import type { Hierarchy } from '../hierarchy.ts';
import type { Ledger } from '../ledger.ts';
import type { MissRun } from '../missrun.ts';
import type { ServedCounts } from '../servedcounts.ts';
import type { TagStore } from '../tagstore.ts';
import { ThreadedStore } from '../threadedstore.ts';
import type { Lines, LinesOwner } from './lines.ts';

/** Every line goes through the caches. */
export class ExactLines implements Lines {
  readonly #core: number;
  readonly #thread: number;
  readonly #ledger: Ledger;
  readonly #served: ServedCounts;
  readonly #frontEnd: FrontEnd;
  readonly #fetch: MissRun;
  readonly #data: MissRun;
  readonly #hierarchy: Hierarchy;
  readonly #l1i: TagStore;
  /** The same, where lines belong to threads. */
  #threaded: ThreadedStore | undefined = undefined;
  readonly #l1d: TagStore;

  constructor({ core, thread, ledger, served, data, fetch, frontEnd }: LinesOwner, hierarchy: Hierarchy) {
    this.#core = core;
    this.#thread = thread;
    this.#ledger = ledger;
    this.#served = served;
    this.#frontEnd = frontEnd;
    this.#fetch = fetch;
    this.#data = data;
    this.#hierarchy = hierarchy;
    this.#l1i = hierarchy.l1iOf(core);
    if (this.#l1i instanceof ThreadedStore) this.#threaded = this.#l1i;
    this.#l1d = hierarchy.l1dOf(core);
  }

  fetch(from: number, to: number): void {
    const l1 = this.#l1i;
    const frontEnd = this.#frontEnd;
    const { domain } = this.#ledger;
    if (this.#threaded !== undefined) this.#threaded.select(this.#thread);
    this.#fetch.begin();
    for (let line = from; line < to; line++) {
      const cold = frontEnd.fetch(line, domain);
      if (cold > 0) this.#ledger.charge(Cause.FrontEnd, cold);
      if (l1.swap(line) !== line) this.#missFetch(line);
    }
  }

  touch(from: number, to: number, write: boolean): void {
    const l1 = this.#l1d;
    this.#data.begin();
    for (let line = from; line < to; line++) {
      const isHit = l1.swap(line) === line;
      if (!isHit || (write && !this.#hierarchy.owns(this.#core, line))) this.#missData(line, write, isHit);
    }
  }

  // Apart from the loops, so that V8 compiles each into one function that boxes no time. hot
  #missFetch(line: number): void {
    const hierarchy = this.#hierarchy;
    const ledger = this.#ledger;
    hierarchy.at.now = ledger.now;
    const latency = hierarchy.fetchMiss(this.#core, line);
    this.#served.count(hierarchy.lastLevel);
    this.#fetch.miss(hierarchy.lastLevel, latency, 1);
    ledger.chargeFirst(Cause.Fetch, this.#fetch.amounts);
  }

  // hot
  #missData(line: number, write: boolean, isHeld: boolean): void {
    const hierarchy = this.#hierarchy;
    const ledger = this.#ledger;
    hierarchy.at.now = ledger.now;
    const latency = hierarchy.dataMiss(this.#core, line, write, isHeld);
    if (latency === 0) return;
    this.#served.count(hierarchy.lastLevel);
    this.#data.miss(hierarchy.lastLevel, latency, 1);
    ledger.chargeFirst(Cause.Data, this.#data.amounts);
  }
}
