import type { Policy } from '../policy.ts';
import { baseline } from './baseline.ts';

/**
 * Exception-less system calls on the core that makes them (FlexSC, OSDI 2010): calls wait in a page while other requests go on, where a program
 * can go on without their results.
 */
export const flexsc: Policy = {
  ...baseline,
  name: 'flexsc',
  doc: 'Exception-less calls: reads and writes gather in a page while a thread goes on that needs no result of theirs (like FlexSC, OSDI 2010)',
  // FlexSC's page of system calls has 64 entries of a line.
  service: { kind: 'ring', calls: ['read', 'write', 'pread64'], room: 64, holds: true },
  bound: 'none',
};
