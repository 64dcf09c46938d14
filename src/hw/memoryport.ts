import { SimulationBug } from '../sim/errors.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import { Cause, Domain } from './cpi.ts';
import { LEVEL_NAMES, type Hierarchy } from './hierarchy.ts';
import type { Ledger } from './ledger.ts';
import { frameOf, KERNEL_VPN, PageFlag, type PageTable } from './pagetable.ts';
import type { SetAssoc } from './setassoc.ts';
import type { Tlbs } from './tlb.ts';

const PAGE_LINE_BITS = 6;
const NOWHERE = -1;
const SERVED_LABELS = LEVEL_NAMES.flatMap((level) => [`${level}User`, `${level}Kernel`]);

/** How many misses of each kind overlap, so that a stall is spread over them (memory-level parallelism). */
export interface Overlap {
  readonly data: number;
  readonly fetch: number;
}

/** Told when guarded code is about to be fetched from a page without KERNELTRUST. */
export type LeaveListener = (vpn: number) => void;

/**
 * A core's way to memory: translation, first-level stores, and the hierarchy behind them; charges stalls to the ledger. Works page
 * by page, so a run of lines is translated once a page, as the page in use needs no further look-up.
 */
export class MemoryPort {
  /** Set while code at CPL 0 may run only from KERNELTRUST pages. */
  isGuarded = false;
  /** Line accesses so far. */
  accesses = 0;
  readonly #core: number;
  readonly #ledger: Ledger;
  readonly #hierarchy: Hierarchy;
  readonly #l1i: SetAssoc;
  readonly #l1d: SetAssoc;
  readonly #tlbs: Tlbs;
  readonly #overlap: Overlap;
  readonly #kernelTable: PageTable;
  readonly #onLeave: LeaveListener;
  readonly #counts: Float64Array;
  readonly #served: number;
  #userTable: PageTable;
  #tag = 0;
  #codeVpn = NOWHERE;
  #codeFrame = 0;
  #dataVpn = NOWHERE;
  #dataFrame = 0;

