import { addSeal } from './addseal.ts';
import type { AddSealArgs } from './addseal.ts';
import { fdread, fdwrite, ftruncate } from './descriptor.ts';
import type { FdArgs, FdWriteArgs, FtruncateArgs } from './descriptor.ts';
import { fork } from './fork.ts';
import type { ForkArgs } from './fork.ts';
import { dontneed } from './madvise.ts';
import { mdwe } from './mdwe.ts';
import { mmap } from './mmap.ts';
import type { MmapArgs } from './mmap.ts';
import { mprotect } from './mprotect.ts';
import type { MprotectArgs } from './mprotect.ts';
import { mremap } from './mremap.ts';
import type { MremapArgs } from './mremap.ts';
import { mseal } from './mseal.ts';
import { munmap } from './munmap.ts';
import type { RangeArgs } from './munmap.ts';
import type { Outcome } from './outcome.ts';
import { exec, read, sysread, syswrite, write } from './probe.ts';
import type { PageArgs, PageValueArgs } from './probe.ts';
import { procmemRead, procmemWrite } from './procmem.ts';
import { publish, unpublish } from './publish.ts';
import type { World } from './world.ts';

/** Arguments of each operation; `p` is the process that acts. */
export interface OperationArgs {
  mmap: MmapArgs;
  mprotect: MprotectArgs;
  munmap: RangeArgs;
  mremap: MremapArgs;
  dontneed: RangeArgs;
  mseal: RangeArgs;
  mdwe: { readonly p: number };
  fork: ForkArgs;
  read: PageArgs;
  write: PageValueArgs;
  exec: PageArgs;
  sysread: PageValueArgs;
  syswrite: PageArgs;
  procmem_read: PageArgs;
  procmem_write: PageValueArgs;
  fdread: FdArgs;
  fdwrite: FdWriteArgs;
  ftruncate: FtruncateArgs;
  addseal: AddSealArgs;
  publish: RangeArgs;
  unpublish: RangeArgs;
}
/** Name of an operation. */
export type OperationName = keyof OperationArgs;
/** What each operation does to a world. */
export type Operations = { readonly [Name in OperationName]: (world: World, args: OperationArgs[Name]) => Outcome };

/** Every operation on pages. Each changes the world and returns what the process sees. */
export const OPERATIONS: Operations = {
  mmap,
  mprotect,
  munmap,
  mremap,
  dontneed,
  mseal,
  mdwe,
  fork,
  read,
  write,
  exec,
  sysread,
  syswrite,
  procmem_read: procmemRead,
  procmem_write: procmemWrite,
  fdread,
  fdwrite,
  ftruncate,
  addseal: addSeal,
  publish,
  unpublish,
};
/** Names of all operations. */
export const OPERATION_NAMES = Object.keys(OPERATIONS) as OperationName[];
