import type { Core } from '../../hw/core.ts';
import { KernelFile, type FileHost } from './file.ts';

/** A listening socket: connections that were made and not yet accepted. */
export class Listener extends KernelFile {
  readonly #waiting: KernelFile[] = [];

  override isReadable(): boolean {
    return this.#waiting.length > 0;
  }

  override isWritable(): boolean {
    return false;
  }

  /** A connection was made; `file` is its end on this side. */
  queue(host: FileHost, core: Core, file: KernelFile): void {
    this.#waiting.push(file);
    this.announce(host, core);
  }

  /** The connection that has waited longest. */
  take(): KernelFile | undefined {
    return this.#waiting.shift();
  }
}
