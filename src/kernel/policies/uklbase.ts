import type { StepName } from '../../hw/steps.ts';
import type { Policy } from '../policy.ts';
import { LISTS } from './baseline.ts';
import { kernelmode } from './kernelmode.ts';

/** Instructions that change the privilege level on a system call. */
const TRANSITIONS: ReadonlySet<StepName> = new Set([
  ...(['int80Instr', 'sysenterInstr', 'syscallInstr', 'fredSyscall'] as const),
  ...(['int80Iret', 'sysexitInstr', 'sysretInstr', 'eretu'] as const),
]);
/** Page tables are never switched: the process runs in the kernel's. */
const SWITCHES: ReadonlySet<StepName> = new Set(['cr3Write', 'cr3Flush']);

const kept = (steps: readonly StepName[]): readonly StepName[] =>
  steps.filter((step) => !TRANSITIONS.has(step) && !SWITCHES.has(step));

/** Unikernel Linux in its base form (EuroSys 2023): a call in place of the instruction, all work of entry and exit as before. */
export const uklBase: Policy = {
  ...kernelmode,
  name: 'ukl-base',
  doc: 'The server is linked with the kernel and calls it, but all entry and exit work stays (Unikernel Linux, base)',
  crossings: {
    ...kernelmode.crossings,
    syscallEnter: { cpl3: LISTS.enter, cpl0: ['directCall', ...kept(LISTS.enter)] },
    syscallExit: { cpl3: LISTS.exit, cpl0: kept(LISTS.exit) },
  },
};
