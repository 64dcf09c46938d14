import type { AddressSpace } from './addressspace.ts';
import { mayShareFamily } from './mapping.ts';
import type { Mapping } from './mapping.ts';

/**
 * Gives a private mapping a family before its first private write, even if that write then fails with SIGBUS (Linux
 * __anon_vma_prepare): the family of the next or else the previous neighbour that could be merged but for its rights, or a new one.
 */
export function ensureFamily(space: AddressSpace, mapping: Mapping): void {
  if (mapping.shared || mapping.family !== 0) return;
  const index = space.mappings.indexOf(mapping);
  const next = space.mappings[index + 1];
  const previous = space.mappings[index - 1];
  if (next && mayLend(next) && mayShareFamily(mapping, next)) mapping.family = next.family;
  else if (previous && mayLend(previous) && mayShareFamily(previous, mapping)) mapping.family = previous.family;
  else mapping.family = space.nextFamily++;
}

/** Only a family without ancestors is lent (Linux reusable_anon_vma). */
function mayLend(mapping: Mapping): boolean {
  return mapping.family !== 0 && !mapping.inherited;
}

/** The mapping's copy in a forked child: a family of its own with the parent's as ancestor (Linux anon_vma_fork). */
export function inheritMapping(child: AddressSpace, mapping: Mapping): Mapping {
  if (mapping.family === 0) return { ...mapping };
  return { ...mapping, family: child.nextFamily++, inherited: true };
}
