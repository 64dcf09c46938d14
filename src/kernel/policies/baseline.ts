import type { StepName } from '../../hw/steps.ts';
import type { CrossingPlan, Policy } from '../policy.ts';

/**
 * Steps stand where Linux has them (entry_32.S, entry_64.S, entry_64_fred.S); those that a machine or its kernel does not have drop out
 * when the policy is compiled, so that one list serves every way to enter.
 */
const switchTables: readonly StepName[] = ['cr3Write', 'cr3Flush'];
const guardEntry: readonly StepName[] = [...switchTables, 'specCtrlWrite', 'untrainReturn'];
const guardExit: readonly StepName[] = ['specCtrlWrite', 'verw', ...switchTables];
const workOnEntry: readonly StepName[] = ['entryWork', 'ptraceStop', 'seccompFilter', 'auditEntry'];
const workOnExit: readonly StepName[] = ['auditExit', 'ptraceStop', 'exitWork'];

const enter: readonly StepName[] = [
  ...(['int80Instr', 'sysenterInstr', 'syscallInstr', 'fredSyscall', 'swapgs'] as const),
  ...guardEntry,
  ...(['bhbClear', 'stackSwitch', 'saveRegisters'] as const),
  ...workOnEntry,
  ...(['returnThunks', 'dispatch'] as const),
];
const exit: readonly StepName[] = [
  ...workOnExit,
  'restoreRegisters',
  ...guardExit,
  ...(['swapgs', 'int80Iret', 'sysexitInstr', 'sysretInstr', 'eretu'] as const),
];
const eventEnter: readonly StepName[] = [
  ...(['eventEntry', 'fredEntry', 'swapgs'] as const),
  ...guardEntry,
  ...(['saveRegisters', 'entryWork'] as const),
];
const eventExit: readonly StepName[] = [
  ...(['exitWork', 'restoreRegisters'] as const),
  ...guardExit,
  ...(['swapgs', 'iret', 'eretu'] as const),
];
/** Return into user code at CPL 0: kernel page tables and GS stay loaded, and SYSRET cannot return there, so IRET does. */
const exitSame: readonly StepName[] = [...workOnExit, 'restoreRegisters', 'iretSame', 'erets'];
/** Code that is already at CPL 0: no page table is switched and no user GS is loaded. Source: Linux entry_64, pti.rst. */
const eventEnterSame: readonly StepName[] = ['eventEntrySame', 'fredEntrySame', 'saveRegisters', 'entryWork'];
const eventExitSame: readonly StepName[] = ['restoreRegisters', 'iretSame', 'erets'];

/** Entry instructions work at CPL 0 too: no page table is switched and GS stays, so that none of the guards of the border is due. */
const instructionSame: readonly StepName[] = ['int80Same', 'sysenterInstr', 'syscallInstr', 'fredSyscall'];

/** Lists from which other policies are built. */
export const LISTS = {
  workOnEntry,
  workOnExit,
  enter,
  exit,
  exitSame,
  eventEnter,
  eventExit,
  eventEnterSame,
  eventExitSame,
  instructionSame,
};

/** The same steps whatever the CPL of the user's code. */
export function alike(...steps: readonly StepName[]): CrossingPlan {
  return { cpl3: steps, cpl0: steps };
}

/** Stock kernel: one synchronous crossing per system call. Its `cpl0` lists are what interrupts of kernel code cost. */
export const baseline: Policy = {
  name: 'baseline',
  doc: 'Stock kernel: programs at CPL 3, one synchronous crossing per system call',
  grants: [],
  trustsVerifiedCode: false,
  semantics: 'L1',
  splitsTables: true,
  options: [],
  without: [],
  mechanisms: [],
  code: { cpl3: [], cpl0: [] },
  isConfined: false,
  inUser: [],
  work: {},
  service: { kind: 'each' },
  bound: 'free',
  crossings: {
    syscallEnter: { cpl3: enter, cpl0: ['directCall', 'dispatch'] },
    syscallExit: { cpl3: exit, cpl0: [] },
    eventEnter: { cpl3: eventEnter, cpl0: eventEnterSame },
    eventExit: { cpl3: eventExit, cpl0: eventExitSame },
    kernelModeEnter: { cpl3: [...enter, 'capabilityCheck', ...exitSame], cpl0: ['directCall', 'capabilityCheck'] },
    kernelModeLeave: { cpl3: [], cpl0: ['directCall', 'dispatch', 'capabilityCheck', ...exit] },
    trustEnter: {
      cpl3: [...enter, 'capabilityCheck', 'pageTrustCheck', 'entryLookup', ...exitSame],
      cpl0: ['directCall', 'capabilityCheck', 'pageTrustCheck', 'entryLookup'],
    },
    // A fetch outside the trusted pages faults at CPL 0, and the handler returns to CPL 3.
    trustLeave: {
      cpl3: [],
      cpl0: ['eventEntrySame', 'fredEntrySame', 'saveRegisters', 'leaveHandler', ...eventExit],
    },
    // Out by the half of a system call that returns, back by the half that enters (semantics 6.2).
    downcall: { cpl3: [], cpl0: ['directCall', ...exit] },
    downcallReturn: { cpl3: [...enter, ...exitSame], cpl0: [] },
    // Code at CPL 0 keeps user memory open (AC is set), or the kernel could not read it either.
    userCopy: { cpl3: ['userAccess'], cpl0: [] },
    pageFault: {
      cpl3: [...eventEnter, 'pageFault', ...eventExit],
      cpl0: [...eventEnterSame, 'pageFault', ...eventExitSame],
    },
    accessFault: {
      cpl3: [...eventEnter, 'accessHandler', ...eventExit],
      cpl0: [...eventEnterSame, 'accessHandler', ...eventExitSame],
    },
    signal: alike(),
    // Only code at CPL 0 keeps its own stack when an event comes.
    doubleFault: { cpl3: [], cpl0: ['doubleFault', 'doubleFaultWork'] },
    ringPost: alike('ringPost'),
    ringEntry: alike('ringEntry'),
  },
  switches: {
    threadSwitch: alike('pickNext', 'threadSwitch', 'rsbFill', 'stibp'),
    spaceSwitch: alike('spaceSwitch', 'ibpb'),
    ipiSend: alike('ipiSend'),
    idleExit: alike('idleExit'),
  },
};
