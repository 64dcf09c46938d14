import { insertMapping, mappingAt, unmapRange, walk } from './addressspace.ts';
import type { AddressSpace } from './addressspace.ts';
import { isAnonymous, offsetOf, part } from './mapping.ts';
import type { Mapping } from './mapping.ts';
import { detach } from './munmap.ts';
import type { RangeArgs } from './munmap.ts';
import { OK, failed } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { isImmutable } from './trust.ts';
import type { TrustRules } from './trust.ts';
import { spaceOf } from './world.ts';
import type { World } from './world.ts';

/**
 * mremap of pages [page, page + n) to `newN` pages: in place, or with `to` at exactly that page (MREMAP_MAYMOVE | MREMAP_FIXED). n = 0
 * duplicates a shared mapping.
 */
export interface MremapArgs extends RangeArgs {
  readonly newN: number;
  readonly to?: number | undefined;
}

interface Request extends MremapArgs {
  readonly space: AddressSpace;
  readonly trust: TrustRules | null;
}

/** mremap: private copies, rights, seals and trust travel with the mapping. Linux 6.18 mm/mremap.c. */
export function mremap(world: World, args: MremapArgs): Outcome {
  const request = { ...args, space: spaceOf(world, args.p), trust: world.trust };
  const { to } = args;
  if (args.newN === 0) return failed('EINVAL');
  if (to === undefined) return resizeInPlace(request);
  if (args.page + args.n > to && to + args.newN > args.page) return failed('EINVAL');
  return args.n === args.newN ? moveAll(request, to) : moveOne(request, to);
}

/** What do_mremap asks of a mapping before it touches anything; null if it may go on. `needed`: old pages that must lie in this one mapping. */
function refuse({ trust, page, n }: Request, mapping: Mapping | undefined, needed: number): Outcome | null {
  if (!mapping) return failed('EFAULT');
  if (isImmutable(trust, mapping)) return failed('EPERM');
  if (n === 0 && !mapping.shared) return failed('EINVAL');
  return needed > mapping.end - page ? failed('EFAULT') : null;
}

/** Shrinking unmaps the tail, whatever it holds; growing needs free pages behind the end of the mapping (else ENOMEM). */
function resizeInPlace(request: Request): Outcome {
  const { space, trust, page, n, newN } = request;
  const mapping = mappingAt(space, page);
  const refusal = refuse(request, mapping, newN > n ? n : 0);
  if (refusal || !mapping) return refusal ?? failed('EFAULT');
  if (newN <= n) return detach(trust, space, page + newN, page + n) ? OK : failed('EPERM');
  const [end, newEnd] = [page + n, page + newN];
  if (!isFree(space, end, newEnd)) return failed('ENOMEM');
  insertMapping(space, { ...part(mapping, end, newEnd), inherited: false });
  return OK;
}

/** Growing or shrinking while moving: one mapping only. What lies at the destination is gone even if the rest fails. */
function moveOne(request: Request, to: number): Outcome {
  const { space, trust, page, n, newN } = request;
  const refusal = refuse(request, mappingAt(space, page), Math.min(n, newN));
  if (refusal) return refusal;
  if (!detach(trust, space, to, to + newN)) return failed('EPERM');
  if (newN < n && !detach(trust, space, page + newN, page + n)) return failed('EPERM');
  const mapping = mappingAt(space, page);
  if (!mapping) return failed('EFAULT');
  move(space, mapping, page, Math.min(n, newN), to, newN);
  return OK;
}

/** Moving without a change of length takes along every mapping of the range, and the holes between them, until one refuses. */
function moveAll(request: Request, to: number): Outcome {
  const { space, trust, page, n } = request;
  if (!mappingAt(space, page)) return failed('EFAULT');
  for (const { mapping, from, end } of walk(space, page, page + n)) {
    const target = to + (from - page);
    const pages = end - from;
    if (isImmutable(trust, mapping) || !detach(trust, space, target, target + pages)) return failed('EPERM');
    move(space, mapping, from, pages, target, pages);
  }
  return OK;
}

/** Copies the mapping (which may merge it at once with neighbours), carries its private copies over, and unmaps the source. */
function move(space: AddressSpace, mapping: Mapping, from: number, pages: number, to: number, newPages: number): void {
  const readdress = isAnonymous(mapping) && mapping.family === 0;
  const offset = readdress ? to : offsetOf(mapping, from);
  insertMapping(space, { ...mapping, start: to, end: to + newPages, offset });
  for (let k = 0; k < pages; k++) {
    const copy = space.copies.get(from + k);
    if (copy !== undefined) space.copies.set(to + k, copy);
  }
  unmapRange(space, from, from + pages);
}

function isFree(space: AddressSpace, start: number, end: number): boolean {
  return walk(space, start, end).next().done === true;
}
