import type { Policy } from '../policy.ts';
import { kernelmode } from './kernelmode.ts';

/** Unikernel Linux with entry and exit code bypassed (EuroSys 2023, UKL_BYP): a service is a function of the kernel, called by its name. */
export const uklBypass: Policy = {
  ...kernelmode,
  name: 'ukl-bypass',
  doc: 'The server is linked with the kernel and calls its services past all entry, exit and dispatch code (Unikernel Linux, bypass)',
  crossings: {
    ...kernelmode.crossings,
    syscallEnter: { cpl3: kernelmode.crossings.syscallEnter.cpl3, cpl0: ['directCall'] },
  },
};
