import { SimulationBug } from '../sim/errors.ts';
import { Cause } from './cpi.ts';
import type { Ledger } from './ledger.ts';
import type { Lines } from './fidelity/lines.ts';
import { frameIn, KERNEL_VPN, PageFlag, type PageTable } from './pagetable.ts';
import type { Tlbs } from './tlb.ts';

/** log2 of the lines of a page, and the page in use when there is none. */
const PAGE_LINE_BITS = 6;
const NOWHERE = -1;

/** Told when guarded code is about to be fetched from a page without KERNELTRUST. */
export type LeaveListener = (vpn: number) => void;

/** Told when a page is not mapped, or is to be written and may not be; it changes the mapping, or what it returns to is undefined. */
export type FaultListener = (vpn: number, isWrite: boolean) => void;

/**
 * A core's way to memory: translation, first-level stores, and the hierarchy behind them; charges stalls to the ledger. Works page
 * by page, so a run of lines is translated once a page, as the page in use needs no further look-up.
 */
export class MemoryPort {
  /** Set while code at CPL 0 may run only from KERNELTRUST pages. */
  isGuarded = false;
  /** Line accesses so far. */
  accesses = 0;
  readonly #name: string;
  readonly #ledger: Ledger;
  readonly #lines: Lines;
  readonly #tlbs: Tlbs;
  readonly #kernelTable: PageTable;
  readonly #onLeave: LeaveListener;
  readonly #onFault: FaultListener;
  #userTable: PageTable;
  #tag = 0;
  #codeVpn = NOWHERE;
  #codeFrame = 0;
  #dataVpn = NOWHERE;
  #dataFrame = 0;
  #dataEntry = 0;

  constructor(
    name: string,
    ledger: Ledger,
    lines: Lines,
    tlbs: Tlbs,
    kernelTable: PageTable,
    traps: { readonly onLeave: LeaveListener; readonly onFault: FaultListener },
  ) {
    this.#name = name;
    this.#ledger = ledger;
    this.#lines = lines;
    this.#tlbs = tlbs;
    this.#kernelTable = kernelTable;
    this.#userTable = kernelTable;
    this.#onLeave = traps.onLeave;
    this.#onFault = traps.onFault;
  }

  /** Tag under which user and non-global pages are looked up. */
  get tag(): number {
    return this.#tag;
  }

  /** The page-table entry of the data page in use, as it was when it was translated. */
  get dataEntry(): number {
    return this.#dataEntry;
  }

  /** Loads an address space. Entries of other tags stay; `flush` drops all but global ones (no PCID). */
  loadSpace(table: PageTable, tag: number, flush: boolean): void {
    this.#userTable = table;
    if (flush) this.#tlbs.flushNonGlobal();
    this.switchTag(tag);
  }

  /** Changes the tag under which user and non-global pages are looked up (a CR3 write that keeps entries). hot */
  switchTag(tag: number): void {
    this.#tag = tag;
    this.forgetPages();
  }

  /** Looks the pages in use up again at their next use: the TLBs have changed under them. */
  forgetPages(): void {
    this.#codeVpn = this.#dataVpn = NOWHERE;
  }

  /** Looks the page in use up again at the next fetch, as it may be one that a guard forbids. */
  refetch(): void {
    this.#codeVpn = NOWHERE;
  }

  /** Translates a page of a table other than that of the program; what lies on it is not read. */
  reach(table: PageTable, vpn: number, isFetch: boolean): void {
    this.#lookUpIn(table, vpn, isFetch);
  }

  /** Fetches `lines` consecutive lines of code. hot */
  fetch(first: number, lines: number): void {
    this.accesses += lines;
    const end = (first + lines) | 0;
    for (let line = first | 0; line < end; line = pageEnd(line)) this.#fetchInPage(line, Math.min(end, pageEnd(line)));
  }

  /** Reads or writes `lines` consecutive lines. hot */
  touch(first: number, lines: number, write: boolean): void {
    this.accesses += lines;
    const end = (first + lines) | 0;
    for (let line = first | 0; line < end; line = pageEnd(line))
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
    if (vpn !== this.#dataVpn) this.#enterDataPage(vpn, write);
    else if (write && (this.#dataEntry & PageFlag.Write) === 0) this.#enterDataPage(vpn, true);
    const physical = (this.#dataFrame - vpn) << PAGE_LINE_BITS;
    this.#lines.touch(from + physical, to + physical, write);
  }

  #enterCodePage(vpn: number): void {
    let entry = this.#translate(vpn, true);
    if (this.isGuarded && vpn < KERNEL_VPN && (entry & PageFlag.KernelTrust) === 0) {
      this.#onLeave(vpn);
      // Leaving may have loaded other page tables.
      entry = this.#translate(vpn, true);
    }
    this.#codeVpn = vpn;
    this.#codeFrame = frameIn(entry, vpn);
  }

  #enterDataPage(vpn: number, isWrite: boolean): void {
    let entry = this.#translate(vpn, false, isWrite);
    if (isWrite && (entry & PageFlag.Write) === 0) {
      this.#onFault(vpn, true);
      entry = this.#translate(vpn, false, true);
    }
    this.#dataVpn = vpn;
    this.#dataEntry = entry;
    this.#dataFrame = frameIn(entry, vpn);
  }

  /** The page-table entry that translates a page; passes the time that takes. */
  #translate(vpn: number, isFetch: boolean, isWrite = false): number {
    const entry = this.#lookUp(vpn, isFetch);
    if (entry > 0) return entry;
    this.#onFault(vpn, isWrite);
    const provided = this.#lookUp(vpn, isFetch);
    if (!(provided > 0))
      throw new SimulationBug(`page ${vpn} is not mapped`, { component: this.#name, time: this.#ledger.now });
    return provided;
  }

  #lookUp(vpn: number, isFetch: boolean): number {
    return this.#lookUpIn(this.#tableOf(vpn), vpn, isFetch);
  }

  #lookUpIn(table: PageTable, vpn: number, isFetch: boolean): number {
    const tlbs = this.#tlbs;
    if (tlbs.hits(table, vpn, this.#tag, isFetch)) return tlbs.entry;
    tlbs.at.now = this.#ledger.now;
    const cycles = tlbs.translate(table, vpn, this.#tag, isFetch);
    if (cycles > 0) this.#ledger.charge(Cause.Tlb, cycles);
    return tlbs.entry;
  }

  #tableOf(vpn: number): PageTable {
    return vpn >= KERNEL_VPN ? this.#kernelTable : this.#userTable;
  }
}

/** First line of the page after that of a line. */
function pageEnd(line: number): number {
  return ((line >> PAGE_LINE_BITS) + 1) << PAGE_LINE_BITS;
}
