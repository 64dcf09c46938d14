import type { StepName } from '../../hw/steps.ts';
import type { CrossingName, SwitchName } from '../policy.ts';
import type { MechanismName } from '../semantics/config.ts';
import { LISTS } from './baseline.ts';

/** Steps that a mechanism adds to crossings and switches, by the CPL of the user's code; `code` to every 1000 user instructions. */
export interface Amendment {
  readonly cpl3?: Additions;
  readonly cpl0?: Additions;
  /** Why a mechanism without steps costs nothing while a server runs. */
  readonly free?: string;
}
type Additions = Readonly<Partial<Record<CrossingName | SwitchName | 'code', readonly StepName[]>>>;

const REFUSAL = 'a refusal on a path that a running server does not take';
const PUBLISHING =
  'paid when code is published (publishing.ts), which the recorded servers have done before they are measured';

/**
 * What each of the 21 mechanisms of the hardened reading costs while a server runs. Ranges of the steps stand in the machines; which
 * mechanism needs which step: the component tables behind `docs/sources.md`.
 */
export const AMENDMENTS: Readonly<Record<MechanismName, Amendment>> = {
  // Interrupt stacks serve every event of every process, whatever its CPL (Privbox put all vectors on them).
  KSTK: {
    cpl3: {
      trustEnter: ['privateStack'],
      kernelModeEnter: ['privateStack'],
      eventEnter: ['istSwitch'],
      pageFault: ['istSwitch'],
      accessFault: ['istSwitch'],
    },
    cpl0: { eventEnter: ['istSwitch'], pageFault: ['istSwitch'], accessFault: ['istSwitch'] },
  },
  SMEPT: { free: 'a bit of the page table; a fetch outside kills, so that nobody pays for leaving' },
  // The gate takes the right to user memory away (AC is cleared), so that its copies open it again.
  GATE: {
    cpl0: {
      syscallEnter: ['callGate', 'stackSwitch', ...LISTS.workOnEntry],
      syscallExit: LISTS.workOnExit,
      userCopy: ['userAccess'],
    },
  },
  SHSTK: {
    cpl3: { trustEnter: ['sspSwitch'], downcallReturn: ['sspSwitch'] },
    cpl0: { trustLeave: ['sspSwitch'], downcall: ['sspSwitch'], threadSwitch: ['sspSwitch'], code: ['shadowStack'] },
  },
  IBT: { cpl0: { code: ['branchCheck'] } },
  KFRAME: {
    cpl3: { trustEnter: ['kernelFrame'], downcallReturn: ['kernelFrame'] },
    cpl0: { trustEnter: ['kernelFrame'], trustLeave: ['kernelFrame'], downcall: ['kernelFrame'] },
  },
  SEAL: { free: REFUSAL },
  ALIAS: { free: PUBLISHING },
  NOFORCE: { free: REFUSAL },
  VPUB: { free: PUBLISHING },
  GENENT: { cpl3: { trustEnter: ['generationCheck'] }, cpl0: { trustEnter: ['generationCheck'] } },
  SHOOT: { free: PUBLISHING },
  SIGREC: { cpl3: { signal: ['signalRecord'] }, cpl0: { signal: ['signalRecord'] } },
  PREEMPT: { cpl0: { eventExit: ['exitWork'], pageFault: ['exitWork'], accessFault: ['exitWork'] } },
  CAPX: { cpl3: { trustEnter: ['capabilityCheck'], kernelModeEnter: ['capabilityCheck'] } },
  PTRC: { free: REFUSAL },
  FAULTC: { cpl0: { pageFault: ['faultClassify'], accessFault: ['faultClassify'] } },
  ARGV: { cpl3: { trustEnter: ['argumentCheck'] }, cpl0: { trustEnter: ['argumentCheck'] } },
  MMX: { free: REFUSAL },
  HEAPI: {
    cpl3: { trustEnter: ['heapSwitch'], downcallReturn: ['heapSwitch'] },
    cpl0: { trustLeave: ['heapSwitch'], downcall: ['heapSwitch'] },
  },
  SFI: { cpl0: { code: ['sfiMask'] } },
};

/** Steps that the mechanisms add to one list. */
export function addedSteps(
  mechanisms: readonly MechanismName[],
  cpl: 'cpl3' | 'cpl0',
  list: CrossingName | SwitchName | 'code',
): readonly StepName[] {
  return mechanisms.flatMap((name) => AMENDMENTS[name][cpl]?.[list] ?? []);
}
