import type { FileSpec } from '../../kernel/abi.ts';
import { LINE_BYTES, LINES_PER_PAGE, PAGE_BYTES } from '../../sim/units.ts';
import { only, type Operation } from './operation.ts';

/** Pages of a file of 64 MiB. */
const LONG_FILE_PAGES = 16_384;
/** vDSO: of 22.2 ns on the recorded host 9.5 are RDTSC; in instructions at its CPI of 0.4. */
const VDSO_INSTRUCTIONS = 200;
/** One turn of s1bench's loop for a read (Gregg 2018, github.com/brendangregg/Misc), as gcc -O0 makes it; by its source. */
const THINK_INSTRUCTIONS = 16;
const page = ({ bytes }: { bytes: number }): readonly FileSpec[] => [
  { kind: 'pagecache', pages: Math.max(1, Math.ceil(bytes / PAGE_BYTES)) },
];
const smallFolios = ({ bytes }: { bytes: number }): readonly FileSpec[] => [
  { kind: 'pagecache', pages: Math.max(1, Math.ceil(bytes / PAGE_BYTES)), folios: 'small' },
];
/** Optane P5800X: 3.2 us of a read of 512 bytes (XRP, OSDI 2022, table 1). */
const OPTANE: readonly FileSpec[] = [
  { kind: 'disk', pages: 1, direct: true, device: { latencyNs: 3200, pageNs: 200 } },
];
/**
 * What XRP's look-ups are measured with (github.com/yuhong-zhong/bpf-storage-hotos): a level is an lseek and a read of a node of 512 bytes at a random
 * place; the program draws two numbers (rand_r), the program in the kernel goes through the node word by word. Lengths by their sources, assumed.
 */
const NODE_BYTES = 512;
const DRAW_INSTRUCTIONS = 60;
const PARSE_INSTRUCTIONS = 150;
const pipe: readonly FileSpec[] = [
  { kind: 'pipe', id: 0, end: 0 },
  { kind: 'pipe', id: 0, end: 1 },
];

