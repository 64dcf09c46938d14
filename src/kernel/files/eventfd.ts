import type { Core } from '../../hw/core.ts';
import { EAGAIN } from '../abi.ts';
import type { Thread } from '../thread.ts';
import { KernelFile, type FileHost } from './file.ts';

const COUNTER_BYTES = 8;

/** A counter that wakes readers; runtimes use it to interrupt their event loop. Nonblocking unless said otherwise. */
export class EventFd extends KernelFile {
  readonly #isNonblocking: boolean;
  #count = 0;

  constructor(isNonblocking = true) {
    super();
    this.#isNonblocking = isNonblocking;
  }

  override isReadable(): boolean {
    return this.#count > 0;
  }

  override read(host: FileHost, core: Core, thread: Thread, _bytes: number): number {
    if (!thread.isRestarted) host.runPath(core, 'eventRead');
    if (this.#count === 0) return this.#isNonblocking ? -EAGAIN : this.readers.sleep(thread);
    this.#count = 0;
    return COUNTER_BYTES;
  }

  override write(host: FileHost, core: Core, _thread: Thread, _bytes: number): number {
    host.runPath(core, 'eventWrite');
    this.#count++;
    this.announce(host, core);
    return COUNTER_BYTES;
  }
}
