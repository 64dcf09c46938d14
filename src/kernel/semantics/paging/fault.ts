import { mappingAt } from './addressspace.ts';
import type { AddressSpace } from './addressspace.ts';
import { ensureFamily } from './family.ts';
import { offsetOf } from './mapping.ts';
import type { Mapping } from './mapping.ts';
import { loadByte, pageCount } from './object.ts';
import type { Fault } from './outcome.ts';
import { EXECUTE, NONE, WRITE, allows } from './prot.ts';

/** What code does to a page. */
export type Access = 'read' | 'write' | 'execute';

/** A page that an access reached, or the signal it ends in. */
export type Reached = { readonly mapping: Mapping } | { readonly fault: Fault };

/**
 * x86 without protection keys has no right to read: whatever is mapped with any right can be read. An instruction fetch of an absent
 * page is first handled as a read, so that it meets the end of the object (SIGBUS) before the missing right (Linux access_error).
 */
const PERMITS: Readonly<Record<Access, (mapping: Mapping) => boolean>> = {
  read: (mapping) => mapping.prot !== NONE,
  write: (mapping) => allows(mapping.prot, WRITE),
  execute: (mapping) => mapping.prot !== NONE,
};

/** An access by user code, or by the kernel on its behalf: the mapping and its rights, then the object, then the right to execute. */
export function access(space: AddressSpace, page: number, kind: Access): Reached {
  const mapping = mappingAt(space, page);
  if (!mapping) return { fault: 'SEGV_MAPERR' };
  if (!PERMITS[kind](mapping)) return { fault: 'SEGV_ACCERR' };
  if (!populate(space, mapping, page, kind === 'write')) return { fault: 'SIGBUS' };
  if (kind === 'execute' && !allows(mapping.prot, EXECUTE)) return { fault: 'SEGV_ACCERR' };
  return { mapping };
}

/** Makes a page present; false where the object behind it has ended and there is no private copy. */
export function populate(space: AddressSpace, mapping: Mapping, page: number, forWrite: boolean): boolean {
  if (forWrite) ensureFamily(space, mapping);
  if (mapping.file === null || space.copies.has(page)) return true;
  return offsetOf(mapping, page) < pageCount(mapping.file.object);
}

/** Probe byte that a populated page shows: the private copy, else the object, else zero. */
export function load(space: AddressSpace, mapping: Mapping, page: number): number {
  const copy = space.copies.get(page);
  if (copy !== undefined) return copy;
  return mapping.file ? loadByte(mapping.file.object, offsetOf(mapping, page)) : 0;
}

/** Writes the probe byte of a populated page: into the object if shared, else into a private copy (copy-on-write). */
export function store(space: AddressSpace, mapping: Mapping, page: number, value: number): void {
  if (mapping.shared && mapping.file) mapping.file.object.bytes.set(offsetOf(mapping, page), value);
  else space.copies.set(page, value);
}
