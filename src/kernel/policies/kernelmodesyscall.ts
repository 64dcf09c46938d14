import type { StepName } from '../../hw/steps.ts';
import type { Policy } from '../policy.ts';
import { LISTS } from './baseline.ts';
import { kernelmode } from './kernelmode.ts';

const { workOnEntry, workOnExit, instructionSame } = LISTS;

const enterSame: readonly StepName[] = [
  ...instructionSame,
  ...(['stackSwitch', 'saveRegisters'] as const),
  ...workOnEntry,
  ...(['returnThunks', 'dispatch'] as const),
];

/** The way back needs no IRET: level and tables stay, so flags are popped and a jump returns. */
const exitSame: readonly StepName[] = [...workOnExit, 'restoreRegisters', 'directCall'];

/**
 * Kernel mode for programs that keep their system-call instructions, as Privbox (USENIX ATC 2022) runs them: the kernel gives such
 * threads an entry of their own and rewrites the entry register when it switches between them and others.
 */
export const kernelmodeSyscall: Policy = {
  ...kernelmode,
  name: 'kernelmode-syscall',
  doc: 'The server holds CAP_KERNELMODE but its binaries keep their system-call instructions; there is no direct call',
  crossings: {
    ...kernelmode.crossings,
    syscallEnter: { cpl3: kernelmode.crossings.syscallEnter.cpl3, cpl0: enterSame },
    syscallExit: { cpl3: kernelmode.crossings.syscallExit.cpl3, cpl0: exitSame },
  },
  switches: {
    ...kernelmode.switches,
    // Two writes when the modes of both threads differ; both stand at the switch to the thread at CPL 0.
    threadSwitch: {
      cpl3: kernelmode.switches.threadSwitch.cpl3,
      cpl0: [...kernelmode.switches.threadSwitch.cpl0, 'lstarWrite', 'lstarWrite'],
    },
  },
};
