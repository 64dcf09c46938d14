import type { Policy } from '../policy.ts';
import { baseline } from './baseline.ts';

/** Stock kernel for a server in a sandbox: more software on each call, predictor barriers at switches where the kernel has them. */
export const sandboxed: Policy = {
  ...baseline,
  name: 'sandboxed',
  doc: 'Stock kernel with a seccomp filter and system-call audit on every process',
  options: ['seccomp', 'audit'],
};