  constructor(
    core: number,
    ledger: Ledger,
    stats: StatsRegistry,
    hierarchy: Hierarchy,
    tlbs: Tlbs,
    kernelTable: PageTable,
    overlap: Overlap,
    onLeave: LeaveListener,
  ) {
    this.#core = core;
    this.#ledger = ledger;
    this.#hierarchy = hierarchy;
    this.#l1i = hierarchy.l1iOf(core);
    this.#l1d = hierarchy.l1dOf(core);
    this.#tlbs = tlbs;
    this.#overlap = overlap;
    this.#kernelTable = kernelTable;
    this.#userTable = kernelTable;
    this.#onLeave = onLeave;
    this.#counts = stats.values;
    this.#served = stats.vector(
      `core${core}.served`,
      SERVED_LABELS,
      'count',
      'First-level cache misses by the level that served them and by whose work missed',
    );
  }

  /** Tag under which user and non-global pages are looked up. */
  get tag(): number {
    return this.#tag;
  }

  /** Loads an address space. Entries of other tags stay; `flush` drops those of the new tag (no PCID). */
  loadSpace(table: PageTable, tag: number, flush: boolean): void {
    this.#userTable = table;
    if (flush) this.#tlbs.flushTag(tag);
    this.switchTag(tag);
  }

  /** Changes the tag under which user and non-global pages are looked up (a CR3 write that keeps entries). hot */
  switchTag(tag: number): void {
    this.#tag = tag;
    this.#codeVpn = this.#dataVpn = NOWHERE;
  }

  /** Looks the page in use up again at the next fetch, as it may be one that a guard forbids. */
  refetch(): void {
    this.#codeVpn = NOWHERE;
  }

  /** Fetches `lines` consecutive lines of code. hot */
  fetch(first: number, lines: number): void {
    this.accesses += lines;
    const end = first + lines;
    for (let line = first; line < end; line = pageEnd(line)) this.#fetchInPage(line, Math.min(end, pageEnd(line)));
  }

  /** Reads or writes `lines` consecutive lines. hot */
  touch(first: number, lines: number, write: boolean): void {
    this.accesses += lines;
    const end = first + lines;
    for (let line = first; line < end; line = pageEnd(line))
      this.#touchInPage(line, Math.min(end, pageEnd(line)), write);
  }

  // hot
  #fetchInPage(from: number, to: number): void {
    const vpn = from >> PAGE_LINE_BITS;
    if (vpn !== this.#codeVpn) this.#enterCodePage(vpn);
    const physical = (this.#codeFrame - vpn) << PAGE_LINE_BITS;
    const l1 = this.#l1i;
    for (let line = from; line < to; line++) {
      if (l1.access(line + physical)) continue;
      const stall = this.#hierarchy.fetchMiss(this.#core, line + physical, this.#ledger.now);
      this.#countMiss();
      this.#ledger.charge(Cause.Fetch, stall / this.#overlap.fetch);
    }
  }

  // hot
  #touchInPage(from: number, to: number, write: boolean): void {
    const vpn = from >> PAGE_LINE_BITS;
    if (vpn !== this.#dataVpn) this.#enterDataPage(vpn);
    const physical = (this.#dataFrame - vpn) << PAGE_LINE_BITS;
    const l1 = this.#l1d;
    for (let line = from; line < to; line++) {
      const at = line + physical;
      const isHit = l1.access(at);
      if (isHit && (!write || this.#hierarchy.owns(this.#core, at))) continue;
      const stall = this.#hierarchy.dataMiss(this.#core, at, write, isHit, this.#ledger.now);
      if (stall === 0) continue;
      this.#countMiss();
      this.#ledger.charge(Cause.Data, stall / this.#overlap.data);
    }
  }

  #enterCodePage(vpn: number): void {
    const entry = this.#entry(vpn);
    if (this.isGuarded && vpn < KERNEL_VPN && (entry & PageFlag.KernelTrust) === 0) this.#onLeave(vpn);
    this.#translate(vpn, entry, true);
    this.#codeVpn = vpn;
    this.#codeFrame = frameIn(entry, vpn);
  }

  #enterDataPage(vpn: number): void {
    const entry = this.#entry(vpn);
    this.#translate(vpn, entry, false);
    this.#dataVpn = vpn;
    this.#dataFrame = frameIn(entry, vpn);
  }

  #translate(vpn: number, entry: number, isFetch: boolean): void {
    const cycles = this.#tlbs.translate(this.#tableOf(vpn), vpn, entry, this.#tag, isFetch, this.#ledger.now);
    if (cycles > 0) this.#ledger.charge(Cause.Tlb, cycles);
  }

  #entry(vpn: number): number {
    const entry = this.#tableOf(vpn).entry(vpn);
    // Not `=== 0`: beyond the end of the table there is no entry at all.
    if (!(entry > 0))
      throw new SimulationBug(`page ${vpn} is not mapped`, { component: `core${this.#core}`, time: this.#ledger.now });
    return entry;
  }

  #tableOf(vpn: number): PageTable {
    return vpn >= KERNEL_VPN ? this.#kernelTable : this.#userTable;
  }

  #countMiss(): void {
    this.#counts[this.#served + this.#hierarchy.lastLevel * 2 + (this.#ledger.domain === Domain.User ? 0 : 1)]++;
  }
}

/** First line of the page after that of a line. */
function pageEnd(line: number): number {
  return ((line >> PAGE_LINE_BITS) + 1) << PAGE_LINE_BITS;
}

/** Frame of a page; a large page's entry holds the frame of its first small page. */
function frameIn(entry: number, vpn: number): number {
  return (entry & PageFlag.Large) === 0 ? frameOf(entry) : frameOf(entry) + (vpn & 511);
}
