import type { StepName } from '../../hw/steps.ts';
import type { CrossingPlan, Policy } from '../policy.ts';
import { LISTS } from './baseline.ts';
import { kernelmode } from './kernelmode.ts';

/** Instructions that change the privilege level on a system call. */
const TRANSITIONS: ReadonlySet<StepName> = new Set([
  ...(['int80Instr', 'sysenterInstr', 'syscallInstr', 'fredSyscall'] as const),
  ...(['int80Iret', 'sysexitInstr', 'sysretInstr', 'eretu'] as const),
]);
/** Page tables are never switched: the process runs in the kernel's. */
const SWITCHES: ReadonlySet<StepName> = new Set(['cr3Write', 'cr3Flush']);

/** Events that find the level as it is: their instructions at CPL 0, in place of those that change it. */
const SAME_LEVEL: Readonly<Partial<Record<StepName, StepName>>> = {
  eventEntry: 'eventEntrySame',
  fredEntry: 'fredEntrySame',
  iret: 'iretSame',
  eretu: 'erets',
};

const kept = (steps: readonly StepName[]): readonly StepName[] =>
  steps.filter((step) => !TRANSITIONS.has(step) && !SWITCHES.has(step));

/**
 * A fault of the program does the work of entry and exit as well: `error_entry` gives it a CS of user mode by the state of its thread, without SWAPGS, and
 * so it leaves by the way to user mode (RFC UKL 04/10, linux-arch, October 2022).
 */
const ofFault = (steps: readonly StepName[]): readonly StepName[] =>
  steps.filter((step) => !SWITCHES.has(step) && step !== 'swapgs').map((step) => SAME_LEVEL[step] ?? step);
const fault = (handler: StepName, plan: CrossingPlan): CrossingPlan => ({
  cpl3: plan.cpl3,
  cpl0: [...ofFault(LISTS.eventEnter), handler, ...ofFault(LISTS.eventExit)],
});

/** Unikernel Linux in its base form (EuroSys 2023): a call in place of the instruction, all work of entry and exit as before. */
export const uklBase: Policy = {
  ...kernelmode,
  name: 'ukl-base',
  doc: 'The server is linked with the kernel and calls it, but all entry and exit work stays (Unikernel Linux, base)',
  crossings: {
    ...kernelmode.crossings,
    syscallEnter: { cpl3: LISTS.enter, cpl0: ['directCall', ...kept(LISTS.enter)] },
    syscallExit: { cpl3: LISTS.exit, cpl0: kept(LISTS.exit) },
    pageFault: fault('pageFault', kernelmode.crossings.pageFault),
    accessFault: fault('accessHandler', kernelmode.crossings.accessFault),
  },
};
