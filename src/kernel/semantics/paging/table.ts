import { mappingAt, overlapping } from './addressspace.ts';
import type { AddressSpace } from './addressspace.ts';
import { offsetOf } from './mapping.ts';
import type { Mapping } from './mapping.ts';
import { SHARED_ANONYMOUS } from './object.ts';
import { protName } from './prot.ts';

/** The page table of a process as /proc/PID/maps would show it: number of mappings, and each page as `rw-p file+2`, or `-` for a hole. */
export interface PageTable {
  readonly nvma: number;
  readonly pages: readonly string[];
}

/** Table of the pages [0, pages). */
export function pageTable(space: AddressSpace, pages: number): PageTable {
  const rows = Array.from({ length: pages }, (_, page) => describePage(mappingAt(space, page), page));
  return { nvma: overlapping(space, 0, pages).length, pages: rows };
}

function describePage(mapping: Mapping | undefined, page: number): string {
  if (!mapping) return '-';
  return `${protName(mapping.prot)}${mapping.shared ? 's' : 'p'} ${backing(mapping, page)}`;
}

/** Anonymous memory has no offset that a process could see. */
function backing(mapping: Mapping, page: number): string {
  if (!mapping.file) return 'anon';
  const { name } = mapping.file.object;
  return name === SHARED_ANONYMOUS ? name : `${name}+${offsetOf(mapping, page)}`;
}
