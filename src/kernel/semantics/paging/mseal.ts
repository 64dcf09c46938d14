import { hasHole, modifyRange, walk } from './addressspace.ts';
import type { RangeArgs } from './munmap.ts';
import { OK, failed } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { spaceOf } from './world.ts';
import type { World } from './world.ts';

/** mseal: makes the mappings of a range without holes immutable, for good and for forked children too; a hole is ENOMEM and seals nothing. */
export function mseal(world: World, { p, page, n }: RangeArgs): Outcome {
  const space = spaceOf(world, p);
  const end = page + n;
  if (hasHole(space, page, end)) return failed('ENOMEM');
  for (const piece of walk(space, page, end)) {
    if (!piece.mapping.sealed) modifyRange(space, piece, { sealed: true });
  }
  return OK;
}
