import type { BlockDevice } from '../../hw/blockdevice.ts';
import type { Core } from '../../hw/core.ts';
import type { RequestKind } from '../../hw/storage.ts';
import { LINES_PER_PAGE, PAGE_BYTES } from '../../sim/units.ts';
import type { Thread } from '../thread.ts';
import { WaitQueue } from '../waitqueue.ts';
import { KernelFile, type FileHost } from './file.ts';
import type { PageLists, PageOwner } from './pagelists.ts';
import { Readahead, type Window } from './readahead.ts';

/** Dirty pages at which write-back begins, and at which writers wait: shares of the file. Source: Linux vm.dirty_background_ratio and vm.dirty_ratio, 10 and 20 %. */
const BACKGROUND_SHARE = 0.1;
const LIMIT_SHARE = 0.2;
/** Most pages of a request, 1280 KiB. Source: Linux BLK_DEF_MAX_SECTORS. */
const REQUEST_PAGES = 320;

/**
 * A file on a device, with pages in memory that were read, read ahead or written. A read of a missing page sleeps until the device has
 * delivered it; written pages are dirty until they are written back, from the background share on, when a writer has to wait at the limit, or at fsync.
 * What has been written back lies in the device's own cache until it is flushed, if the device has one that forgets.
 */
export class DiskFile extends KernelFile implements PageOwner {
  readonly #firstLine: number;
  readonly #pages: number;
  readonly #device: BlockDevice;
  /** Absent where all pages of the device's files have room in memory. */
  readonly #memory: PageLists | undefined;
  readonly #resident: Uint8Array;
  readonly #requested: Uint8Array;
  readonly #dirty = new Set<number>();
  readonly #readahead = new Readahead();
  override readonly readers = new WaitQueue(false);
  override readonly writers = new WaitQueue(false);
  readonly #syncers = new WaitQueue(false);
  readonly #underway = new Set<number>();
  #writing = 0;
  #isVolatile = false;
  #isFlushing = false;

  /** `firstLine`: kernel lines for `pages` pages. */
  constructor(firstLine: number, pages: number, device: BlockDevice, memory?: PageLists) {
    super();
    this.#firstLine = firstLine;
    this.#pages = pages;
    this.#device = device;
    this.#memory = memory;
    this.#resident = new Uint8Array(pages);
    this.#requested = new Uint8Array(pages);
  }

  override isReadable(): boolean {
    return true;
  }

  /** Pages that would be lost without power. */
  get dirtyPages(): number {
    return this.#dirty.size + this.#writing;
  }

