import type { Policy } from '../policy.ts';
import { baseline } from './baseline.ts';

/** Stock kernel with a tracer attached: what a recording by strace does to the server that it records. */
export const traced: Policy = {
  ...baseline,
  name: 'traced',
  doc: 'Stock kernel with a tracer that stops every system call on entry and on exit',
  options: ['ptrace'],
};
