import { Cause } from '../cpi.ts';
import type { FrontEnd } from '../frontend.ts';
import type { Hierarchy } from '../hierarchy.ts';
import type { Ledger } from '../ledger.ts';
import type { ServedCounts } from '../servedcounts.ts';
import type { TagStore } from '../tagstore.ts';
import type { Lines, LinesOwner, Overlap } from './lines.ts';
import type { LineSample } from './linesample.ts';

/** Kinds of access that owe lines separately. */
const Kind = { Fetch: 0, Read: 1, Write: 2 } as const;
const KINDS = 3;
/** log2 of the lines of a region (16 pages): code, stack, heap and kernel data lie in different ones and owe separately. */
const REGION_BITS = 10;
/** Regions that are told apart (256 MiB of them). */
const REGIONS = 4096;
/** Most lines that a region can owe, in samples: small data that is touched again and again beside the sample must not pile up. */
const MOST_OWED = 2;

/**
 * The sampled lines go through caches of proportionally fewer sets; each stands for the lines that its region went through since its
 * last sampled one, in stalls and in counts.
 */
export class SampledLines implements Lines {
  readonly #core: number;
  readonly #ledger: Ledger;
  readonly #served: ServedCounts;
  readonly #overlap: Overlap;
  readonly #frontEnd: FrontEnd;
  readonly #hierarchy: Hierarchy;
  readonly #sample: LineSample;
  readonly #l1i: TagStore;
  readonly #l1d: TagStore;
  /** Lines gone through since the last sampled one, by region and kind. */
  readonly #owed = new Int32Array(REGIONS * KINDS);
  readonly #mostOwed: number;

  constructor({ core, ledger, served, overlap, frontEnd }: LinesOwner, hierarchy: Hierarchy, sample: LineSample) {
    this.#core = core;
    this.#ledger = ledger;
    this.#served = served;
    this.#overlap = overlap;
    this.#frontEnd = frontEnd;
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
    const l1 = this.#l1i;
    const frontEnd = this.#frontEnd;
    const { domain } = this.#ledger;
    let stall = 0;
    let cold = 0;
    for (let line = first; line < end; line++) {
      cold += frontEnd.fetch(line, domain);
      if (l1.access(line)) continue;
      stall += this.#hierarchy.fetchMiss(this.#core, line, this.#ledger.now);
      this.#served.add(this.#hierarchy.lastLevel, weight);
    }
    if (cold > 0) this.#ledger.charge(Cause.FrontEnd, cold * weight);
    if (stall > 0) this.#ledger.charge(Cause.Fetch, (stall * weight) / this.#overlap.fetch);
  }

  touch(from: number, to: number, write: boolean): void {
    const first = this.#sample.rank(from);
    const end = this.#sample.rank(to);
    const owed = this.#owe(from, to, write ? Kind.Write : Kind.Read, first < end);
    const weight = owed / (end - first);
    const l1 = this.#l1d;
    let sum = 0;
    for (let line = first; line < end; line++) {
      const isHit = l1.access(line);
      if (isHit && (!write || this.#hierarchy.owns(this.#core, line))) continue;
      const stall = this.#hierarchy.dataMiss(this.#core, line, write, isHit, this.#ledger.now);
      if (stall === 0) continue;
      sum += stall;
      this.#served.add(this.#hierarchy.lastLevel, weight);
    }
    if (sum > 0) this.#ledger.charge(Cause.Data, (sum * weight) / this.#overlap.data);
  }

  /** Lines that the sampled ones of a run stand for: all of the run, and what the region owes. Without sampled ones the run is owed. */
  #owe(from: number, to: number, kind: number, isSampled: boolean): number {
    const at = ((from >> REGION_BITS) & (REGIONS - 1)) * KINDS + kind;
    const lines = this.#owed[at] + to - from;
    this.#owed[at] = isSampled ? 0 : Math.min(lines, this.#mostOwed);
    return lines;
  }
}
