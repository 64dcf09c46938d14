import type { Policy } from '../policy.ts';
import { LISTS } from './baseline.ts';
import { bypage } from './bypage.ts';

const { enter, exit, exitSame, eventEnter, eventExit, eventEnterSame, eventExitSame, workOnEntry, workOnExit } = LISTS;

/**
 * Trust page by page as the hardened reading would pay for it: services through one gate on a stack of their own, interrupt stacks for
 * every event of every process, kernel-held entry frames, checked arguments, supervisor shadow stacks where the processor has them.
 * The rules are those of `bypage`: this prices the mechanisms, it does not add them.
 */
export const bypageGuarded: Policy = {
  ...bypage,
  name: 'bypage-guarded',
  doc: 'bypage with the run-time costs of the hardened reading: service gate, interrupt stacks, entry frames, checked arguments',
  crossings: {
    ...bypage.crossings,
    syscallEnter: {
      cpl3: enter,
      cpl0: ['directCall', 'callGate', 'stackSwitch', ...workOnEntry, 'dispatch'],
    },
    syscallExit: { cpl3: exit, cpl0: workOnExit },
    eventEnter: { cpl3: [...eventEnter, 'istSwitch'], cpl0: [...eventEnterSame, 'istSwitch'] },
    eventExit: { cpl3: eventExit, cpl0: ['exitWork', ...eventExitSame] },
    trustEnter: {
      cpl3: [
        ...enter,
        ...(['capabilityCheck', 'pageTrustCheck', 'entryLookup', 'argumentCheck', 'kernelFrame', 'sspSwitch'] as const),
        ...exitSame,
      ],
      cpl0: ['directCall', 'capabilityCheck', 'pageTrustCheck', 'entryLookup', 'argumentCheck', 'kernelFrame'],
    },
    trustLeave: {
      cpl3: [],
      cpl0: [...bypage.crossings.trustLeave.cpl0, 'istSwitch', 'kernelFrame', 'sspSwitch'],
    },
    // The gate takes the right to user memory away (AC is cleared), so that its copies open it again.
    userCopy: { cpl3: ['userAccess'], cpl0: ['userAccess'] },
  },
  switches: {
    ...bypage.switches,
    threadSwitch: {
      cpl3: bypage.switches.threadSwitch.cpl3,
      cpl0: [...bypage.switches.threadSwitch.cpl0, 'sspSwitch'],
    },
  },
};
