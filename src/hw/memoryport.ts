import { SimulationBug } from '../sim/errors.ts';
import { Cause } from './cpi.ts';
import type { Ledger } from './ledger.ts';
import type { Lines } from './fidelity/lines.ts';
import { frameOf, KERNEL_VPN, PageFlag, type PageTable } from './pagetable.ts';
import type { Tlbs } from './tlb.ts';

const PAGE_LINE_BITS = 6;
const NOWHERE = -1;

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
  readonly #lines: Lines;
  readonly #tlbs: Tlbs;
  readonly #kernelTable: PageTable;
  readonly #onLeave: LeaveListener;
  #userTable: PageTable;
  #tag = 0;
  #codeVpn = NOWHERE;
  #codeFrame = 0;
  #dataVpn = NOWHERE;
  #dataFrame = 0;

  constructor(core: number, ledger: Ledger, lines: Lines, tlbs: Tlbs, kernelTable: PageTable, onLeave: LeaveListener) {
    this.#core = core;
    this.#ledger = ledger;
    this.#lines = lines;
    this.#tlbs = tlbs;
    this.#kernelTable = kernelTable;
    this.#userTable = kernelTable;
    this.#onLeave = onLeave;
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
    this.#lines.fetch(from + physical, to + physical);
  }

  // hot
  #touchInPage(from: number, to: number, write: boolean): void {
    const vpn = from >> PAGE_LINE_BITS;
    if (vpn !== this.#dataVpn) this.#enterDataPage(vpn);
    const physical = (this.#dataFrame - vpn) << PAGE_LINE_BITS;
    this.#lines.touch(from + physical, to + physical, write);
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
}

/** First line of the page after that of a line. */
function pageEnd(line: number): number {
  return ((line >> PAGE_LINE_BITS) + 1) << PAGE_LINE_BITS;
}

/** Frame of a page; a large page's entry holds the frame of its first small page. */
function frameIn(entry: number, vpn: number): number {
  return (entry & PageFlag.Large) === 0 ? frameOf(entry) : frameOf(entry) + (vpn & 511);
}
