import type { Policy } from '../policy.ts';
import { baseline } from './baseline.ts';

/** Kernel Mode Linux's way: the process holds CAP_KERNELMODE, its threads run at CPL 0 and call services directly. */
export const kernelmode: Policy = {
  ...baseline,
  name: 'kernelmode',
  doc: 'The server holds CAP_KERNELMODE: its code runs at CPL 0 and a service is a direct call',
  grants: ['CAP_KERNELMODE'],
};
