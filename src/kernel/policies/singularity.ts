import { sourced } from '../../hw/profile.ts';
import type { Policy } from '../policy.ts';
import { alike, baseline, LISTS } from './baseline.ts';
import { kernelmode } from './kernelmode.ts';

const OSR = 'Singularity, OSR 41(2), 2007, table of basic operations on an Athlon 64';
const MICROKERNEL = `${OSR}: a yield 365 cycles; scheduler, channels and handles of a microkernel are of one make`;

/** Shares of Linux's paths that its microkernel executes. */
const kernelWork: Policy['kernelWork'] = {
  identity: sourced(0.06, [0.03, 0.2], 'second-hand', `${OSR}: an API call 80 cycles`),
  scheduling: sourced(0.04, [0.02, 0.2], 'second-hand', MICROKERNEL),
  files: sourced(0.04, [0.02, 0.2], 'assumed', MICROKERNEL),
  ipc: sourced(0.04, [0.02, 0.2], 'assumed', MICROKERNEL),
  process: sourced(0.09, [0.05, 0.2], 'second-hand', `${OSR}: a process created in 388000 cycles`),
};

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
  bound: 'none',
  isOneSpace: true,
  kernelWork,
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
