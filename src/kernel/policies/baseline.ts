import type { StepName } from '../../hw/profile.ts';
import type { Policy } from '../policy.ts';

/** Mitigations stand where Linux has them; those that a machine does not need drop out when the policy is compiled. */
const enter: readonly StepName[] = [
  'syscallInstr',
  'swapgs',
  'cr3Write',
  'specCtrlWrite',
  'untrainReturn',
  'bhbClear',
  'stackSwitch',
  'saveRegisters',
  'entryWork',
  'returnThunks',
  'dispatch',
];
const exit: readonly StepName[] = [
  'exitWork',
  'restoreRegisters',
  'specCtrlWrite',
  'verw',
  'cr3Write',
  'swapgs',
  'sysretInstr',
];
const eventEnter: readonly StepName[] = [
  'eventEntry',
  'swapgs',
  'cr3Write',
  'specCtrlWrite',
  'untrainReturn',
  'saveRegisters',
  'entryWork',
];
const eventExit: readonly StepName[] = [
  'exitWork',
  'restoreRegisters',
  'specCtrlWrite',
  'verw',
  'cr3Write',
  'swapgs',
  'iret',
];
/** Return into user code at CPL 0: kernel page tables and GS stay loaded, and SYSRET cannot return there, so IRET does. */
const exitSame: readonly StepName[] = ['exitWork', 'restoreRegisters', 'iretSame'];
/** Code that is already at CPL 0: no page table is switched and no user GS is loaded. Source: Linux entry_64, pti.rst. */
const eventEnterSame: readonly StepName[] = ['eventEntrySame', 'saveRegisters', 'entryWork'];
const eventExitSame: readonly StepName[] = ['restoreRegisters', 'iretSame'];

/** Stock kernel: one synchronous crossing per system call. Its `cpl0` lists are what interrupts of kernel code cost. */
export const baseline: Policy = {
  name: 'baseline',
  doc: 'Stock kernel: programs at CPL 3, one synchronous crossing per system call',
  grants: [],
  trustsVerifiedCode: false,
  semantics: 'L1',
  splitsTables: true,
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
      cpl0: [
        'eventEntrySame',
        'saveRegisters',
        'leaveHandler',
        ...exit.filter((step) => step !== 'sysretInstr'),
        'iret',
      ],
    },
  },
};
