import { CALLS } from '../abi.ts';
import type { Policy } from '../policy.ts';
import { baseline } from './baseline.ts';

/**
 * Userspace Bypass (OSDI 2023): the kernel translates the short stretches between the calls of a hot thread and runs them itself. Hot is
 * above 50 000 calls a second, short up to 1000 instructions.
 */
export const userspaceBypass: Policy = {
  ...baseline,
  name: 'userspace-bypass',
  doc: 'Short stretches between the calls of a hot thread are translated and run in the kernel (like Userspace Bypass, OSDI 2023)',
  code: { cpl3: [], cpl0: ['translatedCode'] },
  service: {
    kind: 'inside',
    calls: CALLS.filter((name) => name !== 'syskernelmode' && name !== 'syskerneljump'),
    until: { rule: 'shortStretches', instructions: 1000, hotNs: 20000 },
  },
  crossings: {
    ...baseline.crossings,
    syscallEnter: { ...baseline.crossings.syscallEnter, cpl0: ['directCall', 'callGate', 'dispatch'] },
  },
};
