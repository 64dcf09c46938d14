import type { Policy } from '../policy.ts';
import { kernelmode } from './kernelmode.ts';

/** Kernel mode that loses no system-call filter, audit record or tracer: every direct call goes through one mediated gate. */
export const kernelmodeGate: Policy = {
  ...kernelmode,
  name: 'kernelmode+gate',
  doc: 'kernelmode whose direct calls go through one gate: stack, flags, filter, audit and tracer as on a system call',
  mechanisms: ['GATE'],
};
