import type { Policy } from '../policy.ts';
import { alike, baseline, LISTS } from './baseline.ts';
import { kernelmode } from './kernelmode.ts';

/**
 * Software isolation as Singularity has it (OSR 41(2), 2007): all processes are type-safe and share one address space at CPL 0; a
 * service is a call that marks the stack, a switch changes no page table.
 */
export const singularity: Policy = {
  ...kernelmode,
  name: 'singularity',
  doc: 'Software isolation: type-safe processes share one address space at CPL 0, a service is a checked call (like Singularity, 2007)',
  splitsTables: false,
  isConfined: true,
  code: alike('safetyCheck'),
  crossings: {
    ...kernelmode.crossings,
    syscallEnter: { cpl3: baseline.crossings.syscallEnter.cpl3, cpl0: ['directCall', 'callGate'] },
    eventEnter: alike(...LISTS.eventEnterSame),
    eventExit: alike(...LISTS.eventExitSame),
    pageFault: alike(...LISTS.eventEnterSame, 'pageFault', ...LISTS.eventExitSame),
    accessFault: alike(...LISTS.eventEnterSame, 'accessHandler', ...LISTS.eventExitSame),
  },
  switches: { ...kernelmode.switches, threadSwitch: alike('pickNext', 'threadSwitch'), spaceSwitch: alike() },
};
