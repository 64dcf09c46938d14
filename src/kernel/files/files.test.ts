import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { bareMachine } from '../../../test/model/support.ts';
import { bootToy, processOf } from '../../../test/model/toysystem.ts';
import type { Core } from '../../hw/core.ts';
import { LINES_PER_PAGE } from '../../sim/units.ts';
import { EAGAIN, EBADF } from '../abi.ts';
import type { KernelLock } from '../lock.ts';
import { Thread } from '../thread.ts';
import { ORDINARY } from '../sched/task.ts';
import { Epoll } from './epoll.ts';
import { EventFd } from './eventfd.ts';
import { BLOCKED, type FileHost } from './file.ts';
import { LogFile, LOG_PAGES } from './log.ts';
import { PageCacheFile } from './pagecache.ts';
import { Socket } from './socket.ts';

/** A kernel that writes down what files ask of it. */
class LoggingHost implements FileHost {
  readonly log: string[] = [];

  wake(_core: Core, thread: Thread): void {
    this.log.push(`wake ${thread.tid}`);
  }
  copyToUser(_core: Core, _thread: Thread, fromLine: number, bytes: number): void {
    this.log.push(`to user ${bytes} from ${fromLine}`);
  }
  copyFromUser(_core: Core, _thread: Thread, toLine: number, bytes: number): void {
    this.log.push(`from user ${bytes} to ${toLine}`);
  }
  readonly network = { clientWindow: Infinity, opened: () => {}, expect: () => {} };
  transmit(_core: Core, connection: number, bytes: number) {
    this.log.push(`transmit ${connection} ${bytes}`);
    return { acknowledgedAt: 0, readAt: 0 };
  }
  disconnect(): void {}
  submitBlock(): void {}
  readonly paths: string[] = [];
  runPath(_core: Core, name: string): void {
    this.paths.push(name);
  }
  after(): void {}
  nowNs(): number {
    return 0;
  }
  lockFile(): KernelLock {
    return { acquire: () => {}, release: () => {} } as unknown as KernelLock;
  }
}

const BUFFER = 1000;
const [process] = bootToy([processOf([])]).processes;
const [core] = bareMachine().machine.cores;
const threads = [1, 2, 3].map((tid) => new Thread(tid, `t${tid}`, process, ORDINARY, 0, 0));
const [first, second] = threads;
let host = new LoggingHost();
beforeEach(() => {
  host = new LoggingHost();
});

describe('PageCacheFile', () => {
  it('looks each further page up by itself where folios are small: a read of 10 000 bytes 2 of them, of 4096 none', () => {
    for (const bytes of [10_000, 4096]) new PageCacheFile(0, 3, true).read(host, core, first, bytes, 0);

    expect(host.paths).toEqual(['cacheRead', 'cacheReadPage', 'cacheReadPage', 'cacheRead']);
  });

  it('looks pages up all at once where folios are large: a write of 10 000 bytes is one path', () => {
    new PageCacheFile(0, 3).write(host, core, first, 10_000);

    expect(host.paths).toEqual(['cacheWrite']);
  });
});

describe('Socket', () => {
  it('without data answers a read with EAGAIN if it is nonblocking, else puts the reader to sleep', () => {
    expect(new Socket(0, true, BUFFER).read(host, core, first, 10)).toBe(-EAGAIN);
    expect(new Socket(0, false, BUFFER).read(host, core, first, 10)).toBe(BLOCKED);
  });

  it('gives what has arrived up to the bytes asked for: 100 + 50 arrived, reads of 120 give 120, then 30', () => {
    const socket = new Socket(0, true, BUFFER);
    socket.receive(host, core, 100);
    socket.receive(host, core, 50);

    const read = [120, 120, 120].map((bytes) => socket.read(host, core, first, bytes));

    expect(read).toEqual([120, 30, -EAGAIN]);
    expect(host.log).toEqual([`to user 120 from ${BUFFER}`, `to user 30 from ${BUFFER}`]);
  });

  it('wakes one sleeping reader for each message, first come first woken', () => {
    const socket = new Socket(0, false, BUFFER);
    socket.read(host, core, second, 10);
    socket.read(host, core, first, 10);

    for (let i = 0; i < 3; i++) socket.receive(host, core, 1);

    expect(host.log).toEqual(['wake 2', 'wake 1']);
  });

  it('copies what is written from the user, then sends it', () => {
    expect(new Socket(7, true, BUFFER).write(host, core, first, 64)).toBe(64);

    expect(host.log).toEqual([`from user 64 to ${BUFFER}`, 'transmit 7 64']);
  });
});

describe('EventFd', () => {
  it('is readable once after any number of writes: 8 bytes, then EAGAIN', () => {
    const eventfd = new EventFd();
    const empty = eventfd.read(host, core, first, 8);

    for (let i = 0; i < 3; i++) expect(eventfd.write(host, core, first, 8)).toBe(8);

    expect([empty, eventfd.read(host, core, first, 8), eventfd.read(host, core, first, 8)]).toEqual([
      -EAGAIN,
      8,
      -EAGAIN,
    ]);
  });
});

describe('files of the page cache', () => {
  it('are read from the page at the offset, modulo their 4 pages', () => {
    const file = new PageCacheFile(BUFFER, 4);

    for (const offset of [0, 3, 5]) expect(file.read(host, core, first, 4096, offset)).toBe(4096);

    expect(host.log).toEqual([0, 3, 1].map((page) => `to user 4096 from ${BUFFER + page * LINES_PER_PAGE}`));
  });

  it('that are logs are written line after line and wrap after their 256 pages', () => {
    const log = new LogFile(BUFFER);
    const [chunk, chunks] = [LINES_PER_PAGE * 64, LOG_PAGES + 1];

    for (let i = 0; i < chunks; i++) log.write(host, core, first, chunk);

    expect(host.log.slice(0, 2)).toEqual(
      [BUFFER, BUFFER + LINES_PER_PAGE].map((line) => `from user ${chunk} to ${line}`),
    );
    expect(host.log.at(-1)).toBe(`from user ${chunk} to ${BUFFER}`);
  });

  it('cannot be used the other way: EBADF', () => {
    expect(new LogFile(0).read(host, core, first, 1, 0)).toBe(-EBADF);
    expect(new Epoll().read(host, core, first, 1, 0)).toBe(-EBADF);
  });
});