/** One system call after the other, by one thread. */
export const callOperations = {
  null: only('getppid', (t) => t.sys('getppid')),
  think: {
    doc: 'getppid, then bytes of a working set of so many pages read line by line, on from where the last time ended',
    bufferPages: () => 0,
    measured: {
      prepare: function* (t) {
        yield* t.work(1);
        return { next: 0 };
      },
      loop: function* (t, { bytes, pages }, prepared) {
        const place = prepared as { next: number };
        yield* t.sys('getppid');
        for (let left = Math.floor(bytes / LINE_BYTES); left > 0;) {
          const lines = Math.min(left, LINES_PER_PAGE, pages * LINES_PER_PAGE - place.next);
          yield* t.work(lines * THINK_INSTRUCTIONS);
          yield* t.touch(t.env.lineOf('set') + place.next, lines, false);
          place.next = (place.next + lines) % (pages * LINES_PER_PAGE);
          left -= lines;
        }
      },
    },
  },
  vdso: only('clock_gettime through the vDSO: user code alone', (t) => t.work(VDSO_INSTRUCTIONS)),
  clock: only('clock_gettime as a system call', (t) => t.sys('clock_gettime')),
  gettimeofday: only('gettimeofday as a system call', (t) => t.sys('gettimeofday')),
  'read-null': only(
    'read of a byte of /dev/zero',
    (t, { bytes }) => t.sys('read', 0, bytes),
    () => [{ kind: 'null' }],
  ),
  'write-null': only(
    'write of a byte to /dev/null',
    (t, { bytes }) => t.sys('write', 0, bytes),
    () => [{ kind: 'null' }],
  ),
  read: only('pread of cached bytes', (t, { bytes }) => t.sys('pread64', 0, bytes), page),
  'read-on': {
    doc: 'pread of cached bytes, each from where the last one ended in a file of 64 MiB, which no cache of a processor holds',
    files: () => [{ kind: 'pagecache', pages: LONG_FILE_PAGES }],
    measured: {
      prepare: function* (t) {
        yield* t.work(1);
        return { next: 0 };
      },
      loop: function* (t, { bytes }, prepared) {
        const place = prepared as { next: number };
        yield* t.sys('pread64', 0, bytes, Math.floor(place.next / PAGE_BYTES));
        place.next = (place.next + bytes) % (LONG_FILE_PAGES * PAGE_BYTES);
      },
    },
  },
  write: only('pwrite of cached bytes', (t, { bytes }) => t.sys('pwrite64', 0, bytes), page),
  'read-pages': only(
    'pread of cached bytes of tmpfs, or under a kernel before large folios: each page is looked up by itself',
    (t, { bytes }) => t.sys('pread64', 0, bytes),
    smallFolios,
  ),
  'write-pages': only(
    'pwrite of cached bytes, each page as of read-pages',
    (t, { bytes }) => t.sys('pwrite64', 0, bytes),
    smallFolios,
  ),
  'write-sync': only(
    'pwrite of cached bytes, made last by fsync on a device of 3.2 us (XRP, OSDI 2022, table 1: Optane P5800X)',
    function* (t, { bytes }) {
      yield* t.sys('pwrite64', 0, bytes);
      yield* t.sys('fsync', 0);
    },
    () => [{ kind: 'disk', pages: 64, device: { latencyNs: 3200, pageNs: 600 } }],
  ),
  'direct-read': only(
    'pread of bytes past the page cache (O_DIRECT) from a device of 3.2 us (XRP, OSDI 2022, table 1: Optane P5800X)',
    (t, { bytes }) => t.sys('pread64', 0, bytes),
    () => OPTANE,
  ),
  'direct-lookup': only(
    'look-up of as many levels as pages are asked for, each a random place, lseek, and a direct read of 512 bytes',
    function* (t, { pages }) {
      for (let level = 0; level < Math.max(1, pages); level++) {
        yield* t.work(DRAW_INSTRUCTIONS);
        yield* t.sys('lseek', 0);
        yield* t.sys('read', 0, NODE_BYTES);
      }
    },
    () => OPTANE,
  ),
  'direct-chain': only(
    'the same as one chain of reads with work on each, as a program inside the kernel can make it',
    function* (t, { pages }) {
      yield* t.sys('lseek', 0);
      yield* t.chain(Math.max(1, pages), 'read', [0, NODE_BYTES, 0], PARSE_INSTRUCTIONS);
    },
    () => OPTANE,
  ),
  lseek: only('lseek', (t) => t.sys('lseek'), page),
  fstat: only('fstat', (t) => t.sys('fstat'), page),
  stat: only('stat of a path', (t) => t.sys('newfstatat')),
  'open-close': only('open and close of a cached file', function* (t) {
    const fd = yield* t.sys('openat', 1);
    yield* t.sys('close', fd);
  }),
  'open-write-close': only('open, write of bytes and close of a cached file', function* (t, { bytes }) {
    const fd = yield* t.sys('openat', 1);
    yield* t.sys('write', fd, bytes);
    yield* t.sys('close', fd);
  }),
  'pipe-self': only(
    'write and read of a byte of a pipe by one thread',
    function* (t, { bytes }) {
      yield* t.sys('write', 1, bytes);
      yield* t.sys('read', 0, bytes);
    },
    () => pipe,
  ),
  'tcp-self': only(
    'send and receive of bytes over loopback by one thread',
    function* (t, { bytes }) {
      yield* t.sys('sendto', 0, bytes);
      yield* t.sys('recvfrom', 1, bytes);
    },
    () => [
      { kind: 'tcp', id: 0, end: 0 },
      { kind: 'tcp', id: 0, end: 1 },
    ],
  ),
  'epoll-ready': {
    doc: 'epoll_wait with one ready descriptor',
    files: () => [{ kind: 'epoll' }, { kind: 'eventfd' }],
    measured: {
      prepare: function* (t) {
        yield* t.sys('epoll_add', 0, 1);
        yield* t.sys('write', 1, 8);
      },
      loop: (t) => t.sys('epoll_wait', 0, 16, -1),
    },
  },
  epoll: {
    doc: 'epoll_wait on many descriptors, one of them ready',
    files: ({ descriptors }) => [{ kind: 'epoll' }, ...counters(descriptors)],
    measured: {
      prepare: function* (t, { descriptors }) {
        for (let fd = 1; fd <= descriptors; fd++) yield* t.sys('epoll_add', 0, fd);
        yield* t.sys('write', descriptors, 8);
      },
      loop: (t) => t.sys('epoll_wait', 0, 16, -1),
    },
  },
  'epoll-full': {
    doc: 'epoll_wait on many descriptors, all of them ready',
    files: ({ descriptors }) => [{ kind: 'epoll' }, ...counters(descriptors)],
    measured: {
      prepare: function* (t, { descriptors }) {
        for (let fd = 1; fd <= descriptors; fd++) {
          yield* t.sys('epoll_add', 0, fd);
          yield* t.sys('write', fd, 8);
        }
      },
      loop: (t, { descriptors }) => t.sys('epoll_wait', 0, descriptors, -1),
    },
  },
  poll: polling('poll'),
  select: polling('select'),
  'futex-wake': only('futex wake without waiter', (t) => t.sys('futex_wake', 0, 1)),
  yield: only('sched_yield of a thread that is alone', (t) => t.sys('sched_yield')),
  membarrier: only('membarrier of a process with one thread', (t) => t.sys('membarrier')),
  'signal-install': only('rt_sigaction', (t) => t.sys('rt_sigaction')),
  'five-calls': only(
    'dup, close, getpid, getuid, umask, as in UnixBench',
    function* (t) {
      yield* t.sys('close', yield* t.sys('dup', 0));
      yield* t.sys('getpid');
      yield* t.sys('getuid');
      yield* t.sys('umask');
    },
    page,
  ),
  signal: {
    doc: 'signal to itself, with its handler',
    measured: {
      prepare: (t) => t.sys('gettid'),
      loop: function* (t, _sizes, self) {
        yield* t.sys('tgkill', Number(self));
        yield* t.work(HANDLER_INSTRUCTIONS);
        yield* t.sys('rt_sigreturn');
      },
    },
  },
  'uring-nop': uring('no-ops submitted to io_uring', -1),
  'uring-read': uring('reads of cached pages submitted to io_uring', 0),
} as const satisfies Record<string, Operation>;

/** A handler that counts and returns. Assumed. */
const HANDLER_INSTRUCTIONS = 20;

function counters(count: number): readonly FileSpec[] {
  return Array.from({ length: count }, (): FileSpec => ({ kind: 'eventfd' }));
}

function polling(name: 'poll' | 'select'): Operation {
  return {
    doc: `${name} on many descriptors, one of them ready`,
    files: ({ descriptors }) => counters(descriptors),
    measured: {
      prepare: (t) => t.sys('write', 0, 8),
      loop: (t, { descriptors }) => t.sys(name, 0, descriptors, -1),
    },
  };
}

function uring(doc: string, descriptor: number): Operation {
  return {
    doc: `${doc}, a batch for each call; timed by batch`,
    files: () => [{ kind: 'pagecache', pages: 128 }],
    measured: {
      prepare: function* (t, { batch }) {
        const ring = yield* t.sys('io_uring_setup');
        yield* t.sys('io_uring_enter', ring, batch, descriptor);
        return ring;
      },
      loop: (t, { batch }, ring) => t.sys('io_uring_enter', Number(ring), batch, descriptor),
    },
  };
}
