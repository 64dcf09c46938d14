import type { Core } from '../../hw/core.ts';
import { LINES_PER_PAGE } from '../../sim/units.ts';
import type { Thread } from '../process.ts';
import { KernelFile, type FileHost } from './file.ts';

/** A file whose pages are all in memory. Reads copy from the page at `offset` (in pages). */
export class PageCacheFile extends KernelFile {
  readonly #firstLine: number;
  readonly #pages: number;

  constructor(firstLine: number, pages: number) {
    super();
    this.#firstLine = firstLine;
    this.#pages = pages;
  }

  override read(host: FileHost, core: Core, thread: Thread, bytes: number, offset: number): number {
    host.copyToUser(core, thread, this.#firstLine + (offset % this.#pages) * LINES_PER_PAGE, bytes);
    return bytes;
  }
}
