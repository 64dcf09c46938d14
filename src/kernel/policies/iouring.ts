import type { Policy } from '../policy.ts';
import { baseline } from './baseline.ts';

/** Calls of a request linked in a ring and submitted by one entry (io_uring), when the program needs their results. */
export const ioUring: Policy = {
  ...baseline,
  name: 'io_uring',
  doc: 'Calls that need no result of each other are linked in a ring and submitted by one entry (io_uring, no polling thread)',
  service: { kind: 'ring', calls: ['read', 'write', 'pread64'], room: 32, holds: false },
  bound: 'none',
};
