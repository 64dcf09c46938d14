/** Bytes of a page. */
export const PAGE_BYTES = 4096;

/**
 * Offset in each page of the one byte whose value the model follows. One byte is enough: page tables know whole pages, and a size that
 * ends inside a page only decides whether this byte lies before the end.
 */
export const PROBE_OFFSET = 16;

/** Name of the hidden object of a shared anonymous mapping. */
export const SHARED_ANONYMOUS = 'shanon';

/** Seals of a memfd (fcntl F_ADD_SEALS). */
export const SEAL_NAMES = ['shrink', 'grow', 'write', 'future_write'] as const;
/** Name of a seal. */
export type SealName = (typeof SEAL_NAMES)[number];

/** Memory that mappings show: a file, a memfd, or the hidden object of a shared anonymous mapping. */
export interface BackingObject {
  readonly name: string;
  sizeBytes: number;
  /** Probe byte of each page; a page that was never written is a hole of zeros. */
  readonly bytes: Map<number, number>;
  readonly seals: Set<SealName>;
}

/** A descriptor. Two opens of one file share the object but are told apart (their mappings never merge). */
export interface OpenFile {
  readonly object: BackingObject;
  readonly writable: boolean;
}

/** An object of `pages` pages; page k holds `fill(k)`. */
export function createObject(name: string, pages: number, fill?: (page: number) => number): BackingObject {
  const bytes = new Map<number, number>();
  if (fill) for (let page = 0; page < pages; page++) bytes.set(page, fill(page));
  return { name, sizeBytes: pages * PAGE_BYTES, bytes, seals: new Set() };
}

/** Pages of the object that can be touched: the last one counts however little of it is used. */
export function pageCount(object: BackingObject): number {
  return Math.ceil(object.sizeBytes / PAGE_BYTES);
}

/** Probe byte of a page. */
export function loadByte(object: BackingObject, page: number): number {
  return object.bytes.get(page) ?? 0;
}

/** Cuts or extends to `sizeBytes`; what is cut off reads as zeros when the object grows again. */
export function resize(object: BackingObject, sizeBytes: number): void {
  object.sizeBytes = sizeBytes;
  for (const page of object.bytes.keys()) {
    if (page * PAGE_BYTES + PROBE_OFFSET >= sizeBytes) object.bytes.delete(page);
  }
}
