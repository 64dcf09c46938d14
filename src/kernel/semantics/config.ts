import { mechanismSet } from './mechanism.ts';
import type { Mechanisms } from './mechanism.ts';
import { CHOSEN } from './variant.ts';
import type { Variant } from './variant.ts';

export { MECHANISM_NAMES } from './mechanism.ts';
export type { MechanismName, Mechanisms } from './mechanism.ts';
export type { Variant, VariantName } from './variant.ts';

/** `L0`: the text up to `syskernelmode`; `L1`: with `syskerneljump`; `H`: `L1` and all mechanisms. */
export type ProfileName = 'L0' | 'L1' | 'H';
/** Names of the profiles, from the widest reading to the hardened one. */
export const PROFILE_NAMES: readonly ProfileName[] = ['L0', 'L1', 'H'];

/** What the rest of the operating system offers: `2004` has no FOLL_FORCE writes, userfaultfd, rseq, io_uring, ambient capabilities. */
export type Era = '2004' | 'modern';

/** All choices of one machine of the semantics, resolved once; every rule reads this and nothing else. */
export interface Rules {
  readonly profile: ProfileName;
  readonly era: Era;
  /** Whether the text's `syskerneljump` exists (L1 and H). */
  readonly gated: boolean;
  readonly variant: Variant;
  readonly mechanisms: Mechanisms;
}

/**
 * Readings in which each profile differs from the chosen ones. A2: the literal first half knows only the caller's page. A8: `H` leaves the
 * leave rule to SMEPT, so that without SMEPT nothing checks it.
 */
const PROFILE_VARIANT: Readonly<Record<ProfileName, Partial<Variant>>> = {
  L0: { setter: 'page' },
  L1: {},
  H: { leave: 'stay', setter: 'kernel', both: 'Brestricts', offCap: false, etScope: 'pub' },
};

/** The rules of a profile with single readings and mechanisms changed. Pure; the result is never modified. */
export function makeRules(
  profile: ProfileName,
  variant: Partial<Variant> = {},
  mechanisms: Partial<Mechanisms> = {},
  era: Era = 'modern',
): Rules {
  return {
    profile,
    era,
    gated: profile !== 'L0',
    variant: { ...CHOSEN, ...PROFILE_VARIANT[profile], ...variant },
    mechanisms: mechanismSet(profile === 'H', mechanisms),
  };
}
