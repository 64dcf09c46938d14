import type { Policy } from '../policy.ts';
import { MECHANISM_NAMES, type MechanismName } from '../semantics/config.ts';
import { bypageHardened } from './bypagehardened.ts';

/** A second defence where another mechanism already holds: HEAPI before SFI, KSTK before SHSTK, SHOOT and a kernel copy before GENENT. */
const SECOND_LAYERS: ReadonlySet<MechanismName> = new Set(['SFI', 'SHSTK', 'GENENT']);

/** The smallest set found in which no attack of the catalogue breaks an invariant and every program that must work works. */
export const bypageHardenedMinimal: Policy = {
  ...bypageHardened,
  name: 'bypage-hardened-minimal',
  doc: 'bypage-hardened without SFI, SHSTK and GENENT: no attack of the catalogue needs them as well',
  mechanisms: MECHANISM_NAMES.filter((name) => !SECOND_LAYERS.has(name)),
};
