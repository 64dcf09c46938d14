import { z } from 'zod';
import { SEAL_NAMES } from '../kernel/semantics/paging/object.ts';
import type { OperationArgs, OperationName } from '../kernel/semantics/paging/operation.ts';
import { PROT_NAMES, protOf } from '../kernel/semantics/paging/prot.ts';
import { FILE_NAMES } from '../kernel/semantics/paging/world.ts';

/** Pages of the recorded arena; every range of a step lies inside. */
export const ARENA_PAGES = 8;

/** How to read the arguments of each operation from a recorded step (without `op`, `res` and `got`). */
export type ArgumentSchemas = { readonly [Name in OperationName]: z.ZodType<OperationArgs[Name]> };

/** A member of a list of names; the message says which are allowed. */
export function oneOf<Name extends string>(what: string, names: readonly Name[]): z.ZodType<Name, Name> {
  const error = (issue: { readonly input?: unknown }): string =>
    `unknown ${what} ${JSON.stringify(issue.input)}; allowed: ${names.join(', ')}`;
  return z.enum(names, { error });
}

const p = z.int().min(0);
const index = z.int().min(0);
const page = index.max(ARENA_PAGES - 1, `must be a page of the arena, 0 to ${ARENA_PAGES - 1}`);
const length = z.int().min(1).max(ARENA_PAGES);
const value = z.int().min(0).max(255);
const prot = oneOf('protection', PROT_NAMES).transform(protOf);
const obj = oneOf('object', FILE_NAMES);
const flags = oneOf('flags', ['private', 'shared', 'private,noreplace', 'shared,noreplace']);

const inArena = ({ page, n }: { readonly page: number; readonly n: number }): boolean => page + n <= ARENA_PAGES;
const outside = { path: ['n'], message: `the range must end inside the arena of ${ARENA_PAGES} pages` };

const onProcess = z.strictObject({ p });
const onPage = z.strictObject({ p, page });
const onPageValue = z.strictObject({ p, page, value });
const range = z.strictObject({ p, page, n: length });
const onRange = range.refine(inArena, outside);

const mapped = range.extend({ prot, flags, obj: oneOf('object', ['anon', ...FILE_NAMES]), off: index });
const remapped = range.extend({ n: index.max(ARENA_PAGES), new_n: index.max(ARENA_PAGES), to: page.optional() });

/** Readers of the arguments of every operation. */
export const ARGUMENTS: ArgumentSchemas = {
  mmap: mapped.refine(inArena, outside).transform(({ flags, ...rest }) => ({
    ...rest,
    shared: flags.startsWith('shared'),
    noReplace: flags.endsWith('noreplace'),
  })),
  mprotect: range.extend({ prot }).refine(inArena, outside),
  munmap: onRange,
  mremap: remapped.refine(inArena, outside).transform(({ new_n: newN, ...rest }) => ({ ...rest, newN })),
  dontneed: onRange,
  mseal: onRange,
  mdwe: onProcess,
  fork: onProcess.extend({ child: p }),
  read: onPage,
  write: onPageValue,
  exec: onPage,
  sysread: onPageValue,
  syswrite: onPage,
  procmem_read: onPage,
  procmem_write: onPageValue,
  fdread: onProcess.extend({ obj, off: index }),
  fdwrite: onProcess.extend({ obj, off: index, value }),
  ftruncate: onProcess.extend({ obj, npages: index }),
  addseal: onProcess.extend({ seal: oneOf('seal', SEAL_NAMES) }),
  publish: onRange,
  unpublish: onRange,
};
