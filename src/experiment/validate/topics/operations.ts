import { batched, difference, QUIET, scaled, simple, sized, SWITCHING, type Scenario } from '../scenario.ts';

const KIB_PER_PAGE = 4;
const FAULTS = 64;

/** Operations of the kernel: calls, faults, switches, processes. */
export const operationScenarios = {
  'null-call': simple('null', 'getppid'),
  'traced-call': {
    doc: 'getppid under a tracer that stops it on entry and on exit',
    tolerance: SWITCHING,
    time: ({ ask }) => ask('null', { policy: 'traced' }),
  },
  vdso: simple('vdso', 'clock_gettime through the vDSO'),
  clock: simple('clock', 'clock_gettime as a system call'),
  gettimeofday: simple('gettimeofday', 'gettimeofday as a system call'),
  'five-calls': simple('five-calls', 'dup, close, getpid, getuid, umask, as in UnixBench'),
  'per-call': {
    doc: 'one of the five calls of UnixBench',
    tolerance: QUIET,
    time: ({ ask }) => scaled(ask('five-calls'), 1 / 5),
  },
  'null-io': {
    doc: 'mean of a byte read from /dev/zero and one written to /dev/null',
    tolerance: QUIET,
    time: ({ ask }) => {
      const [read, write] = [ask('read-null'), ask('write-null')];
      return { ns: (read.ns + write.ns) / 2, cycles: (read.cycles + write.cycles) / 2 };
    },
  },
  'read-null': simple('read-null', 'read of a byte of /dev/zero'),
  'write-null': simple('write-null', 'write of a byte to /dev/null'),
  read: sized('read', 'bytes', 'pread of cached bytes'),
  write: sized('write', 'bytes', 'pwrite of cached bytes'),
  'read-pages': sized('read-pages', 'bytes', 'pread of cached bytes, each page by itself (tmpfs)'),
  'write-pages': sized('write-pages', 'bytes', 'pwrite of cached bytes, each page by itself (tmpfs)'),
  lseek: simple('lseek', 'lseek'),
  fstat: simple('fstat', 'fstat'),
  stat: simple('stat', 'stat of a path'),
  'open-close': simple('open-close', 'open and close of a cached file'),
  'pipe-self': sized('pipe-self', 'bytes', 'write and read of a pipe by one thread'),
  'tcp-self': sized('tcp-self', 'bytes', 'send and receive over loopback by one thread'),
  'epoll-ready': simple('epoll-ready', 'epoll_wait with one ready descriptor'),
  epoll: sized('epoll', 'descriptors', 'epoll_wait on many descriptors, one ready', 10),
  poll: sized('poll', 'descriptors', 'poll on many descriptors, one ready', 10),
  select: sized('select', 'descriptors', 'select on many descriptors, one ready', 10),
  'futex-wake': simple('futex-wake', 'futex wake without waiter'),
  yield: simple('yield', 'sched_yield of a thread that is alone'),
  'yield-switch': {
    doc: 'sched_yield that switches to another thread of the core: half of a round of two',
    tolerance: QUIET,
    time: ({ ask }) => scaled(ask('yield-pair'), 1 / 2),
  },
  membarrier: simple('membarrier', 'membarrier of a process with one thread'),
  'membarrier-peer': {
    doc: 'membarrier with another thread running',
    tolerance: QUIET,
    time: ({ ask }) => ask('membarrier-peer', { cores: 2 }),
  },
  'signal-install': simple('signal-install', 'rt_sigaction'),
  signal: simple('signal', 'signal to itself, with its handler'),
  'protection-fault': {
    doc: 'write to a page that may only be read, less what a handled signal takes beside its call, as lmbench does',
    tolerance: QUIET,
    time: ({ ask }) => difference(ask('protection-fault'), difference(ask('signal'), ask('null'))),
  },
  'page-fault': {
    doc: 'first write to a fresh page: 64 of them, less the mapping of as many untouched ones',
    tolerance: QUIET,
    time: ({ ask }) => {
      const touched = ask('page-fault', { params: { pages: FAULTS } });
      return scaled(difference(touched, ask('mmap', { params: { pages: FAULTS } })), 1 / FAULTS);
    },
  },
  mmap: sized('mmap', 'pages', 'mmap and munmap of untouched pages'),
  mprotect: sized('mprotect', 'pages', 'pages made read-only and writable again'),
  shootdown: {
    doc: 'pages made read-only and writable again with another thread running',
    tolerance: SWITCHING,
    time: ({ ask }, [pages = 1]) => ask('shootdown', { cores: 2, params: { pages } }),
  },
  'shootdown-round': {
    doc: 'one round of a TLB shootdown on as many cores as the row names: half of what running threads add to a pair of mprotect',
    tolerance: SWITCHING,
    time: ({ ask, host, profile }) => {
      const { cores = 2 } = host;
      if (cores > profile.maxCores) return { ns: NaN, cycles: NaN };
      const shot = ask('shootdown', { cores, params: { processes: cores } });
      return scaled(difference(shot, ask('mprotect')), 1 / 2);
    },
  },
  switch: {
    doc: 'lmbench lat_ctx: a ring of pipes, less what the pipes and the memory take without switches, for each process',
    tolerance: SWITCHING,
    time: ({ ask }, [processes = 2, kib = 0]) => {
      const params = { processes, pages: kib / KIB_PER_PAGE };
      return scaled(difference(ask('ring', { params }), ask('ring-self', { params })), 1 / processes);
    },
  },
  'switch-free': {
    doc: 'as switch, of two processes that the scheduler may run on two cores',
    tolerance: SWITCHING,
    time: ({ ask }) => {
      const params = { processes: 2, pages: 0 };
      return scaled(difference(ask('ring', { params, cores: 2 }), ask('ring-self', { params })), 1 / 2);
    },
  },
  pipe: {
    doc: 'a byte there and back through two pipes between processes',
    tolerance: SWITCHING,
    time: ({ ask }) => ask('ring', { params: { pages: 0 } }),
  },
  'pipe-cross': {
    doc: 'a byte there and back through two pipes between processes on two cores',
    tolerance: SWITCHING,
    time: ({ ask }) => ask('ring', { cores: 2, params: { pages: 0 } }),
  },
  unix: simple('unix', 'a byte there and back through AF_UNIX stream sockets', SWITCHING),
  tcp: simple('tcp', 'a byte there and back over loopback TCP', SWITCHING),
  eventfd: simple('eventfd', 'a counter there and back between two threads', SWITCHING),
  futex: simple('futex', 'a futex there and back between two threads', SWITCHING),
  thread: simple('thread', 'a thread created and joined', SWITCHING),
  fork: simple('fork', 'a process forked, ended and collected'),
  exec: simple('exec', 'a process forked that executes another program, ended and collected'),
  shell: simple('shell', 'a program started through the shell'),
  'uring-nop': batched('uring-nop', 'a no-op of io_uring in a batch'),
  'uring-read': batched('uring-read', 'a read of a cached page by io_uring in a batch'),
} as const satisfies Record<string, Scenario>;