  override read(host: FileHost, core: Core, thread: Thread, bytes: number, offset: number): number {
    const [page, pages] = [offset % this.#pages, this.#span(offset, bytes)];
    if (!thread.isRestarted) host.runPath(core, 'cacheRead');
    const missing = this.#firstMissing(page, pages);
    if (missing >= 0) {
      if (this.#requested[missing] === 0)
        this.#fetch(host, core, this.#readahead.onMiss(missing, page + pages - missing, this.#pages));
      return this.readers.sleep(thread);
    }
    this.#readahead.onRead(page, pages);
    this.#use(host, core, page, pages);
    host.copyToUser(core, thread, this.#firstLine + page * LINES_PER_PAGE, bytes);
    return bytes;
  }

  override write(host: FileHost, core: Core, thread: Thread, bytes: number, offset = 0): number {
    const [page, pages] = [offset % this.#pages, this.#span(offset, bytes)];
    if (this.dirtyPages + pages > Math.max(pages, this.#pages * LIMIT_SHARE)) {
      this.#writeBack(host, core);
      return this.writers.sleep(thread);
    }
    const lock = host.lockFile(core, this);
    host.runPath(core, 'cacheWrite');
    host.copyFromUser(core, thread, this.#firstLine + page * LINES_PER_PAGE, bytes);
    for (let i = page; i < page + pages; i++) this.#dirty.add(i);
    this.#resident.fill(1, page, page + pages);
    this.#use(host, core, page, pages);
    lock.release(core);
    if (this.#dirty.size > this.#pages * BACKGROUND_SHARE) this.#writeBack(host, core);
    return bytes;
  }

  /** fsync: sleeps until nothing is dirty and the device has flushed what it was given. */
  override sync(host: FileHost, core: Core, thread: Thread): number {
    if (this.dirtyPages > 0) this.#writeBack(host, core);
    else if (this.#isVolatile) this.#flush(host, core);
    else if (!this.#isFlushing) return 0;
    return this.#syncers.sleep(thread);
  }

  /** Whether a page cannot leave memory yet: it is being written, from now on if it was dirty. */
  mustWrite(host: FileHost, core: Core, page: number): boolean {
    if (this.#dirty.has(page)) this.#writeBack(host, core);
    return this.#underway.has(page);
  }

  /** The page has left memory: the next read fetches it again. */
  evict(page: number): void {
    this.#resident[page] = this.#requested[page] = 0;
  }

  #use(host: FileHost, core: Core, page: number, pages: number): void {
    if (this.#memory === undefined) return;
    for (let i = page; i < page + pages; i++) this.#memory.use(this, i);
    this.#memory.shrink(host, core);
  }

  #span(offset: number, bytes: number): number {
    return Math.min(Math.max(1, Math.ceil(bytes / PAGE_BYTES)), this.#pages - (offset % this.#pages));
  }

  #firstMissing(page: number, pages: number): number {
    for (let i = page; i < page + pages; i++) if (this.#resident[i] === 0) return i;
    return -1;
  }

  #fetch(host: FileHost, core: Core, { first, pages }: Window): void {
    this.#requested.fill(1, first, first + pages);
    this.#request(host, core, 'read', pages, (then) => {
      this.#resident.fill(1, first, first + pages);
      for (let i = first; i < first + pages; i++) this.#memory?.bring(this, i);
      this.#memory?.shrink(host, then);
      this.readers.wake(host, then, this.readers.length);
    });
  }

  /** Gives all dirty pages to the device, neighbours together. */
  #writeBack(host: FileHost, core: Core): void {
    const dirty = [...this.#dirty].sort((a, b) => a - b);
    this.#dirty.clear();
    this.#writing += dirty.length;
    for (const page of dirty) this.#underway.add(page);
    for (let at = 0; at < dirty.length;) {
      const pages = runLength(dirty, at);
      const first = dirty[at];
      at += pages;
      this.#request(host, core, 'write', pages, (then) => this.#written(host, then, first, pages));
    }
  }

  #written(host: FileHost, core: Core, first: number, pages: number): void {
    this.#writing -= pages;
    for (let page = first; page < first + pages; page++) this.#underway.delete(page);
    this.#isVolatile = this.#device.spec.media.flush > 0;
    this.writers.wake(host, core, this.writers.length);
    if (this.#writing === 0) this.#syncers.wake(host, core, this.#syncers.length);
    this.#memory?.shrink(host, core);
  }

  #flush(host: FileHost, core: Core): void {
    this.#isVolatile = false;
    this.#isFlushing = true;
    this.#request(host, core, 'flush', 0, (then) => {
      this.#isFlushing = false;
      this.#syncers.wake(host, then, this.#syncers.length);
    });
  }

  #request(host: FileHost, core: Core, kind: RequestKind, pages: number, done: (core: Core) => void): void {
    host.submitBlock(core, this.#device, { kind, bytes: pages * PAGE_BYTES, core: core.id, done });
  }
}

/** How many of the pages from `at` on are neighbours that fit into a request. */
function runLength(pages: readonly number[], at: number): number {
  let length = 1;
  while (length < REQUEST_PAGES && pages[at + length] === pages[at] + length) length++;
  return length;
}
