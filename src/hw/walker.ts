import type { Cycles } from '../sim/units.ts';
import type { WalkMemory } from './fidelity/lines.ts';
import type { NestedTables } from './nested.ts';
import type { TableFrames } from './tableframes.ts';
import { keyOf, threadBit, TlbStore } from './tlbstore.ts';

/** How a core walks page tables. */
export interface WalkerSpec {
  /** Tables of a full walk that are read from memory: 4 in 64-bit mode; 2 with PAE, whose third level stands in registers. */
  readonly levels: number;
  /** Geometry of the paging-structure cache. */
  readonly cache: { readonly sets: number; readonly ways: number };
  /** Cycles from load to use of a line in L1d, which each reference of a walk takes at least. */
  readonly loadToUse: Cycles;
}

/** log2 of the entries of a table: by how many bits of the page number a level goes further. */
const LEVEL_BITS = 9;
/** Levels of one directory entry and above are told apart within the page number's bits of a key: prefixes stay below 2^10. */
const LEVEL_SHIFT = 12;
/** Above the level of a key stands the part of the address space. */
const PART_SHIFT = 14;
/** Keys of a walk cache are those of small pages of one address space. */
const SMALL = 0;
/** log2 of the lines of a frame. */
const LINE_BITS = 6;
/** Tables of a full walk of the host. */
const NESTED_LEVELS = 4;

/**
 * Page walker of one core. Each reference reads a line of a page table through the caches and waits for it. A paging-structure cache, tagged
 * by address space, keeps entries of the upper levels, so that a walk begins below the lowest of them that it knows (Intel SDM vol. 3, 4.10.3).
 * Hardware threads of a core share the cache, each with entries of its own; those of the host serve both.
 * In a virtual machine each address of a table is itself translated (Bhargava et al., ASPLOS 2008): up to 4 x (4 + 1) + 4 = 24 references.
 */
export class Walker {
  /** Lines of page tables read so far, of the nested ones too. */
  references = 0;
  readonly #core: number;
  readonly #spec: WalkerSpec;
  readonly #memory: WalkMemory;
  readonly #cache: TlbStore;
  readonly #nested: NestedTables | undefined;
  readonly #nestedCache: TlbStore;
  readonly #thread: number;

  /** `nested` are the tables of the host, when the machine is a virtual one; `sibling` is the walker of the core's first hardware thread. */
  constructor(core: number, spec: WalkerSpec, memory: WalkMemory, nested?: NestedTables, sibling?: Walker) {
    this.#core = core;
    this.#spec = spec;
    this.#memory = memory;
    this.#cache = sibling === undefined ? new TlbStore(spec.cache.sets, spec.cache.ways) : sibling.#cache;
    this.#nested = nested;
    const host = nested?.cache ?? { sets: 1, ways: 1 };
    this.#nestedCache = sibling === undefined ? new TlbStore(host.sets, host.ways) : sibling.#nestedCache;
    this.#thread = threadBit(sibling === undefined ? 0 : 1);
  }

  /** Cycles of a walk for a page on `frame`, down to its entry in the directory (`leaf` 1: a large page) or the page table (0). */
  walk(tables: TableFrames, vpn: number, tag: number, leaf: number, frame: number): Cycles {
    let cycles = 0;
    const { part } = tables;
    for (let level = this.#known(part, vpn, tag, leaf) - 1; level >= leaf; level--) {
      cycles += this.#read(tables.line(vpn, level));
      if (level > leaf) this.#cache.fill(cacheKey(part, vpn, tag, level) | this.#thread, 1);
    }
    return cycles + this.#translate(frame);
  }

  /** Drops what is known of the tables of one address space; what is known of the host's tables stays. */
  dropTag(tag: number): void {
    this.#cache.dropTag(tag, this.#thread);
  }

  /** Drops what is known of all address spaces. */
  clear(): void {
    this.#cache.clear(this.#thread);
  }

  /** The lowest level above the leaf whose entry is in the cache; else the number of levels. */
  #known(part: number, vpn: number, tag: number, leaf: number): number {
    const { levels } = this.#spec;
    let level = leaf + 1;
    while (level < levels && this.#cache.access(cacheKey(part, vpn, tag, level) | this.#thread) === 0) level++;
    return level;
  }

  /** One reference by the guest: its address is translated, then its line is read. */
  #read(line: number): Cycles {
    const nested = this.#translate(line >> LINE_BITS);
    return nested + this.#load(line);
  }

  /** From a frame of the guest to one of the host: nothing on bare metal. */
  #translate(frame: number): Cycles {
    const host = this.#nested;
    if (host === undefined) return 0;
    let known = host.leaf;
    while (known < NESTED_LEVELS && this.#nestedCache.access(nestedKey(frame, known)) === 0) known++;
    let cycles = host.hit;
    this.#memory.at.now += cycles;
    for (let level = known - 1; level >= host.leaf; level--) {
      cycles += this.#load(host.tables.line(frame, level));
      this.#nestedCache.fill(nestedKey(frame, level), 1);
    }
    return cycles;
  }

  #load(line: number): Cycles {
    this.references++;
    const cycles = this.#spec.loadToUse + this.#memory.read(this.#core, line);
    this.#memory.at.now += cycles;
    return cycles;
  }
}

/** Key of the guest's entry at a level above the leaf that covers a page; parts begin in different sets. hot */
function cacheKey(part: number, vpn: number, tag: number, level: number): number {
  const prefix = (vpn >> (LEVEL_BITS * level)) ^ part;
  return keyOf(SMALL, prefix | (level << LEVEL_SHIFT) | (part << PART_SHIFT), tag);
}

/** Key of the host's entry at a level that covers a frame of the guest; the level takes the place of a tag. hot */
function nestedKey(frame: number, level: number): number {
  return keyOf(SMALL, frame >> (LEVEL_BITS * level), level + 1);
}
