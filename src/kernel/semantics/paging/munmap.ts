import { overlapping, splitAt, unmapRange } from './addressspace.ts';
import type { AddressSpace } from './addressspace.ts';
import { OK, failed } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { isImmutable } from './trust.ts';
import type { TrustRules } from './trust.ts';
import { spaceOf } from './world.ts';
import type { World } from './world.ts';

/** Pages [page, page + n) of process p. */
export interface RangeArgs {
  readonly p: number;
  readonly page: number;
  readonly n: number;
}

/** munmap: holes are fine; one immutable mapping in the range and nothing is unmapped (EPERM). */
export function munmap(world: World, { p, page, n }: RangeArgs): Outcome {
  if (n === 0) return failed('EINVAL');
  return detach(world.trust, spaceOf(world, p), page, page + n) ? OK : failed('EPERM');
}

/**
 * Unmaps [start, end), or returns false where a mapping is immutable. A refusal after the first mapping leaves that one split at
 * `start` (Linux vms_gather_munmap_vmas does not merge it again): only the number of mappings shows it.
 */
export function detach(trust: TrustRules | null, space: AddressSpace, start: number, end: number): boolean {
  const doomed = overlapping(space, start, end);
  if (doomed.some((mapping) => isImmutable(trust, mapping))) {
    if (doomed[0] && !isImmutable(trust, doomed[0])) splitAt(space, start);
    return false;
  }
  unmapRange(space, start, end);
  return true;
}
