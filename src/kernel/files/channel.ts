import type { Core } from '../../hw/core.ts';
import { LINE_BYTES } from '../../sim/units.ts';
import { EAGAIN, EPIPE } from '../abi.ts';
import type { PathName } from '../calls/paths.ts';
import type { Thread } from '../thread.ts';
import { KernelFile, type FileHost } from './file.ts';

/** Room of a channel and what its two directions run. */
export interface ChannelKind {
  readonly capacity: number;
  /** Largest write that is not split: it waits until all of it has room. */
  readonly atomicBytes: number;
  readonly read: PathName;
  readonly write: PathName;
  /** Paths between the ends: layers of a protocol. */
  readonly between: readonly PathName[];
}

/**
 * Kinds of channels by name, with the limits of Linux: pipes hold 16 pages and write 4096 bytes whole (pipe(7)); stream sockets hold
 * net.core.wmem_default 212992 bytes; loopback TCP starts with a window of tcp_rmem 131072 bytes.
 */
export const CHANNELS = {
  pipe: { capacity: 65_536, atomicBytes: 4096, read: 'pipeRead', write: 'pipeWrite', between: [] },
  unix: { capacity: 212_992, atomicBytes: 1, read: 'unixRead', write: 'unixWrite', between: [] },
  tcp: {
    capacity: 131_072,
    atomicBytes: 1,
    read: 'socketRead',
    write: 'socketWrite',
    between: ['transmit', 'receive'],
  },
} as const satisfies Record<string, ChannelKind>;

/** Bytes on their way in one direction. */
export class Channel {
  readonly kind: ChannelKind;
  readonly bufferLine: number;
  bytes = 0;
  /** Set when one of the ends is closed. */
  isClosed = false;

  /** `bufferLine`: kernel lines of the buffer, `capacity` bytes. */
  constructor(kind: ChannelKind, bufferLine: number) {
    this.kind = kind;
    this.bufferLine = bufferLine;
  }

  /** Lines that a channel of a kind takes. */
  static lines(kind: ChannelKind): number {
    return Math.ceil(kind.capacity / LINE_BYTES);
  }

  get room(): number {
    return this.kind.capacity - this.bytes;
  }
}

/** One end of a pipe or of a stream socket: reads from one channel, writes to the other; either may be missing. */
export class ChannelEnd extends KernelFile {
  /** O_NONBLOCK; fcntl toggles it. */
  isNonblocking: boolean;
  /** The file that reads what this one writes and the other way round. */
  peer: ChannelEnd | undefined = undefined;
  readonly #in: Channel | undefined;
  readonly #out: Channel | undefined;

  constructor(incoming: Channel | undefined, outgoing: Channel | undefined, isNonblocking: boolean) {
    super();
    this.#in = incoming;
    this.#out = outgoing;
    this.isNonblocking = isNonblocking;
  }

  override isReadable(): boolean {
    return this.#in !== undefined && (this.#in.bytes > 0 || this.#in.isClosed);
  }

  override isWritable(): boolean {
    return this.#out !== undefined && (this.#out.isClosed || this.#out.room >= this.#out.kind.atomicBytes);
  }

  override read(host: FileHost, core: Core, thread: Thread, bytes: number): number {
    const channel = this.#in;
    if (channel === undefined) return super.read(host, core, thread, bytes, 0);
    const lock = host.lockFile(core, channel);
    if (!thread.isRestarted) host.runPath(core, channel.kind.read);
    const result = this.#take(host, core, thread, bytes, channel);
    this.passOn(host, core);
    lock.release(core);
    return result;
  }

  override write(host: FileHost, core: Core, thread: Thread, bytes: number): number {
    const channel = this.#out;
    if (channel === undefined) return super.write(host, core, thread, bytes);
    const lock = host.lockFile(core, channel);
    if (!thread.isRestarted) host.runPath(core, channel.kind.write);
    const result = this.#put(host, core, thread, bytes, channel);
    this.passOn(host, core);
    lock.release(core);
    return result;
  }

  /** Ends both directions: readers see the end, writers EPIPE. */
  override close(host: FileHost, core: Core): void {
    for (const channel of [this.#in, this.#out]) if (channel !== undefined) channel.isClosed = true;
    this.peer?.announce(host, core);
    this.peer?.announceRoom(host, core);
  }

  #take(host: FileHost, core: Core, thread: Thread, bytes: number, channel: Channel): number {
    if (channel.bytes === 0) {
      if (channel.isClosed) return 0;
      return this.isNonblocking ? -EAGAIN : this.readers.sleep(thread);
    }
    const wasFull = channel.room < channel.kind.atomicBytes;
    const taken = Math.min(bytes, channel.bytes);
    host.copyToUser(core, thread, channel.bufferLine, taken);
    channel.bytes -= taken;
    // A writer is told when a full channel has room again, not at every read. Source: Linux fs/pipe.c, sock_def_write_space.
    if (wasFull && channel.room >= channel.kind.atomicBytes) this.peer?.announceRoom(host, core);
    return taken;
  }

  // A blocking write returns when all is written; what has been written before it sleeps is kept in the thread.
  #put(host: FileHost, core: Core, thread: Thread, bytes: number, channel: Channel): number {
    const { atomicBytes } = channel.kind;
    while (thread.progress < bytes) {
      if (channel.isClosed) return thread.progress > 0 ? thread.progress : -EPIPE;
      const left = bytes - thread.progress;
      const isRefused = channel.room === 0 || (left <= atomicBytes && channel.room < left);
      if (isRefused && !this.isNonblocking) return this.writers.sleep(thread);
      if (isRefused) return thread.progress > 0 ? thread.progress : -EAGAIN;
      this.#fill(host, core, thread, Math.min(left, channel.room), channel);
    }
    return bytes;
  }

  #fill(host: FileHost, core: Core, thread: Thread, bytes: number, channel: Channel): void {
    const wasEmpty = channel.bytes === 0;
    host.copyFromUser(core, thread, channel.bufferLine, bytes);
    channel.bytes += bytes;
    thread.progress += bytes;
    for (const path of channel.kind.between) host.runPath(core, path);
    // Whoever sleeps does so at an empty channel; who watches hears of each write. Source: Linux fs/pipe.c, poll_usage; unix_stream_sendmsg.
    if (wasEmpty || channel.kind.between.length > 0 || this.peer?.isWatched === true) this.peer?.announce(host, core);
  }
}

/** A pipe: its end to read and its end to write. `line` is fresh kernel memory of `Channel.lines(CHANNELS.pipe)` lines. */
export function makePipe(line: number, isNonblocking: boolean): readonly [ChannelEnd, ChannelEnd] {
  const channel = new Channel(CHANNELS.pipe, line);
  return paired(new ChannelEnd(channel, undefined, isNonblocking), new ChannelEnd(undefined, channel, isNonblocking));
}

/** Two connected stream sockets; `lineOf` gives fresh kernel memory of so many lines. */
export function makeStream(
  name: 'unix' | 'tcp',
  lineOf: (lines: number) => number,
  isNonblocking: boolean,
): readonly [ChannelEnd, ChannelEnd] {
  const kind = CHANNELS[name];
  const there = new Channel(kind, lineOf(Channel.lines(kind)));
  const back = new Channel(kind, lineOf(Channel.lines(kind)));
  return paired(new ChannelEnd(back, there, isNonblocking), new ChannelEnd(there, back, isNonblocking));
}

function paired(one: ChannelEnd, other: ChannelEnd): readonly [ChannelEnd, ChannelEnd] {
  one.peer = other;
  other.peer = one;
  return [one, other];
}
