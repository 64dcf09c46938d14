import type { Policy } from '../policy.ts';
import { baseline } from './baseline.ts';

/** The stock kernel as every C library uses it: what the kernel maps into each process answers without an entry. */
export const baselineVdso: Policy = {
  ...baseline,
  name: 'baseline+vdso',
  doc: 'Stock kernel whose vDSO answers clock_gettime in user mode',
  inUser: ['clock_gettime'],
  bound: 'none',
};
