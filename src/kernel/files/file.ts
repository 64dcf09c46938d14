import type { Core } from '../../hw/core.ts';
import type { Thread } from '../process.ts';
import type { Epoll } from './epoll.ts';
import { EBADF } from '../abi.ts';

/** Result of a call that put its thread to sleep; it is performed again when the thread wakes. */
export const BLOCKED = -(1 << 30);

/** What files ask of the kernel around them. */
export interface FileHost {
  /** Wakes a sleeping thread from work done on `core`. */
  wake(core: Core, thread: Thread): void;
  /** Copies bytes between kernel lines and the thread's buffer, through the caches. */
  copyToUser(core: Core, thread: Thread, fromLine: number, bytes: number): void;
  copyFromUser(core: Core, thread: Thread, toLine: number, bytes: number): void;
  /** Sends a message on a connection, with the cost of the protocol. */
  transmit(core: Core, connection: number, bytes: number): void;
}

/**
 * An open file. `read` and `write` return bytes, a negative errno, or BLOCKED after putting the thread on a wait queue.
 * Invariant: a sleeping thread stands in exactly one wait queue.
 */
export abstract class KernelFile {
  /** Epoll instances that watch this file, with the descriptor they know it by. */
  readonly watchers = new Map<Epoll, number>();
  readonly #readers: Thread[] = [];

  /** Whether a read would return at once. */
  isReadable(): boolean {
    return false;
  }

  read(_host: FileHost, _core: Core, _thread: Thread, _bytes: number, _offset: number): number {
    return -EBADF;
  }

  write(_host: FileHost, _core: Core, _thread: Thread, _bytes: number): number {
    return -EBADF;
  }

  /** Puts a reader to sleep until `announce`. */
  protected sleep(thread: Thread): number {
    this.#readers.push(thread);
    return BLOCKED;
  }

  /** Tells everybody who waits that the file became readable: first its readers, then watching epoll instances. */
  announce(host: FileHost, core: Core): void {
    const reader = this.#readers.shift();
    if (reader !== undefined) host.wake(core, reader);
    for (const [epoll, descriptor] of this.watchers) epoll.notify(host, core, descriptor);
  }
}
