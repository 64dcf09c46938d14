import type { MechanismName, ProfileName } from '../../src/kernel/semantics/config.ts';
import type { AlphabetName } from './alphabet.ts';

/** A profile, for H without some mechanisms. */
export interface Policy {
  readonly profile: ProfileName;
  readonly without: readonly MechanismName[];
}

const L0: Policy = { profile: 'L0', without: [] };
const L1: Policy = { profile: 'L1', without: [] };
const H: Policy = { profile: 'H', without: [] };

function hardened(...without: readonly MechanismName[]): Policy {
  return { profile: 'H', without };
}

/** Mechanisms that some operation of the model meets; the others (services, signals, debuggers, data) are out of its reach. */
export const MODELLED = [
  'KSTK',
  'SMEPT',
  'SHSTK',
  'IBT',
  'KFRAME',
  'SEAL',
  'ALIAS',
  'NOFORCE',
  'VPUB',
  'GENENT',
  'SHOOT',
  'CAPX',
  'FAULTC',
] as const satisfies readonly MechanismName[];

/** Policies compared under each alphabet: those whose rules its operations can meet. */
export const POLICIES: Readonly<Record<AlphabetName, readonly Policy[]>> = {
  nesting: [L0, L1, H, ...(['KFRAME', 'SMEPT', 'IBT'] as const).map((name) => hardened(name))],
  returns: [
    L0,
    L1,
    H,
    ...(['KSTK', 'SHSTK', 'SMEPT', 'IBT', 'KFRAME', 'FAULTC'] as const).map((name) => hardened(name)),
    hardened('KSTK', 'SHSTK'),
  ],
  publish: [
    L0,
    L1,
    H,
    ...(['ALIAS', 'NOFORCE', 'VPUB', 'GENENT', 'SMEPT', 'FAULTC'] as const).map((name) => hardened(name)),
  ],
  shootdown: [L0, L1, H, ...(['SHOOT', 'SMEPT', 'ALIAS', 'VPUB', 'FAULTC'] as const).map((name) => hardened(name))],
  change: [
    L0,
    L1,
    H,
    ...(['SEAL', 'GENENT', 'CAPX', 'ALIAS', 'VPUB', 'SHOOT', 'FAULTC'] as const).map((name) => hardened(name)),
  ],
  core: [H, ...MODELLED.map((name) => hardened(name)), hardened('KSTK', 'SHSTK')],
};

/** "L1", "H", "H - SHOOT", "H - KSTK - SHSTK". */
export function printPolicy({ profile, without }: Policy): string {
  return [profile, ...without].join(' - ');
}
