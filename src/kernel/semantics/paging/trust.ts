import type { Mapping } from './mapping.ts';

/** How KERNELTRUST binds the pages of a world; the names are those of the variants and mechanisms of the semantics. */
export interface TrustRules {
  /** A11, mprotect to writable on a trusted page: refused (`sticky`), ends the trust (`autoClear`), nothing special (`none`). */
  readonly ro: 'sticky' | 'autoClear' | 'none';
  /** SEAL: mappings of trusted pages are immutable; only unpublish ends them. */
  readonly seal: boolean;
  /** NOFORCE: forced writes (/proc/PID/mem) to trusted pages are refused. */
  readonly noForce: boolean;
}

/** The literal reading: a trusted page stays read-only, and nothing else is said. */
export const LITERAL_TRUST: TrustRules = { ro: 'sticky', seal: false, noForce: false };
/** The literal reading with the mechanisms SEAL and NOFORCE. */
export const HARDENED_TRUST: TrustRules = { ro: 'sticky', seal: true, noForce: true };

/** No operation may change, move, replace or remove the mapping: mseal (Linux can_modify_vma), or trust under SEAL. */
export function isImmutable(trust: TrustRules | null, mapping: Mapping): boolean {
  return mapping.sealed || isTrustSealed(trust, mapping);
}

/** Immutable because it is trusted. */
export function isTrustSealed(trust: TrustRules | null, mapping: Mapping): boolean {
  return trust !== null && trust.seal && mapping.trusted;
}
