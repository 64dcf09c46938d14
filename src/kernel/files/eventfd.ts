import type { Core } from '../../hw/core.ts';
import { EAGAIN } from '../abi.ts';
import type { Thread } from '../process.ts';
import { KernelFile, type FileHost } from './file.ts';

const COUNTER_BYTES = 8;

/** A counter that wakes readers; runtimes use it to interrupt their event loop. Nonblocking. */
export class EventFd extends KernelFile {
  #count = 0;

  override isReadable(): boolean {
    return this.#count > 0;
  }

  override read(_host: FileHost, _core: Core, _thread: Thread, _bytes: number): number {
    if (this.#count === 0) return -EAGAIN;
    this.#count = 0;
    return COUNTER_BYTES;
  }

  override write(host: FileHost, core: Core, _thread: Thread, _bytes: number): number {
    this.#count++;
    this.announce(host, core);
    return COUNTER_BYTES;
  }
}
