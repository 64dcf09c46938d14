import { Cause } from '../cpi.ts';
import type { FrontEnd } from '../frontend.ts';
import type { Hierarchy } from '../hierarchy.ts';
import type { Ledger } from '../ledger.ts';
import type { MissRun } from '../missrun.ts';
import type { ServedCounts } from '../servedcounts.ts';
import type { Slab } from '../slab.ts';
import type { TagStore } from '../tagstore.ts';
import { ThreadedStore } from '../threadedstore.ts';
import type { Lines, LinesOwner } from './lines.ts';
import type { LineSample } from './linesample.ts';
import { Kind, OwedLines } from './owedlines.ts';

/**
 * The sampled lines go through caches of proportionally fewer sets; each stands for lines of its run and for lines that were owed, in stalls and in
 * counts. Misses overlap as in runs of the mean length of those, all lines of which fare alike: in `exact` nearly all runs do, for their lines
 * were used last at the same time.
 * The front end is that of `exact`, as loops of code that just fit are decided by few of its sets.
 */
export class SampledLines implements Lines {
  readonly #core: number;
  readonly #thread: number;
  readonly #ledger: Ledger;
  readonly #served: ServedCounts;
  readonly #frontEnd: FrontEnd;
  readonly #fetch: MissRun;
  readonly #data: MissRun;
  readonly #hierarchy: Hierarchy;
  readonly #sample: LineSample;
  readonly #l1i: TagStore;
  /** The same, where lines belong to threads. */
  #threaded: ThreadedStore | undefined = undefined;
  readonly #l1d: TagStore;
  readonly #owed: OwedLines;

  constructor(
    { core, thread, ledger, served, data, fetch, frontEnd }: LinesOwner,
    hierarchy: Hierarchy,
    sample: LineSample,
    slab?: Slab,
  ) {
    this.#core = core;
    this.#thread = thread;
    this.#ledger = ledger;
    this.#served = served;
    this.#frontEnd = frontEnd;
    this.#fetch = fetch;
    this.#data = data;
    this.#hierarchy = hierarchy;
    this.#sample = sample;
    this.#l1i = hierarchy.l1iOf(core);
    if (this.#l1i instanceof ThreadedStore) this.#threaded = this.#l1i;
    this.#l1d = hierarchy.l1dOf(core);
    this.#owed = new OwedLines(sample.every, slab);
  }

  fetch(from: number, to: number): void {
    const { domain } = this.#ledger;
    const frontEnd = this.#frontEnd;
    let cold = 0;
    for (let line = from; line < to; line++) cold += frontEnd.fetch(line, domain);
    if (cold > 0) this.#ledger.charge(Cause.FrontEnd, cold);
    const first = this.#sample.rank(from);
    const end = this.#sample.rank(to);
    const owed = this.#owed;
    if (first === end) return owed.add(from, to - from, Kind.Fetch, domain);
    owed.take(from, to - from, Kind.Fetch, domain);
    const weight = owed.lines / (end - first);
    const { runs } = owed;
    const l1 = this.#l1i;
    let stall = 0;
    if (this.#threaded !== undefined) this.#threaded.select(this.#thread);
    this.#fetch.begin();
    this.#hierarchy.at.now = this.#ledger.now;
    for (let line = first; line < end; line++) {
      if (l1.swap(line) === line) continue;
      const latency = this.#hierarchy.fetchMiss(this.#core, line);
      const level = this.#hierarchy.lastLevel;
      this.#fetch.miss(level, latency, weight / runs);
      stall += this.#fetch.stall;
      this.#served.add(level, weight);
    }
    if (stall > 0) this.#ledger.charge(Cause.Fetch, stall * runs);
  }

  touch(from: number, to: number, write: boolean): void {
    const { domain } = this.#ledger;
    const kind = write ? Kind.Write : Kind.Read;
    const first = this.#sample.rank(from);
    const end = this.#sample.rank(to);
    const owed = this.#owed;
    if (first === end) return owed.add(from, to - from, kind, domain);
    owed.take(from, to - from, kind, domain);
    const weight = owed.lines / (end - first);
    const { runs } = owed;
    const l1 = this.#l1d;
    let stall = 0;
    this.#data.begin();
    this.#hierarchy.at.now = this.#ledger.now;
    for (let line = first; line < end; line++) {
      const isHit = l1.swap(line) === line;
      if (isHit && (!write || this.#hierarchy.owns(this.#core, line))) continue;
      const latency = this.#hierarchy.dataMiss(this.#core, line, write, isHit);
      if (latency === 0) continue;
      const level = this.#hierarchy.lastLevel;
      this.#data.miss(level, latency, weight / runs);
      stall += this.#data.stall;
      this.#served.add(level, weight);
    }
    if (stall > 0) this.#ledger.charge(Cause.Data, stall * runs);
  }
}
