import { sourced, type MachineProfile } from '../profile.ts';

type KernelWork = NonNullable<MachineProfile['kernelWork']>;

const TABLES =
  'lmbench 2 on Pentium 4 class processors at 2.8 GHz, linux-kernel 2005 (Thouvenin, 2.6.11) and 2006 (Nagar, 2.6.16), fitted to both on northwood (docs/sources.md)';
const SINGH = 'lmbench on a 64-bit Xeon of Prescott class at 3.6 GHz, linux-mm 2007 (Singh, 2.6.22)';
const KML = 'Kernel Mode Linux, Linux Journal 2003, direct calls on a Pentium 4';

/** Linux 2.6.11 to 2.6.16 for several processors, with their locks and run queues; the scheduler is O(1). */
const linux2005 = {
  identity: sourced(0.06, [0.03, 1], 'second-hand', `${KML}: getpid 12 cycles; no namespaces of process ids yet`),
  files: sourced(0.7, [0.4, 1], 'second-hand', `${TABLES}: null I/O 0.26 to 0.33 us`),
  paths: sourced(0.844, [0.5, 1.2], 'second-hand', `${TABLES}: stat 3.56 to 5.17 us`),
  process: sourced(0.21, [0.15, 0.3], 'second-hand', `${TABLES}: fork 146 to 176 us, fork and exec 610 to 664 us`),
  handlers: sourced(
    2.6,
    [1, 3.5],
    'second-hand',
    `${TABLES}: signal handler installed 0.64 us (Nagar), under the lock of all tasks`,
  ),
  signals: sourced(0.34, [0.25, 0.5], 'second-hand', `${TABLES}: signal and handler 2.28 to 2.61 us`),
  scheduling: sourced(
    1.37,
    [0.7, 1.6],
    'second-hand',
    `${TABLES}: switches 4.3 to 5.1 us, with those of a Pentium 4 in hardware`,
  ),
  ipc: sourced(0.45, [0.3, 1], 'assumed', 'as files'),
  polling: sourced(1.75, [1, 3], 'second-hand', `${TABLES}: select of 100 files 13.2 us (Nagar)`),
  time: sourced(0.42, [0.3, 1], 'second-hand', `${KML}: gettimeofday 404 cycles`),
  network: sourced(0.32, [0.25, 0.45], 'second-hand', `${TABLES}: TCP there and back 20.3 to 22 us`),
} as const satisfies KernelWork;

/** Linux 2.4 to 2.6.11 for one processor: no locks, no atomic counts, one run queue that nobody balances. */
const uniprocessor = {
  ...linux2005,
  files: sourced(0.5, [0.3, 1], 'assumed', 'without locks and atomic counts'),
  paths: sourced(0.6, [0.3, 1], 'assumed', 'without locks and atomic counts'),
  scheduling: sourced(
    0.15,
    [0.05, 0.4],
    'second-hand',
    'Singularity, OSR 2007: a yield of Linux on an Athlon 64, 906 cycles',
  ),
  ipc: sourced(0.35, [0.2, 1], 'assumed', 'without locks and atomic counts'),
} as const satisfies KernelWork;

const LEBENCH =
  'LEBench repository, outputs/output.4.12.0-custom.csv: kbest on Linux 4.12 without mitigations, processor not named, about 2.9 GHz by its divisions';

/** Kernels by the years in which servers ran them: shares of the paths of Linux 6.18. */
export const kernels = {
  linux2005,
  uniprocessor,
  /** Linux 2.5.65: each mapping of a page is also an entry of a chain of its page (rmap), until 2.6.7. */
  linux2003: {
    ...linux2005,
    process: sourced(
      0.34,
      [0.25, 0.5],
      'second-hand',
      'lmbench on a Pentium 4, linux-kernel 2003 (Dickins, 2.5.65): fork 403 to 462 us',
    ),
    scheduling: sourced(
      0.6,
      [0.3, 1.3],
      'second-hand',
      'UnixBench on two Pentium 4 at 2.4 GHz, linux-kernel 2002 (Hayward): 98206 loops of two pipes a second; no scheduling domains until 2.6.7',
    ),
  },
  /** Linux 2.6.22 for several 64-bit processors. */
  linux2007: {
    ...linux2005,
    files: sourced(0.5, [0.4, 1], 'second-hand', `${SINGH}: null I/O 0.25 us`),
    paths: sourced(0.51, [0.4, 1], 'second-hand', `${SINGH}: stat 1.27 us, open and close 2.22 us`),
    process: sourced(0.175, [0.14, 0.25], 'second-hand', `${SINGH}: fork 96 to 105 us`),
    handlers: sourced(1, [0.7, 2], 'assumed', 'no lock of all tasks since 2.6.17'),
    scheduling: sourced(2, [1, 3], 'second-hand', `${SINGH}: a switch 6.8 to 7.6 us`),
    polling: sourced(0.95, [0.7, 1.5], 'second-hand', `${SINGH}: select of 100 files 5.58 us`),
  },
  /** Linux 2.6.24 to 2.6.32. */
  linux2010: {
    identity: sourced(0.06, [0.03, 1], 'recalled', 'Sigoure 2010: calls of 52 to 58 ns, about 130 cycles in all'),
  },
  /** Linux 3.0 to 5.14, by 4.12 in their middle. */
  linux2017: {
    identity: sourced(0.3, [0.2, 0.6], 'second-hand', `${LEBENCH}: getpid 72 ns with a reading of the clock of 23`),
    files: sourced(0.5, [0.3, 0.8], 'second-hand', `${LEBENCH}: read of 4 KiB 258 ns`),
    memory: sourced(0.35, [0.25, 0.5], 'second-hand', `${LEBENCH}: mmap 369 ns`),
    ipc: sourced(
      0.5,
      [0.35, 0.7],
      'second-hand',
      `${LEBENCH}: a byte sent through AF_UNIX 309 ns, a round through two pipes with its switches 3.1 us`,
    ),
    network: sourced(0.6, [0.4, 1], 'assumed', 'between the share of 2005, 0.4, and that of today'),
    polling: sourced(0.6, [0.4, 1], 'second-hand', `${LEBENCH}: poll and epoll of ten descriptors 354 and 378 ns`),
  },
} as const satisfies Record<string, KernelWork>;
