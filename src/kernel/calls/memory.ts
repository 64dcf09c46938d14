import type { Core } from '../../hw/core.ts';
import { frameOf, PageFlag } from '../../hw/pagetable.ts';
import { ENOMEM, EPERM } from '../abi.ts';
import type { Thread } from '../thread.ts';
import { decideProtect } from '../semantics/publish.ts';
import { assumed, each, holding, measured } from './numbers.ts';
import type { CallHost, CallSpec } from './spec.ts';

/** Most pages of one mapping: a quarter of the user half of the model. */
const MOST_PAGES = 65_536;
const pagesBeyondOne = ({ arg1 }: Thread): number => arg1 - 1;

/** Memory maps. Addresses are virtual page numbers; pages are mapped when they are first touched, or at once with `populate`. */
export const memoryCalls = {
  mmap: {
    doc: 'mmap(pages, populate): reserves pages, returns the first; ENOMEM above 65536',
    footprint: measured(
      1150,
      'mmap and munmap of a page 3880 ns, less two empty calls; split as FlexSC has it not, assumed',
    ),
    each: each(
      'page',
      500,
      'assumed: a page found, cleared and mapped, with MAP_POPULATE',
      ({ arg0, arg1 }) => arg1 * arg0,
    ),
    blocks: 'never',
    lock: holding('mmapLock', 0.8),
    effect: map,
  },
  munmap: {
    doc: 'munmap(page, pages)',
    footprint: measured(
      1550,
      'mmap and munmap of a page 3880 ns, less two empty calls and the shootdown; its share is assumed',
    ),
    each: each('page', 90, 'assumed: an entry cleared, a page freed', pagesBeyondOne),
    blocks: 'never',
    lock: holding('mmapLock', 0.8),
    effect: (host, core, thread) => {
      if (isSealed(host, thread)) return -EPERM;
      host.spaces.unmap(core, thread.process, thread.arg0, thread.arg1);
      thread.process.memory.release(thread.arg0, thread.arg1);
      return 0;
    },
  },
  mprotect: {
    doc: 'mprotect(page, pages, writable)',
    footprint: measured(800, 'read-only and back 1953 ns a page, less two empty calls and the shootdown; its half'),
    each: each('page', 230, 'recorded host: 256 pages 33.6 us a pair, 62 ns a page and call', pagesBeyondOne),
    blocks: 'never',
    lock: holding('mmapLock', 0.8),
    effect: (host, core, thread) => {
      const refused = refuseProtect(host, thread);
      if (refused !== 0) return refused;
      host.spaces.protect(core, thread.process, thread.arg0, thread.arg1, thread.arg2 !== 0);
      return 0;
    },
  },
  madvise: {
    doc: 'madvise(page, pages, MADV_DONTNEED): gives pages back, keeps the reservation',
    footprint: assumed(2500, 'as munmap, without the change of the map'),
    each: each('page', 90, 'assumed: an entry cleared, a page freed', pagesBeyondOne),
    blocks: 'never',
    lock: holding('mmapLock', 0.3),
    effect: (host, core, thread) => {
      if (isSealed(host, thread)) return -EPERM;
      host.spaces.unmap(core, thread.process, thread.arg0, thread.arg1);
      return 0;
    },
  },
  mremap: {
    doc: 'mremap(page, pages, more): reserves a larger run in place of another, whose pages are given back',
    footprint: assumed(9000, 'as mmap and munmap'),
    each: each('page', 90, 'assumed: an entry moved', pagesBeyondOne),
    blocks: 'never',
    lock: holding('mmapLock', 0.8),
    effect: (host, core, thread) => {
      if (isSealed(host, thread)) return -EPERM;
      host.spaces.unmap(core, thread.process, thread.arg0, thread.arg1);
      thread.process.memory.release(thread.arg0, thread.arg1);
      return thread.process.memory.reserve(thread.arg1 + thread.arg2);
    },
  },
  brk: {
    doc: 'brk(pages): reserves further pages, returns the first',
    footprint: assumed(3500, 'as mmap of anonymous memory next to such'),
    blocks: 'never',
    lock: holding('mmapLock', 0.8),
    effect: (_host, _core, thread) => thread.process.memory.reserve(Math.max(1, thread.arg0)),
  },
  membarrier: {
    doc: 'membarrier(PRIVATE_EXPEDITED): a barrier on every core that runs a thread of the process',
    footprint: measured(270, 'membarrier alone 346 ns'),
    blocks: 'never',
    effect: (host, core, thread) => {
      host.spaces.remote.interrupt(core, thread.process);
      return 0;
    },
  },
} as const satisfies Record<string, CallSpec>;

/** Whether SEAL holds one of the pages of a call in place. */
function isSealed({ trust }: CallHost, { process, arg0, arg1 }: Thread): boolean {
  if (!trust.rules.mechanisms.SEAL) return false;
  for (let vpn = arg0; vpn < arg0 + arg1; vpn++) if (isTrusted(process.table.entry(vpn))) return true;
  return false;
}

/** The error with which the rules refuse an mprotect of trusted pages, by the first that they refuse; 0 when allowed. */
function refuseProtect({ trust, spaces }: CallHost, { process, arg0, arg1, arg2 }: Thread): number {
  for (let vpn = arg0; vpn < arg0 + arg1; vpn++) {
    const entry = process.table.entry(vpn);
    if (!isTrusted(entry)) continue;
    const isKernelOwned = spaces.code.pageOf(frameOf(entry)) !== undefined;
    const refused = decideProtect(trust.rules, true, isKernelOwned, arg2 !== 0);
    if (refused !== 0) return -refused;
  }
  return 0;
}

function isTrusted(entry: number): boolean {
  return (entry & PageFlag.KernelTrust) !== 0;
}

function map(host: CallHost, _core: Core, thread: Thread): number {
  const { process, arg0: pages, arg1: populate } = thread;
  if (pages < 1 || pages > MOST_PAGES) return -ENOMEM;
  const first = process.memory.reserve(pages);
  if (populate !== 0) for (let vpn = first; vpn < first + pages; vpn++) host.spaces.provide(process, vpn);
  return first;
}
