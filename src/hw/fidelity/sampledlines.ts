import { Cause } from '../cpi.ts';
import type { FrontEnd } from '../frontend.ts';
import type { Hierarchy } from '../hierarchy.ts';
import type { Ledger } from '../ledger.ts';
import type { MissRun } from '../missrun.ts';
import type { ServedCounts } from '../servedcounts.ts';
import type { TagStore } from '../tagstore.ts';
import type { Lines, LinesOwner } from './lines.ts';
import type { LineSample } from './linesample.ts';

/** Kinds of access that owe lines separately. */
const Kind = { Fetch: 0, Read: 1, Write: 2 } as const;
const KINDS = 3;
/** log2 of the lines of a region (16 pages): code, stack, heap and kernel data lie in different ones and owe separately. */
const REGION_BITS = 10;
/** Regions that are told apart (256 MiB of them). */
const REGIONS = 4096;
/**
 * Most lines that a region can owe, in samples: a line that is touched again and again beside the sample must not pile up without end. What is
 * cut off is not counted: with 2, lines that four cores take from each other came out 4 to 6 % low, with 16 at most 3 %.
 */
const MOST_OWED = 16;

/**
 * The sampled lines go through caches of proportionally fewer sets; each stands for the lines that its region went through since its
 * last sampled one, in stalls and in counts. Misses overlap as in runs of the mean length of those, all lines of which fare alike: in
 * `exact` nearly all runs do, for their lines were used last at the same time.
 */
export class SampledLines implements Lines {
  readonly #core: number;
  readonly #ledger: Ledger;
  readonly #served: ServedCounts;
  readonly #frontEnd: FrontEnd;
  readonly #fetch: MissRun;
  readonly #data: MissRun;
  readonly #hierarchy: Hierarchy;
  readonly #sample: LineSample;
  readonly #l1i: TagStore;
  readonly #l1d: TagStore;
  /** Lines gone through since the last sampled one, and their runs, by region and kind. */
  readonly #owed = new Int32Array(REGIONS * KINDS);
  readonly #runs = new Int32Array(REGIONS * KINDS);
  /** Runs for which the sampled lines of the present one stand. */
  #runsDue = 0;
  readonly #mostOwed: number;

  constructor({ core, ledger, served, data, fetch, frontEnd }: LinesOwner, hierarchy: Hierarchy, sample: LineSample) {
    this.#core = core;
    this.#ledger = ledger;
    this.#served = served;
    this.#frontEnd = frontEnd;
    this.#fetch = fetch;
    this.#data = data;
    this.#hierarchy = hierarchy;
    this.#sample = sample;
    this.#l1i = hierarchy.l1iOf(core);
    this.#l1d = hierarchy.l1dOf(core);
    this.#mostOwed = sample.every * MOST_OWED;
  }

  fetch(from: number, to: number): void {
    const first = this.#sample.rank(from);
    const end = this.#sample.rank(to);
    const owed = this.#owe(from, to, Kind.Fetch, first < end);
    const weight = owed / (end - first);
    const runs = this.#runsDue;
    const l1 = this.#l1i;
    const frontEnd = this.#frontEnd;
    const { domain } = this.#ledger;
    let stall = 0;
    let cold = 0;
    this.#fetch.begin();
    this.#hierarchy.at.now = this.#ledger.now;
    for (let line = first; line < end; line++) {
      cold += frontEnd.fetch(line, domain);
      if (l1.access(line)) continue;
      const latency = this.#hierarchy.fetchMiss(this.#core, line);
      const level = this.#hierarchy.lastLevel;
      this.#fetch.miss(level, latency, weight / runs);
      stall += this.#fetch.stall;
      this.#served.add(level, weight);
    }
    if (cold > 0) this.#ledger.charge(Cause.FrontEnd, cold * weight);
    if (stall > 0) this.#ledger.charge(Cause.Fetch, stall * runs);
  }

  touch(from: number, to: number, write: boolean): void {
    const first = this.#sample.rank(from);
    const end = this.#sample.rank(to);
    const owed = this.#owe(from, to, write ? Kind.Write : Kind.Read, first < end);
    const weight = owed / (end - first);
    const runs = this.#runsDue;
    const l1 = this.#l1d;
    let stall = 0;
    this.#data.begin();
    this.#hierarchy.at.now = this.#ledger.now;
    for (let line = first; line < end; line++) {
      const isHit = l1.access(line);
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

  /**
   * Lines that the sampled ones of a run stand for: all of the run, and what the region owes; `#runsDue` are the runs in which they came.
   * Without sampled ones the run is owed.
   */
  #owe(from: number, to: number, kind: number, isSampled: boolean): number {
    const at = ((from >> REGION_BITS) & (REGIONS - 1)) * KINDS + kind;
    const lines = this.#owed[at] + to - from;
    this.#runsDue = this.#runs[at] + 1;
    this.#owed[at] = isSampled ? 0 : Math.min(lines, this.#mostOwed);
    this.#runs[at] = isSampled ? 0 : Math.min(this.#runsDue, this.#mostOwed);
    return lines;
  }
}
