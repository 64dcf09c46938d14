import { modifyRange, walk } from './addressspace.ts';
import type { AddressSpace } from './addressspace.ts';
import { isAnonymous } from './mapping.ts';
import type { Attributes, Mapping } from './mapping.ts';
import type { RangeArgs } from './munmap.ts';
import { OK, failed } from './outcome.ts';
import type { ErrnoName, Outcome } from './outcome.ts';
import { EXECUTE, WRITE, allows } from './prot.ts';
import type { Prot } from './prot.ts';
import { isTrustSealed } from './trust.ts';
import type { TrustRules } from './trust.ts';
import { spaceOf } from './world.ts';
import type { World } from './world.ts';

/** mprotect of pages [page, page + n). */
export interface MprotectArgs extends RangeArgs {
  readonly prot: Prot;
}

interface Request {
  readonly space: AddressSpace;
  readonly mapping: Mapping;
  readonly prot: Prot;
  readonly trust: TrustRules | null;
}

/**
 * Asked of each mapping of the range; the first that holds is the error. Between the two rules of KERNELTRUST (SEAL, and A11 "sticky")
 * the order of do_mprotect_pkey and mprotect_fixup.
 */
const REFUSALS: readonly (readonly [ErrnoName, (request: Request) => boolean])[] = [
  ['EPERM', ({ trust, mapping }) => isTrustSealed(trust, mapping)],
  ['EACCES', ({ mapping, prot }) => allows(prot, WRITE) && !mapping.mayWrite],
  ['EACCES', ({ space, mapping, prot }) => space.denyExecGain && gainsExecute(mapping.prot, prot)],
  ['EPERM', ({ mapping }) => mapping.sealed],
  ['EACCES', ({ mapping, prot, trust }) => allows(prot, WRITE) && mapping.trusted && trust?.ro === 'sticky'],
];

/**
 * mprotect works through the mappings by address and stops at the first obstacle: what lies before a hole (ENOMEM), a missing right
 * (EACCES) or a sealed mapping (EPERM) stays changed.
 */
export function mprotect(world: World, { p, page, n, prot }: MprotectArgs): Outcome {
  const space = spaceOf(world, p);
  let done = page;
  for (const piece of walk(space, page, page + n)) {
    if (piece.from > done) return failed('ENOMEM');
    const refusal = refuse({ space, mapping: piece.mapping, prot, trust: world.trust });
    if (refusal) return failed(refusal);
    if (piece.mapping.prot !== prot) modifyRange(space, piece, changeOf(piece.mapping, prot, world.trust));
    done = piece.end;
  }
  return done < page + n ? failed('ENOMEM') : OK;
}

function refuse(request: Request): ErrnoName | undefined {
  return REFUSALS.find(([, refuses]) => refuses(request))?.[0];
}

/** PR_SET_MDWE: nothing becomes writable and executable, nothing that was not executable becomes it (Linux map_deny_write_exec). */
export function gainsExecute(from: Prot, to: Prot): boolean {
  return allows(to, EXECUTE) && (allows(to, WRITE) || !allows(from, EXECUTE));
}

function changeOf(mapping: Mapping, prot: Prot, trust: TrustRules | null): Partial<Attributes> {
  const endsTrust = allows(prot, WRITE) && trust?.ro === 'autoClear';
  return { prot, charged: chargedAs(mapping, prot), trusted: mapping.trusted && !endsTrust };
}

/** Private memory is charged once it may be written, and for good, except anonymous memory that holds no copies yet. */
export function chargedAs(mapping: Mapping, prot: Prot): boolean {
  if (allows(prot, WRITE)) return mapping.charged || !mapping.shared;
  return mapping.charged && !(isAnonymous(mapping) && mapping.family === 0);
}
