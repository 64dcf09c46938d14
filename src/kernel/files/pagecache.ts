import type { Core } from '../../hw/core.ts';
import { LINES_PER_PAGE, PAGE_BYTES } from '../../sim/units.ts';
import type { PathName } from '../calls/paths.ts';
import type { Thread } from '../thread.ts';
import { KernelFile, type FileHost } from './file.ts';

/** A file whose pages are all in memory. Reads and writes copy from and to the page at `offset` (in pages). */
export class PageCacheFile extends KernelFile {
  readonly #firstLine: number;
  readonly #pages: number;
  readonly #hasSmallFolios: boolean;

  /** `hasSmallFolios`: each page is looked up by itself, not many at once. */
  constructor(firstLine: number, pages: number, hasSmallFolios = false) {
    super();
    this.#firstLine = firstLine;
    this.#pages = pages;
    this.#hasSmallFolios = hasSmallFolios;
  }

  override isReadable(): boolean {
    return true;
  }

  override read(host: FileHost, core: Core, thread: Thread, bytes: number, offset: number): number {
    host.runPath(core, 'cacheRead');
    this.#lookUpFurther(host, core, bytes, 'cacheReadPage');
    host.copyToUser(core, thread, this.#lineAt(offset), bytes);
    return bytes;
  }

  /** Under the lock of the inode, which reads do not take. */
  override write(host: FileHost, core: Core, thread: Thread, bytes: number, offset = 0): number {
    const lock = host.lockFile(core, this);
    host.runPath(core, 'cacheWrite');
    this.#lookUpFurther(host, core, bytes, 'cacheWritePage');
    host.copyFromUser(core, thread, this.#lineAt(offset), bytes);
    lock.release(core);
    return bytes;
  }

  /** Work on each page but the first. */
  #lookUpFurther(host: FileHost, core: Core, bytes: number, path: PathName): void {
    if (!this.#hasSmallFolios) return;
    for (let end = PAGE_BYTES; end < bytes; end += PAGE_BYTES) host.runPath(core, path);
  }

  #lineAt(offset: number): number {
    return this.#firstLine + (offset % this.#pages) * LINES_PER_PAGE;
  }
}
