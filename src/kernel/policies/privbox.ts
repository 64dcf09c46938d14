import type { Policy } from '../policy.ts';
import { LISTS } from './baseline.ts';
import { kernelmodeSyscall } from './kernelmodesyscall.ts';

/**
 * Privbox (USENIX ATC 2022): instrumented user code at CPL 0 keeps its system-call instructions, whose entry swaps neither tables nor GS;
 * all vectors on interrupt stacks; filter, audit and tracer stay in the entry.
 */
export const privbox: Policy = {
  ...kernelmodeSyscall,
  name: 'privbox',
  doc: 'Instrumented code at CPL 0 that keeps its system-call instructions, on interrupt stacks (like Privbox, ATC 2022)',
  isConfined: true,
  mechanisms: ['KSTK', 'GATE', 'SFI'],
  crossings: {
    ...kernelmodeSyscall.crossings,
    // The gate brings the stack and the work of entry and exit.
    syscallEnter: {
      cpl3: kernelmodeSyscall.crossings.syscallEnter.cpl3,
      cpl0: [...LISTS.instructionSame, 'saveRegisters', 'returnThunks', 'dispatch'],
    },
    syscallExit: { cpl3: kernelmodeSyscall.crossings.syscallExit.cpl3, cpl0: ['restoreRegisters', 'directCall'] },
  },
};
