import type { OpenFile } from './object.ts';
import type { Prot } from './prot.ts';

/** What must be equal for two neighbours to be one mapping (Linux: vm_flags and vm_file). */
export interface Attributes {
  readonly prot: Prot;
  /** Writes reach the object, not a private copy (VM_MAYSHARE; `s` in /proc/PID/maps). */
  readonly shared: boolean;
  /** mprotect may add WRITE (VM_MAYWRITE): not on a shared mapping of a read-only descriptor or of a write-sealed memfd. */
  readonly mayWrite: boolean;
  /** Descriptor, or null for private anonymous memory. */
  readonly file: OpenFile | null;
  /** Its pages count as committed memory (VM_ACCOUNT): private and once writable. Only visible in what merges. */
  readonly charged: boolean;
  /** mseal: immutable (VM_SEALED). */
  readonly sealed: boolean;
  /** KERNELTRUST. */
  readonly trusted: boolean;
}

/** A range of pages with one set of attributes (Linux: vm_area_struct). */
export interface Mapping extends Attributes {
  /** First page, and the page after the last. */
  readonly start: number;
  readonly end: number;
  /** Page of the object behind `start`; of private anonymous memory the address it was mapped at, in pages (vm_pgoff). */
  readonly offset: number;
  /** Which private copies this mapping may hold: identity of its anon_vma, 0 before the first private write. */
  family: number;
  /** The family has ancestors in a parent process: such a mapping does not merge with one without a family. */
  readonly inherited: boolean;
}

/** The page of the object (or the mapping address) behind `page`. */
export function offsetOf(mapping: Mapping, page: number): number {
  return mapping.offset + (page - mapping.start);
}

/** The part [start, end) of a mapping as a mapping of its own, with changed attributes. */
export function part(mapping: Mapping, start: number, end: number, change: Partial<Attributes> = {}): Mapping {
  return { ...mapping, ...change, start, end, offset: offsetOf(mapping, start) };
}

/** Private anonymous memory: no object behind it. */
export function isAnonymous(mapping: Attributes): boolean {
  return mapping.file === null;
}

/** One begins where the other ends, in memory and in the object. */
function continues(left: Mapping, right: Mapping): boolean {
  return left.end === right.start && offsetOf(left, left.end) === right.offset && left.file === right.file;
}

function sameKind(left: Attributes, right: Attributes): boolean {
  return (
    left.shared === right.shared &&
    left.mayWrite === right.mayWrite &&
    left.charged === right.charged &&
    left.sealed === right.sealed &&
    left.trusted === right.trusted
  );
}

/** Linux anon_vma_compatible: neighbours that differ at most in their rights may share a family. */
export function mayShareFamily(left: Mapping, right: Mapping): boolean {
  return continues(left, right) && sameKind(left, right);
}

/** Linux is_mergeable_anon_vma: one family, or none on one side and no ancestors on the other. */
export function familiesAgree(left: Mapping, right: Mapping): boolean {
  if (left.family === right.family) return true;
  if (left.family === 0) return !right.inherited;
  return right.family === 0 && !left.inherited;
}

/** Linux can_vma_merge_after and _before: equal rights and attributes, one continues the other, families agree. */
export function mergeable(left: Mapping, right: Mapping): boolean {
  return mayShareFamily(left, right) && left.prot === right.prot && familiesAgree(left, right);
}
