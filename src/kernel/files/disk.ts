import type { Core } from '../../hw/core.ts';
import { LINES_PER_PAGE, PAGE_BYTES } from '../../sim/units.ts';
import type { Thread } from '../process.ts';
import { KernelFile, type FileHost } from './file.ts';
import { Readahead, type Window } from './readahead.ts';

/** A block device: time to its first byte, and for each page behind it [ns]. */
export interface DiskTimes {
  readonly latencyNs: number;
  readonly pageNs: number;
}

/** Dirty pages at which write-back begins, and at which writers wait: shares of the file. Source: Linux vm.dirty_background_ratio and vm.dirty_ratio, 10 and 20 %. */
const BACKGROUND_SHARE = 0.1;
const LIMIT_SHARE = 0.2;

/**
 * A file on a device, with pages in memory that were read, read ahead or written. A read of a missing page sleeps until the device has
 * delivered it; written pages are dirty until they are written back, from the background share on, when a writer has to wait at the limit, or at fsync.
 * The device serves one request after the other.
 */
export class DiskFile extends KernelFile {
  readonly #firstLine: number;
  readonly #pages: number;
  readonly #times: DiskTimes;
  readonly #resident: Uint8Array;
  readonly #requested: Uint8Array;
  readonly #dirty = new Set<number>();
  readonly #readahead = new Readahead();
  #writing = 0;
  #busyUntilNs = 0;

  /** `firstLine`: kernel lines for `pages` pages. */
  constructor(firstLine: number, pages: number, times: DiskTimes) {
    super();
    this.#firstLine = firstLine;
    this.#pages = pages;
    this.#times = times;
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
    lock.release(core);
    if (this.#dirty.size > this.#pages * BACKGROUND_SHARE) this.#writeBack(host, core);
    return bytes;
  }

  /** fsync: sleeps until nothing is dirty. */
  override sync(host: FileHost, core: Core, thread: Thread): number {
    if (this.dirtyPages === 0) return 0;
    this.#writeBack(host, core);
    return this.writers.sleep(thread);
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
    this.#transfer(host, core, pages, (then) => {
      this.#resident.fill(1, first, first + pages);
      this.readers.wake(host, then, this.readers.length);
    });
  }

  #writeBack(host: FileHost, core: Core): void {
    const pages = this.#dirty.size;
    if (pages === 0) return;
    this.#dirty.clear();
    this.#writing += pages;
    this.#transfer(host, core, pages, (then) => {
      this.#writing -= pages;
      this.writers.wake(host, then, this.writers.length);
    });
  }

  /** Hands a request to the device; `done` runs from its interrupt, with the work of the block layer before it. */
  #transfer(host: FileHost, core: Core, pages: number, done: (core: Core) => void): void {
    host.runPath(core, 'blockSubmit');
    const now = host.nowNs(core);
    this.#busyUntilNs = Math.max(now, this.#busyUntilNs) + this.#times.latencyNs + pages * this.#times.pageNs;
    host.after(core, this.#busyUntilNs - now, (then) => {
      host.runPath(then, 'blockComplete');
      done(then);
    });
  }
}
