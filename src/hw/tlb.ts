import type { Cycles } from '../sim/units.ts';
import type { WalkMemory } from './fidelity/lines.ts';
import type { Moment } from './moment.ts';
import type { NestedTables } from './nested.ts';
import { frameIn, kindOf, MIXED, type PageTable } from './pagetable.ts';
import { keyOf, KINDS, threadBit, TlbStore } from './tlbstore.ts';
import { Slab } from './slab.ts';
import { Walker, type WalkerSpec } from './walker.ts';

export { MAX_TAG } from './tlbstore.ts';

/** Geometry of a core's TLBs and of its page walker; `stlbHit` in cycles over a first-level hit. */
export interface TlbsSpec {
  readonly itlb: StoreSpec;
  /** What each hardware thread has of the former, where they do not compete for all of it. */
  readonly ownItlb?: StoreSpec | undefined;
  readonly dtlb: StoreSpec;
  readonly large: StoreSpec;
  readonly stlb: StoreSpec;
  readonly stlbHit: Cycles;
  readonly walker: WalkerSpec;
}
interface StoreSpec {
  readonly sets: number;
  readonly ways: number;
}

/**
 * Instruction, data and large-page TLBs of one core over a unified second level, tagged by address space. A miss walks the page table through
 * the caches. What was walked once is used until it is evicted or dropped, even when the page table has changed since. Hardware threads of a
 * core have one each, over the same arrays, in which their entries are told apart; that of code may be each thread's own.
 */
export class Tlbs {
  /** Second-level misses so far. */
  walks = 0;
  /** The page-table entry that the last translation used; 0 (or undefined, beyond the table) when the page is absent. */
  entry = 0;
  readonly walker: Walker;
  /** When the next translation happens. */
  readonly at: Moment;
  readonly #itlb: TlbStore;
  readonly #dtlb: TlbStore;
  readonly #large: TlbStore;
  readonly #stlb: TlbStore;
  readonly #stlbHit: Cycles;
  readonly #thread: number;

  /** `sibling` is that of the first hardware thread, for the second of the same core; `slab` has room for many. */
  constructor(
    core: number,
    spec: TlbsSpec,
    memory: WalkMemory,
    nested?: NestedTables,
    sibling?: Tlbs,
    slab: Slab = new Slab(),
  ) {
    const make = ({ sets, ways }: StoreSpec): TlbStore => new TlbStore(sets, ways, slab.take(2 * sets * ways));
    this.at = memory.at;
    this.#itlb = sibling === undefined || spec.ownItlb !== undefined ? make(spec.ownItlb ?? spec.itlb) : sibling.#itlb;
    this.#dtlb = sibling === undefined ? make(spec.dtlb) : sibling.#dtlb;
    this.#large = sibling === undefined ? make(spec.large) : sibling.#large;
    this.#stlb = sibling === undefined ? make(spec.stlb) : sibling.#stlb;
    this.#stlbHit = spec.stlbHit;
    this.#thread = threadBit(sibling === undefined ? 0 : 1);
    this.walker = new Walker(core, spec.walker, memory, nested, sibling?.walker);
  }

