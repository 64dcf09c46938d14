import { dropCopies, hasHole, walk } from './addressspace.ts';
import { isAnonymous } from './mapping.ts';
import type { Mapping } from './mapping.ts';
import type { RangeArgs } from './munmap.ts';
import { OK, failed } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { WRITE, allows } from './prot.ts';
import { isTrustSealed } from './trust.ts';
import { spaceOf } from './world.ts';
import type { World } from './world.ts';

/**
 * madvise MADV_DONTNEED: private copies are dropped, shared contents stay. Holes are skipped and reported at the end (ENOMEM); a
 * mapping that refuses stops the walk (EPERM). A trusted mapping keeps its trust and loses its contents.
 */
export function dontneed(world: World, { p, page, n }: RangeArgs): Outcome {
  const space = spaceOf(world, p);
  const end = page + n;
  for (const piece of walk(space, page, end)) {
    if (keepsContents(piece.mapping) || isTrustSealed(world.trust, piece.mapping)) return failed('EPERM');
    dropCopies(space, piece.from, piece.end);
  }
  return hasHole(space, page, end) ? failed('ENOMEM') : OK;
}

/** mseal protects only read-only anonymous memory from being discarded; a private copy of a file page can go (Linux can_madvise_modify). */
function keepsContents(mapping: Mapping): boolean {
  return mapping.sealed && isAnonymous(mapping) && !allows(mapping.prot, WRITE);
}
