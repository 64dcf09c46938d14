import type { Core } from '../../hw/core.ts';
import { LINE_BYTES, LINES_PER_PAGE } from '../../sim/units.ts';
import type { Thread } from '../thread.ts';
import { KernelFile, type FileHost } from './file.ts';

/** Pages of the log kept in the model's page cache; older ones are written back and reused. */
export const LOG_PAGES = 256;

/** An append-only file in the page cache: each write goes to the next lines, under the lock of its inode. */
export class LogFile extends KernelFile {
  readonly #firstLine: number;
  #offset = 0;

  constructor(firstLine: number) {
    super();
    this.#firstLine = firstLine;
  }

  override write(host: FileHost, core: Core, thread: Thread, bytes: number): number {
    const lock = host.lockFile(core, this);
    host.runPath(core, 'cacheWrite');
    const line = Math.floor(this.#offset / LINE_BYTES) % (LOG_PAGES * LINES_PER_PAGE);
    host.copyFromUser(core, thread, this.#firstLine + line, bytes);
    this.#offset += bytes;
    lock.release(core);
    return bytes;
  }
}
