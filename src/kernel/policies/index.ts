import type { Policy } from '../policy.ts';
import { baseline } from './baseline.ts';
import { bypage } from './bypage.ts';
import { free } from './free.ts';
import { kernelmode } from './kernelmode.ts';

/** All policies by name. A new policy is one file, written as a difference from another, and one row here. */
export const policies: Readonly<Record<string, Policy>> = {
  [baseline.name]: baseline,
  [kernelmode.name]: kernelmode,
  [bypage.name]: bypage,
  [free.name]: free,
};
