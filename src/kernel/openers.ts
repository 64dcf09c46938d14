import { LINES_PER_PAGE } from '../sim/units.ts';
import type { FileSpec } from './abi.ts';
import { Channel, CHANNELS, makePipe, makeStream, type ChannelEnd } from './files/channel.ts';
import { DirectFile } from './files/direct.ts';
import { DiskFile } from './files/disk.ts';
import { Epoll } from './files/epoll.ts';
import { EventFd } from './files/eventfd.ts';
import type { KernelFile } from './files/file.ts';
import { LOG_PAGES, LogFile } from './files/log.ts';
import { NullFile } from './files/nullfile.ts';
import { PageCacheFile } from './files/pagecache.ts';
import { Socket } from './files/socket.ts';
import type { Kernel } from './kernel.ts';
import { SOCKET_LINES } from './port.ts';

type Paired = Extract<FileSpec, { kind: 'pipe' | 'unix' | 'tcp' }>;
type Kind = FileSpec['kind'];

/** Opens the files that processes have at start; the two ends of a pair may be in different processes. */
export class Opener {
  readonly #kernel: Kernel;
  readonly #pairs = new Map<string, readonly [ChannelEnd, ChannelEnd]>();
  /** First lines of cached files by their ids. */
  readonly #cached = new Map<number, number>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** A fresh file, or the end of a pair. */
  open<K extends Kind>(spec: Extract<FileSpec, { kind: K }>): KernelFile {
    const open = OPENERS[spec.kind] as (kernel: Kernel, spec: FileSpec, opener: Opener) => KernelFile;
    return open(this.#kernel, spec, this);
  }

  /** First line of the pages of a cached file, which all who open one of its id share. */
  pagesOf({ pages, id }: Extract<FileSpec, { kind: 'pagecache' }>): number {
    const first =
      (id === undefined ? undefined : this.#cached.get(id)) ?? this.#kernel.memory.data(pages * LINES_PER_PAGE);
    if (id !== undefined) this.#cached.set(id, first);
    return first;
  }

  /** One end of the pair that a spec names; the pair is made when it is first named. */
  endOf({ kind, id, end, nonblocking = false }: Paired): ChannelEnd {
    const key = `${kind} ${id}`;
    const pair = this.#pairs.get(key) ?? this.#pair(kind);
    this.#pairs.set(key, pair);
    pair[end].isNonblocking = nonblocking;
    return pair[end];
  }

  #pair(kind: Paired['kind']): readonly [ChannelEnd, ChannelEnd] {
    const lineOf = (lines: number): number => this.#kernel.memory.data(lines);
    return kind === 'pipe' ? makePipe(lineOf(Channel.lines(CHANNELS.pipe)), false) : makeStream(kind, lineOf, false);
  }
}

const endOfPair = (_kernel: Kernel, spec: Paired, opener: Opener): KernelFile => opener.endOf(spec);

const OPENERS: {
  readonly [K in Kind]: (kernel: Kernel, spec: Extract<FileSpec, { kind: K }>, opener: Opener) => KernelFile;
} = {
  socket: (kernel, { connection, nonblocking, sendBytes }) => {
    const socket = new Socket(connection, nonblocking, kernel.memory.data(SOCKET_LINES), sendBytes);
    kernel.host.network.bind(socket);
    return socket;
  },
  listener: (kernel) => kernel.host.network.listen(kernel.memory),
  epoll: () => new Epoll(),
  eventfd: (_kernel, { blocking = false }) => new EventFd(!blocking),
  pagecache: (_kernel, spec, opener) => new PageCacheFile(opener.pagesOf(spec), spec.pages, spec.folios === 'small'),
  disk: ({ memory, machine, host }, { pages, device: times, direct }) => {
    const device = machine.disks.deviceOf(times);
    if (direct === true) return new DirectFile(device, memory);
    return new DiskFile(memory.data(pages * LINES_PER_PAGE), pages, device, host.pageCaches.of(device));
  },
  log: (kernel) => new LogFile(kernel.memory.data(LOG_PAGES * LINES_PER_PAGE)),
  null: () => new NullFile(),
  pipe: endOfPair,
  unix: endOfPair,
  tcp: endOfPair,
};
