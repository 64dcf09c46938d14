import { LISTS } from './baseline.ts';
import { bypage } from './bypage.ts';
import type { Policy } from '../policy.ts';

/** The first half of the proposal's text: code in a trusted page calls `syskernelmode` itself, and no entry is declared or looked up. */
export const bypageL0: Policy = {
  ...bypage,
  name: 'bypage-l0',
  doc: "bypage without syskerneljump: code in a KERNELTRUST page calls syskernelmode, which looks at the caller's page alone",
  semantics: 'L0',
  crossings: {
    ...bypage.crossings,
    trustEnter: {
      cpl3: [...LISTS.enter, 'capabilityCheck', 'pageTrustCheck', ...LISTS.exitSame],
      cpl0: ['directCall', 'capabilityCheck', 'pageTrustCheck'],
    },
  },
};