  /**
   * Whether a first level translates a page, of a table with pages of one kind; leaves the entry used in `entry`. Takes no time, and so none as
   * an argument, which V8 would box. hot
   */
  hits(table: PageTable, vpn: number, tag: number, fetch: boolean): boolean {
    const { kind } = table;
    if (kind === MIXED) return false;
    const small = fetch ? this.#itlb : this.#dtlb;
    this.entry = (kind < 2 ? small : this.#large).access(keyOf(kind, vpn, tag) | this.#thread);
    return this.entry !== 0;
  }

  /** Cycles to translate a page beyond a first-level hit; leaves the entry used in `entry`. An absent page costs its look-up and is not kept. hot */
  translate(table: PageTable, vpn: number, tag: number, fetch: boolean): Cycles {
    const small = fetch ? this.#itlb : this.#dtlb;
    if (table.kind === MIXED) return this.#translateMixed(small, table, vpn, tag);
    const key = keyOf(table.kind, vpn, tag) | this.#thread;
    const first = table.kind < 2 ? small : this.#large;
    this.entry = first.access(key);
    if (this.entry !== 0) return 0;
    this.entry = this.#stlb.access(key);
    if (this.entry === 0) return this.#miss(small, table, vpn, tag);
    first.fill(key, this.entry);
    return this.#stlbHit;
  }

  /** INVLPG: drops the page from one address space and from the global ones, whatever its size, and the walk cache of the space. */
  invalidatePage(vpn: number, tag: number): void {
    for (let kind = 0; kind < KINDS; kind++) this.#drop(keyOf(kind, vpn, tag) | this.#thread);
    this.walker.dropTag(tag);
  }

  /** INVPCID of type 0: drops the page from one address space, whatever its size; global entries stay. */
  invalidateTagged(vpn: number, tag: number): void {
    for (let kind = 0; kind < KINDS; kind += 2) this.#drop(keyOf(kind, vpn, tag) | this.#thread);
    this.walker.dropTag(tag);
  }

  /** INVPCID of type 1, or a CR3 write without the no-flush bit: drops an address space; global entries stay. */
  flushTag(tag: number): void {
    this.#itlb.dropTag(tag, this.#thread);
    this.#dtlb.dropTag(tag, this.#thread);
    this.#large.dropTag(tag, this.#thread);
    this.#stlb.dropTag(tag, this.#thread);
    this.walker.dropTag(tag);
  }

  /** INVPCID of type 3, or a CR3 write of a processor without tags: drops all but global entries. */
  flushNonGlobal(): void {
    this.#itlb.keepGlobal(this.#thread);
    this.#dtlb.keepGlobal(this.#thread);
    this.#large.keepGlobal(this.#thread);
    this.#stlb.keepGlobal(this.#thread);
    this.walker.clear();
  }

  /** INVPCID of type 2, or a change of CR4.PGE: drops everything, global entries too. */
  flushAll(): void {
    this.#itlb.clear(this.#thread);
    this.#dtlb.clear(this.#thread);
    this.#large.clear(this.#thread);
    this.#stlb.clear(this.#thread);
    this.walker.clear();
  }

  /** Whether a page of a tag, small or large, can be translated without a walk; for tests. */
  holds(vpn: number, tag: number): boolean {
    const small = keyOf(0, vpn, tag) | this.#thread;
    const large = keyOf(2, vpn, tag) | this.#thread;
    const isSmall = this.#itlb.has(small) || this.#dtlb.has(small) || this.#stlb.has(small);
    return isSmall || this.#large.has(large) || this.#stlb.has(large);
  }

  /** Looks for every kind of page, as a table that held several may have left any of them. */
  #translateMixed(small: TlbStore, table: PageTable, vpn: number, tag: number): Cycles {
    for (let kind = 0; kind < KINDS; kind++) {
      this.entry = (kind < 2 ? small : this.#large).access(keyOf(kind, vpn, tag) | this.#thread);
      if (this.entry !== 0) return 0;
    }
    for (let kind = 0; kind < KINDS; kind++) {
      const key = keyOf(kind, vpn, tag) | this.#thread;
      this.entry = this.#stlb.access(key);
      if (this.entry === 0) continue;
      (kind < 2 ? small : this.#large).fill(key, this.entry);
      return this.#stlbHit;
    }
    return this.#miss(small, table, vpn, tag);
  }

  #miss(small: TlbStore, table: PageTable, vpn: number, tag: number): Cycles {
    const entry = table.entry(vpn);
    this.entry = entry;
    // Not `=== 0`: beyond the end of the table there is no entry at all.
    if (!(entry > 0)) return this.#stlbHit;
    const kind = kindOf(entry);
    const key = keyOf(kind, vpn, tag) | this.#thread;
    (kind < 2 ? small : this.#large).fill(key, entry);
    this.#stlb.fill(key, entry);
    this.walks++;
    return this.#stlbHit + this.walker.walk(table.frames, vpn, tag, kind < 2 ? 0 : 1, frameIn(entry, vpn));
  }

  #drop(key: number): void {
    this.#itlb.drop(key);
    this.#dtlb.drop(key);
    this.#large.drop(key);
    this.#stlb.drop(key);
  }
}
