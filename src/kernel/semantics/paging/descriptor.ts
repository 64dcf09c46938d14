import { PAGE_BYTES, PROBE_OFFSET, loadByte, pageCount, resize } from './object.ts';
import type { BackingObject, OpenFile } from './object.ts';
import { dropCopies } from './addressspace.ts';
import { OK, failed, got } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { mappingsOf } from './world.ts';
import type { FileName, World } from './world.ts';

/** Page `off` of a descriptor; all processes hold the same descriptors. */
export interface FdArgs {
  readonly obj: FileName;
  readonly off: number;
}

/** A page of a descriptor and what is written there. */
export interface FdWriteArgs extends FdArgs {
  readonly value: number;
}

/** A file and its new size in pages. */
export interface FtruncateArgs {
  readonly obj: FileName;
  readonly npages: number;
}

/** pread of the probe byte of a page. */
export function fdread(world: World, { obj, off }: FdArgs): Outcome {
  const { object } = world.files[obj];
  return got(probeEnd(off) <= object.sizeBytes ? loadByte(object, off) : 'eof');
}

/** pwrite of the probe byte of a page; past the end it extends the object, which the grow seal forbids, as the write seals do any write. */
export function fdwrite(world: World, { obj, off, value }: FdWriteArgs): Outcome {
  const { object, writable } = world.files[obj];
  if (!writable) return failed('EBADF');
  const end = probeEnd(off);
  const grows = end > object.sizeBytes;
  if (object.seals.has('write') || object.seals.has('future_write')) return failed('EPERM');
  if (grows && object.seals.has('grow')) return failed('EPERM');
  if (grows) object.sizeBytes = end;
  object.bytes.set(off, value);
  return OK;
}

/** ftruncate to whole pages. A cut also takes private copies of the pages cut off, in every process (Linux unmap_mapping_range, even_cows). */
export function ftruncate(world: World, { obj, npages }: FtruncateArgs): Outcome {
  const { object, writable }: OpenFile = world.files[obj];
  if (!writable) return failed('EINVAL');
  const sizeBytes = npages * PAGE_BYTES;
  if (sizeBytes < object.sizeBytes && object.seals.has('shrink')) return failed('EPERM');
  if (sizeBytes > object.sizeBytes && object.seals.has('grow')) return failed('EPERM');
  resize(object, sizeBytes);
  dropCopiesPastEnd(world, object);
  return OK;
}

function dropCopiesPastEnd(world: World, object: BackingObject): void {
  for (const [space, mapping] of mappingsOf(world, object)) {
    const kept = Math.max(0, pageCount(object) - mapping.offset);
    dropCopies(space, mapping.start + kept, mapping.end);
  }
}

function probeEnd(page: number): number {
  return page * PAGE_BYTES + PROBE_OFFSET + 1;
}