/** An epoll instance with three sockets under the descriptors 10, 11 and 12. */
function watched(): { epoll: Epoll; sockets: Socket[] } {
  const epoll = new Epoll();
  const sockets = [0, 1, 2].map((connection) => new Socket(connection, true, BUFFER));
  sockets.forEach((socket, i) => epoll.add(host, core, 10 + i, socket));
  return { epoll, sockets };
}

/** Descriptors that a wait returns at once. */
function poll(epoll: Epoll, max = 16): number[] {
  const count = epoll.wait(host, core, first, max, 0);
  return [...first.ready.subarray(0, count)];
}

describe('Epoll', () => {
  it('reports a descriptor as long as it stays readable (level-triggered), and not after that', () => {
    const { epoll, sockets } = watched();
    sockets[1].receive(host, core, 20);

    expect([poll(epoll), poll(epoll)]).toEqual([[11], [11]]);
    sockets[1].read(host, core, first, 15);
    expect(poll(epoll)).toEqual([11]);
    sockets[1].read(host, core, first, 15);
    expect(poll(epoll)).toEqual([]);
  });

  it('reports in the order of arrival, each descriptor once however often it was announced', () => {
    const { epoll, sockets } = watched();
    for (const i of [2, 0, 2, 2]) sockets[i].receive(host, core, 1);

    expect(poll(epoll)).toEqual([12, 10]);
  });

  it('takes turns when asked for fewer than are ready: 10, 11, 12, 10', () => {
    const { epoll, sockets } = watched();
    for (const socket of sockets) socket.receive(host, core, 1);

    expect([1, 1, 1, 1].flatMap((max) => poll(epoll, max))).toEqual([10, 11, 12, 10]);
  });

  it('reports a socket that was readable before it was added', () => {
    const epoll = new Epoll();
    const socket = new Socket(0, true, BUFFER);
    socket.receive(host, core, 1);

    epoll.add(host, core, 5, socket);

    expect(poll(epoll)).toEqual([5]);
  });

  it('reports nothing of a removed descriptor, ready or not', () => {
    const { epoll, sockets } = watched();
    sockets[0].receive(host, core, 1);

    for (const descriptor of [10, 11, 99]) epoll.remove(descriptor);
    sockets[1].receive(host, core, 1);

    expect(poll(epoll)).toEqual([]);
    expect(host.log).toEqual([]);
  });

  it('puts waiters to sleep without ready descriptors and wakes one for each announcement, first come first woken', () => {
    const { epoll, sockets } = watched();
    expect([epoll.wait(host, core, second, 16, -1), epoll.wait(host, core, first, 16, -1)]).toEqual([BLOCKED, BLOCKED]);

    for (let i = 0; i < 3; i++) sockets[0].receive(host, core, 1);

    expect(host.log).toEqual(['wake 2', 'wake 1']);
  });

  it('serves a file watched by two instances to both, and tells its own sleeping reader first', () => {
    const [left, right, socket] = [new Epoll(), new Epoll(), new Socket(0, false, BUFFER)];
    left.add(host, core, 1, socket);
    right.add(host, core, 2, socket);
    socket.read(host, core, first, 1);
    left.wait(host, core, second, 16, -1);
    right.wait(host, core, threads[2], 16, -1);

    socket.receive(host, core, 1);

    expect(host.log).toEqual(['wake 1', 'wake 2', 'wake 3']);
    expect([poll(left), poll(right)]).toEqual([[1], [2]]);
  });

  it('always reports exactly the watched sockets that hold data, in 60 random operations', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60, size: 'max' }), (operations) => {
        const { epoll, sockets } = watched();
        const model = { held: [0, 0, 0], watching: new Set([0, 1, 2]) };
        for (const [name, i] of operations) {
          OPERATIONS[name](epoll, sockets[i], i, model);
          const expected = [0, 1, 2].filter((j) => model.watching.has(j) && model.held[j] > 0).map((j) => 10 + j);
          expect(poll(epoll, 1)).toHaveLength(Math.min(1, expected.length));
          expect(poll(epoll).sort((a, b) => a - b)).toEqual(expected);
        }
      }),
    );
  });
});

interface Model {
  /** Bytes that each socket holds, and which sockets are watched. */
  readonly held: number[];
  readonly watching: Set<number>;
}

/** Random operations on socket `i`, with what they mean in the model. */
const OPERATIONS = {
  add: (epoll: Epoll, socket: Socket, i: number, { watching }: Model): void => {
    epoll.add(host, core, 10 + i, socket);
    watching.add(i);
  },
  remove: (epoll: Epoll, _socket: Socket, i: number, { watching }: Model): void => {
    epoll.remove(10 + i);
    watching.delete(i);
  },
  receive: (_epoll: Epoll, socket: Socket, i: number, { held }: Model): void => {
    socket.receive(host, core, 1);
    held[i]++;
  },
  read: (_epoll: Epoll, socket: Socket, i: number, { held }: Model): void => {
    held[i] -= Math.max(0, socket.read(host, core, first, 2));
  },
};
const operation = fc.tuple(fc.constantFrom(...(Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[])), fc.nat(2));
