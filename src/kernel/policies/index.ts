import type { Policy } from '../policy.ts';
import { baseline } from './baseline.ts';
import { bypage } from './bypage.ts';
import { bypageGuarded } from './bypageguarded.ts';
import { free } from './free.ts';
import { kernelmode } from './kernelmode.ts';
import { kernelmodeSyscall } from './kernelmodesyscall.ts';
import { sandboxed } from './sandboxed.ts';
import { traced } from './traced.ts';
import { uklBase } from './uklbase.ts';

/** All policies by name. A new policy is one file, written as a difference from another, and one row here. */
export const policies: Readonly<Record<string, Policy>> = {
  [baseline.name]: baseline,
  [kernelmode.name]: kernelmode,
  [bypage.name]: bypage,
  [bypageGuarded.name]: bypageGuarded,
  [kernelmodeSyscall.name]: kernelmodeSyscall,
  [uklBase.name]: uklBase,
  [sandboxed.name]: sandboxed,
  [traced.name]: traced,
  [free.name]: free,
};
