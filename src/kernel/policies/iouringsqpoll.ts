import type { Policy } from '../policy.ts';
import { alike } from './baseline.ts';
import { ioUring } from './iouring.ts';

/**
 * io_uring with IORING_SETUP_SQPOLL: each thread of the server has a ring and a kernel thread that polls it. Idle after 1 ms, the shortest that
 * sq_thread_idle can be set to; its default is 1 s (io_uring_setup(2)).
 */
export const ioUringSqpoll: Policy = {
  ...ioUring,
  name: 'io_uring-sqpoll',
  doc: 'Reads and writes go to a ring that a kernel thread polls, one for each thread of the server; submitting takes no system call (io_uring, SQPOLL)',
  service: { kind: 'polled', calls: ['read', 'write', 'pread64'], room: 64, idleNs: 1_000_000, cpu: 'any' },
  // The poller is kernel code, which opens user memory for each copy.
  crossings: { ...ioUring.crossings, userCopy: alike('userAccess') },
};

/** The same with IORING_SETUP_SQ_AFF: all pollers share the last logical CPU. */
export const ioUringSqpollPinned: Policy = {
  ...ioUringSqpoll,
  name: 'io_uring-sqpoll-pinned',
  doc: 'io_uring-sqpoll whose polling threads are all pinned to the last logical CPU (IORING_SETUP_SQ_AFF)',
  service: { kind: 'polled', calls: ['read', 'write', 'pread64'], room: 64, idleNs: 1_000_000, cpu: 'last' },
};
