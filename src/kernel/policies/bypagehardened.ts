import type { Policy } from '../policy.ts';
import { MECHANISM_NAMES } from '../semantics/config.ts';
import { bypage } from './bypage.ts';

/** The hardened reading: all 21 mechanisms obeyed and paid for. `bypage-hardened-SFI` is the same without one of them. */
export const bypageHardened: Policy = {
  ...bypage,
  name: 'bypage-hardened',
  doc: 'bypage with all 21 mechanisms of the hardened reading, obeyed and paid for; take one away by -NAME',
  semantics: 'H',
  mechanisms: MECHANISM_NAMES,
};
