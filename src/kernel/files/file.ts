import type { BlockDevice, BlockRequest } from '../../hw/blockdevice.ts';
import type { Receipt } from '../../hw/clientlink.ts';
import type { Core } from '../../hw/core.ts';
import type { Cycles } from '../../sim/units.ts';
import type { PathName } from '../calls/paths.ts';
import type { KernelLock } from '../lock.ts';
import type { Thread } from '../thread.ts';
import { EBADF } from '../abi.ts';
import { BLOCKED, WaitQueue } from '../waitqueue.ts';

export { BLOCKED };

/** What a socket asks about its client. */
export interface FlowControl {
  /** Bytes that clients accept unread on a connection. */
  readonly clientWindow: number;
  /** Bytes of a connection have been read. */
  opened(core: Core, connection: number, bytes: number): void;
  /** Has the socket told when the client's segment of a time comes. */
  expect(connection: number, time: Cycles): void;
}

/** What files ask of the kernel around them. */
export interface FileHost {
  /** Wakes a sleeping thread from work done on `core`. */
  wake(core: Core, thread: Thread): void;
  /** Copies bytes between kernel lines and the thread's buffer, through the caches. */
  copyToUser(core: Core, thread: Thread, fromLine: number, bytes: number): void;
  copyFromUser(core: Core, thread: Thread, toLine: number, bytes: number): void;
  /** Sends a message on a connection, with the cost of the protocol. */
  transmit(core: Core, connection: number, bytes: number): Receipt;
  /** Flow control of connections. */
  readonly network: FlowControl;
  /** Ends a connection. */
  disconnect(core: Core, connection: number): void;
  /** Runs a kernel path that is no system call, such as the read of a pipe or a layer of a protocol. */
  runPath(core: Core, name: PathName): void;
  /** Takes the lock of a file, or of what it shares with another, for a core; the caller releases it. */
  lockFile(core: Core, owner: object): KernelLock;
  /** Hands a request to a block device, when it has room. */
  submitBlock(core: Core, device: BlockDevice, request: BlockRequest): void;
  /** The present of a core in ns. */
  nowNs(core: Core): number;
  /** Calls `ring` on the core `ns` from now, from its timer interrupt. */
  after(core: Core, ns: number, ring: (core: Core) => void): void;
}

/** Events of a descriptor, as bits. Values of Linux. */
export const PollEvent = { In: 1, Out: 4 } as const;

/** Somebody who watches files without sleeping on them: an epoll instance, or a poll in progress. */
export interface Watcher {
  /** A watched file became ready for `events`; returns whether that woke a thread. */
  notify(host: FileHost, core: Core, descriptor: number, events: number): boolean;
  /** Whether one woken watcher of this kind is enough for an event of that descriptor (EPOLLEXCLUSIVE). */
  isExclusive(descriptor: number): boolean;
  /** The watched file has been closed. */
  forget(descriptor: number): void;
}

/**
 * An open file. `read` and `write` return bytes, a negative errno, or BLOCKED after putting the thread on a wait queue.
 * Offsets are pages.
 */
export abstract class KernelFile {
  /** Who watches this file, with the descriptor they know it by. */
  readonly watchers = new Map<Watcher, number>();
  readonly readers = new WaitQueue();
  readonly writers = new WaitQueue();
  /** Descriptors that stand for this file. */
  references = 1;

  /** Whether a read would return at once. */
  isReadable(): boolean {
    return false;
  }

  /** Whether a write would return at once: it finds room, or the other end closed. */
  isWritable(): boolean {
    return true;
  }

  /** Whether an epoll instance or a poll in progress watches this file. */
  get isWatched(): boolean {
    return this.watchers.size > 0;
  }

  /** Which of the events asked for have come. */
  readyEvents(asked: number): number {
    return asked & ((this.isReadable() ? PollEvent.In : 0) | (this.isWritable() ? PollEvent.Out : 0));
  }

  read(_host: FileHost, _core: Core, _thread: Thread, _bytes: number, _offset: number): number {
    return -EBADF;
  }

  write(_host: FileHost, _core: Core, _thread: Thread, _bytes: number, _offset = 0): number {
    return -EBADF;
  }

  /** Makes what was written last; returns 0, or BLOCKED while the device works. */
  sync(_host: FileHost, _core: Core, _thread: Thread): number {
    return 0;
  }

  /** Nobody watches a file any longer whose last descriptor is gone. Source: Linux fs/eventpoll.c, eventpoll_release. */
  release(): void {
    for (const [watcher, descriptor] of this.watchers) watcher.forget(descriptor);
    this.watchers.clear();
  }

  /** The last descriptor is gone. */
  close(_host: FileHost, _core: Core): void {}

  /** Tells everybody who waits that the file became readable: first its readers, then watchers. */
  announce(host: FileHost, core: Core): void {
    this.readers.wake(host, core, 1);
    this.#tell(host, core, PollEvent.In);
  }

  /** The same for room to write. */
  announceRoom(host: FileHost, core: Core): void {
    this.writers.wake(host, core, 1);
    this.#tell(host, core, PollEvent.Out);
  }

  /**
   * After a read or a write: what it leaves, data, room, or an end that is closed, is for the next who sleeps here, as an announcement wakes one alone.
   * Source: Linux fs/pipe.c, wake_next_reader and wake_next_writer.
   */
  protected passOn(host: FileHost, core: Core): void {
    if (this.readers.length > 0 && this.isReadable()) this.readers.wake(host, core, 1);
    if (this.writers.length > 0 && this.isWritable()) this.writers.wake(host, core, 1);
  }

  /** Watchers in the order in which they came; after an exclusive one that woke somebody, no other exclusive one hears of it. */
  #tell(host: FileHost, core: Core, events: number): void {
    let isServed = false;
    for (const [watcher, descriptor] of this.watchers) {
      const isExclusive = watcher.isExclusive(descriptor);
      if (isExclusive && isServed) continue;
      const hasWoken = watcher.notify(host, core, descriptor, events);
      if (isExclusive && hasWoken) isServed = true;
    }
  }
}
