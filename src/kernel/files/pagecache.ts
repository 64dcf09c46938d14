import type { Core } from '../../hw/core.ts';
import { LINES_PER_PAGE } from '../../sim/units.ts';
import type { Thread } from '../thread.ts';
import { KernelFile, type FileHost } from './file.ts';

/** A file whose pages are all in memory. Reads and writes copy from and to the page at `offset` (in pages). */
export class PageCacheFile extends KernelFile {
  readonly #firstLine: number;
  readonly #pages: number;

  constructor(firstLine: number, pages: number) {
    super();
    this.#firstLine = firstLine;
    this.#pages = pages;
  }

  override isReadable(): boolean {
    return true;
  }

  override read(host: FileHost, core: Core, thread: Thread, bytes: number, offset: number): number {
    host.runPath(core, 'cacheRead');
    host.copyToUser(core, thread, this.#lineAt(offset), bytes);
    return bytes;
  }

  /** Under the lock of the inode, which reads do not take. */
  override write(host: FileHost, core: Core, thread: Thread, bytes: number, offset = 0): number {
    const lock = host.lockFile(core, this);
    host.runPath(core, 'cacheWrite');
    host.copyFromUser(core, thread, this.#lineAt(offset), bytes);
    lock.release(core);
    return bytes;
  }

  #lineAt(offset: number): number {
    return this.#firstLine + (offset % this.#pages) * LINES_PER_PAGE;
  }
}
