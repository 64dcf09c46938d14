import type { Cycles } from '../sim/units.ts';
import type { WalkMemory } from './fidelity/lines.ts';
import { PageFlag, TABLE_BITS, type PageTable } from './pagetable.ts';
import { SetAssoc } from './setassoc.ts';

/** Address-space tags: 0 is global, others come from PCIDs. A key is page + tag * 2^19, so the set index uses page bits only. */
const TAG_SHIFT = 19;
const LARGE_KEY = 1 << 30;
/** Tags that fit a key. */
export const MAX_TAG = (1 << (30 - TAG_SHIFT)) - 1;

/** Geometry of a core's TLBs; `stlbHit` in cycles over a first-level hit. */
export interface TlbsSpec {
  readonly itlb: { readonly sets: number; readonly ways: number };
  readonly dtlb: { readonly sets: number; readonly ways: number };
  readonly large: { readonly sets: number; readonly ways: number };
  readonly stlb: { readonly sets: number; readonly ways: number };
  readonly stlbHit: Cycles;
}

/** Entries of the paging-structure cache that lets a walk skip the directory level. Source: Intel SDM vol. 3 4.10.3 names it, 32 is assumed. */
const WALK_CACHE = { sets: 8, ways: 4 } as const;

/**
 * Instruction, data and large-page TLBs of one core over a unified second level, tagged by address space. A miss walks the
 * page table through the caches.
 */
export class Tlbs {
  /** Second-level misses so far, by what was translated. */
  walks = 0;
  readonly #core: number;
  readonly #itlb: SetAssoc;
  readonly #dtlb: SetAssoc;
  readonly #large: SetAssoc;
  readonly #stlb: SetAssoc;
  readonly #walkCache: SetAssoc;
  readonly #stlbHit: Cycles;
  readonly #memory: WalkMemory;

  constructor(core: number, spec: TlbsSpec, memory: WalkMemory) {
    this.#core = core;
    this.#itlb = new SetAssoc(spec.itlb.sets, spec.itlb.ways);
    this.#dtlb = new SetAssoc(spec.dtlb.sets, spec.dtlb.ways);
    this.#large = new SetAssoc(spec.large.sets, spec.large.ways);
    this.#stlb = new SetAssoc(spec.stlb.sets, spec.stlb.ways);
    this.#walkCache = new SetAssoc(WALK_CACHE.sets, WALK_CACHE.ways);
    this.#stlbHit = spec.stlbHit;
    this.#memory = memory;
  }

  /** Cycles to translate a page whose entry is `entry`, beyond a first-level hit. hot */
  translate(table: PageTable, vpn: number, entry: number, tag: number, fetch: boolean, now: Cycles): Cycles {
    const space = (entry & PageFlag.Global) !== 0 ? 0 : tag << TAG_SHIFT;
    if ((entry & PageFlag.Large) !== 0)
      return this.#through(this.#large, ((vpn >> TABLE_BITS) + space) | LARGE_KEY, table, vpn, space, now);
    return this.#through(fetch ? this.#itlb : this.#dtlb, vpn + space, table, vpn, space, now);
  }

  /** Drops every entry of one tag, as a CR3 write without the no-flush bit does. */
  flushTag(tag: number): void {
    const space = tag << TAG_SHIFT;
    const doomed = (key: number): boolean => ((key & ~LARGE_KEY) >> TAG_SHIFT) << TAG_SHIFT === space;
    for (const store of [this.#itlb, this.#dtlb, this.#large, this.#stlb]) store.removeWhere(doomed);
    this.#walkCache.clear();
  }

  /** Drops the entries of one small page, those of one tag and global ones (INVLPG). */
  invalidate(vpn: number, tag: number): void {
    for (const store of [this.#itlb, this.#dtlb, this.#stlb]) {
      store.remove(vpn);
      store.remove(vpn + (tag << TAG_SHIFT));
    }
    this.#walkCache.clear();
  }

  /** Whether a small page of a tag can be translated without a walk; for tests. */
  holds(vpn: number, tag: number): boolean {
    const key = vpn + (tag << TAG_SHIFT);
    return this.#itlb.has(key) || this.#dtlb.has(key) || this.#stlb.has(key);
  }

  #through(first: SetAssoc, key: number, table: PageTable, vpn: number, space: number, now: Cycles): Cycles {
    if (first.access(key)) return 0;
    first.fill(key);
    if (this.#stlb.access(key)) return this.#stlbHit;
    this.#stlb.fill(key);
    this.walks++;
    return this.#stlbHit + this.#walk(table, vpn, space, (key & LARGE_KEY) !== 0, now);
  }

  #walk(table: PageTable, vpn: number, space: number, large: boolean, now: Cycles): Cycles {
    if (large) return this.#memory.read(this.#core, table.directoryLine(vpn), now);
    const directory = (vpn >> TABLE_BITS) + space;
    const leaf = this.#memory.read(this.#core, table.tableLine(vpn), now);
    if (this.#walkCache.access(directory)) return leaf;
    this.#walkCache.fill(directory);
    return leaf + this.#memory.read(this.#core, table.directoryLine(vpn), now + leaf);
  }
}
