import { insertMapping, overlapping } from './addressspace.ts';
import type { AddressSpace } from './addressspace.ts';
import { detach } from './munmap.ts';
import type { RangeArgs } from './munmap.ts';
import { SHARED_ANONYMOUS, createObject } from './object.ts';
import type { OpenFile } from './object.ts';
import { OK, failed } from './outcome.ts';
import type { ErrnoName, Outcome } from './outcome.ts';
import { EXECUTE, WRITE, allows } from './prot.ts';
import type { Prot } from './prot.ts';
import { spaceOf } from './world.ts';
import type { FileName, World } from './world.ts';

/** mmap at a fixed place: MAP_FIXED, or MAP_FIXED_NOREPLACE. `off` is in pages; anonymous memory ignores it. */
export interface MmapArgs extends RangeArgs {
  readonly prot: Prot;
  readonly shared: boolean;
  readonly noReplace: boolean;
  readonly obj: 'anon' | FileName;
  readonly off: number;
}

interface Request extends MmapArgs {
  readonly space: AddressSpace;
  /** Null: anonymous. */
  readonly file: OpenFile | null;
}

/** In the order of do_mmap and mmap_region; the first that holds is the error. Nothing has been unmapped yet. */
const REFUSALS: readonly (readonly [ErrnoName, (request: Request) => boolean])[] = [
  ['EINVAL', ({ n }) => n === 0],
  ['EEXIST', ({ space, noReplace, page, n }) => noReplace && overlapping(space, page, page + n).length > 0],
  ['EACCES', (request) => sharesWrites(request) && request.file?.writable === false],
  ['EPERM', (request) => sharesWrites(request) && isWriteSealed(request.file)],
  ['EACCES', ({ space, prot }) => space.denyExecGain && allows(prot, WRITE | EXECUTE)],
];

/** mmap: replaces what was there unless NOREPLACE; a new mapping is never trusted. */
export function mmap(world: World, args: MmapArgs): Outcome {
  const file = args.obj === 'anon' ? null : world.files[args.obj];
  const request = { ...args, space: spaceOf(world, args.p), file };
  const refusal = REFUSALS.find(([, refuses]) => refuses(request));
  if (refusal) return failed(refusal[0]);
  if (!detach(world.trust, request.space, args.page, args.page + args.n)) return failed('EPERM');
  map(request);
  return OK;
}

function map(request: Request): void {
  const { space, page, n, prot, shared } = request;
  const file = shared && !request.file ? anonymousObject(n) : request.file;
  insertMapping(space, {
    start: page,
    end: page + n,
    offset: offsetFor(request),
    prot,
    shared,
    mayWrite: !shared || (file !== null && file.writable && !isWriteSealed(file)),
    file,
    charged: !shared && allows(prot, WRITE),
    sealed: false,
    trusted: false,
    family: 0,
    inherited: false,
  });
}

/** Every shared anonymous mmap has a hidden object of its own, of its length (Linux shmem_zero_setup). */
function anonymousObject(pages: number): OpenFile {
  return { object: createObject(SHARED_ANONYMOUS, pages), writable: true };
}

/** Private anonymous neighbours merge because their offset is their address. */
function offsetFor({ file, shared, off, page }: Request): number {
  if (file) return off;
  return shared ? 0 : page;
}

function sharesWrites({ shared, prot }: Request): boolean {
  return shared && allows(prot, WRITE);
}

/** Either write seal forbids new shared mappings that are or could become writable (Linux memfd_check_seals_mmap). */
function isWriteSealed(file: OpenFile | null): boolean {
  return file !== null && (file.object.seals.has('write') || file.object.seals.has('future_write'));
}
