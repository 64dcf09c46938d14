import type { BlockDevice } from '../../hw/blockdevice.ts';
import type { Core } from '../../hw/core.ts';
import type { StatsRegistry } from '../../sim/stats.ts';
import type { FileHost } from './file.ts';

/** Whose pages a cache holds. */
export interface PageOwner {
  /** Whether a page has to be written before it can go; it is being written from now on. */
  mustWrite(host: FileHost, core: Core, page: number): boolean;
  /** The page is gone. */
  evict(page: number): void;
}

/** A page in memory. */
interface CachedPage {
  readonly owner: PageOwner;
  readonly page: number;
  isReferenced: boolean;
}

/** Active pages for each inactive one, at most. Source: Linux inactive_is_low, for up to 1 GiB of cache. */
const ACTIVE_SHARE = 1;

/**
 * File pages in a memory of limited size, on two lists as in Linux (mm/swap.c, mm/vmscan.c): a page comes to the inactive one and moves to the active one
 * at its second use; the oldest inactive page goes first, after it has been written if it is dirty; the active list is trimmed to the length of the other.
 */
export class PageLists {
  readonly #capacity: number;
  readonly #onEvict: () => void;
  readonly #inactive = new Set<CachedPage>();
  readonly #active = new Set<CachedPage>();
  readonly #pages = new Map<PageOwner, Map<number, CachedPage>>();

  /** `capacity` in pages. */
  constructor(capacity: number, onEvict: () => void = () => {}) {
    this.#capacity = capacity;
    this.#onEvict = onEvict;
  }

  /** Pages in memory. */
  get size(): number {
    return this.#inactive.size + this.#active.size;
  }

  /** A use of a page: brings it in, or notes that it is used again. */
  use(owner: PageOwner, page: number): void {
    const cached = this.#known(owner).get(page);
    if (cached === undefined) this.#add(owner, page, true);
    else if (this.#inactive.has(cached)) this.#promote(cached);
  }

  /** Brings a page in that was read ahead and not used yet. */
  bring(owner: PageOwner, page: number): void {
    if (!this.#known(owner).has(page)) this.#add(owner, page, false);
  }

  /** Evicts until the pages fit. Dirty ones are passed over while they are written: call again when that is done. */
  shrink(host: FileHost, core: Core): void {
    for (let left = this.size; left > 0 && this.size > this.#capacity; left--) {
      this.#balance();
      const [oldest] = this.#inactive;
      this.#inactive.delete(oldest);
      if (oldest.owner.mustWrite(host, core, oldest.page)) this.#inactive.add(oldest);
      else this.#evict(oldest);
    }
  }

  #add(owner: PageOwner, page: number, isReferenced: boolean): void {
    const cached = { owner, page, isReferenced };
    this.#known(owner).set(page, cached);
    this.#inactive.add(cached);
  }

  #promote(cached: CachedPage): void {
    if (cached.isReferenced) {
      this.#inactive.delete(cached);
      this.#active.add(cached);
    }
    cached.isReferenced = !cached.isReferenced;
  }

  #balance(): void {
    while (this.#active.size > this.#inactive.size * ACTIVE_SHARE) {
      const [oldest] = this.#active;
      this.#active.delete(oldest);
      oldest.isReferenced = false;
      this.#inactive.add(oldest);
    }
  }

  #evict({ owner, page }: CachedPage): void {
    this.#known(owner).delete(page);
    owner.evict(page);
    this.#onEvict();
  }

  #known(owner: PageOwner): Map<number, CachedPage> {
    const known = this.#pages.get(owner);
    if (known !== undefined) return known;
    const pages = new Map<number, CachedPage>();
    this.#pages.set(owner, pages);
    return pages;
  }
}

/** The memory for pages of each device, where it is limited. */
export class PageCaches {
  readonly #lists = new Map<BlockDevice, PageLists>();
  readonly #onEvict: () => void;

  constructor(stats: StatsRegistry) {
    const { values } = stats;
    const evicted = stats.counter('kernel.pageCache.evicted', 'count', 'File pages that left memory for others');
    this.#onEvict = () => void values[evicted]++;
  }

  /** The memory for the pages of a device; undefined where all of them have room. */
  of(device: BlockDevice): PageLists | undefined {
    const { cachePages } = device.spec;
    if (cachePages === undefined) return undefined;
    const known = this.#lists.get(device) ?? new PageLists(cachePages, this.#onEvict);
    this.#lists.set(device, known);
    return known;
  }
}
