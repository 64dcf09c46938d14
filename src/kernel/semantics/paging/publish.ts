import { hasHole, modifyRange, overlapping, walk } from './addressspace.ts';
import type { AddressSpace } from './addressspace.ts';
import type { Mapping } from './mapping.ts';
import { chargedAs, gainsExecute } from './mprotect.ts';
import type { RangeArgs } from './munmap.ts';
import { OK, failed } from './outcome.ts';
import type { ErrnoName, Outcome } from './outcome.ts';
import { EXECUTE, READ, WRITE } from './prot.ts';
import type { Prot } from './prot.ts';
import { spaceOf } from './world.ts';
import type { World } from './world.ts';

/**
 * Sets KERNELTRUST on a range without holes: trusted, readable, executable, never writable. Who may do so is decided by the monitor,
 * not here. All or nothing: ENOSYS without KERNELTRUST, ENOMEM for a hole, EPERM under mseal, EACCES where MDWE refuses mprotect too.
 */
export function publish(world: World, range: RangeArgs): Outcome {
  const space = spaceOf(world, range.p);
  if (!world.trust) return failed('ENOSYS');
  if (hasHole(space, range.page, range.page + range.n)) return failed('ENOMEM');
  return change(space, range, true, () => READ | EXECUTE);
}

/** Takes KERNELTRUST back: the pages become writable and keep their other rights. EINVAL where a page is absent or not trusted. */
export function unpublish(world: World, range: RangeArgs): Outcome {
  const space = spaceOf(world, range.p);
  const end = range.page + range.n;
  if (!world.trust) return failed('ENOSYS');
  const trusted = overlapping(space, range.page, end).every((mapping) => mapping.trusted);
  if (!trusted || hasHole(space, range.page, end)) return failed('EINVAL');
  return change(space, range, false, (mapping) => mapping.prot | WRITE);
}

function change(space: AddressSpace, { page, n }: RangeArgs, trusted: boolean, protOf: (of: Mapping) => Prot): Outcome {
  for (const { mapping } of walk(space, page, page + n)) {
    const refusal = refuse(space, mapping, protOf(mapping));
    if (refusal) return failed(refusal);
  }
  for (const piece of walk(space, page, page + n)) {
    const prot = protOf(piece.mapping);
    modifyRange(space, piece, { prot, trusted, charged: chargedAs(piece.mapping, prot) });
  }
  return OK;
}

function refuse(space: AddressSpace, mapping: Mapping, prot: Prot): ErrnoName | null {
  if (mapping.sealed) return 'EPERM';
  if (!mapping.mayWrite && (prot & WRITE) !== 0) return 'EACCES';
  return space.denyExecGain && gainsExecute(mapping.prot, prot) ? 'EACCES' : null;
}
