import type { Core } from '../../hw/core.ts';
import { EBADF } from '../abi.ts';
import { PAGE_BYTES } from '../../sim/units.ts';
import { Uring } from '../files/uring.ts';
import type { Thread } from '../process.ts';
import { installFile } from './descriptors.ts';
import { assumed, each, holding, measured } from './numbers.ts';
import { succeed, type CallHost, type CallSpec } from './spec.ts';

/** io_uring: many operations for one crossing. */
export const uringCalls = {
  io_uring_setup: {
    doc: 'io_uring_setup(): a ring',
    footprint: assumed(60_000, 'rings allocated and mapped'),
    blocks: 'never',
    effect: (_host, _core, thread) => installFile(thread, new Uring()),
  },
  io_uring_enter: {
    doc: 'io_uring_enter(ring, entries, descriptor): submits so many reads of a page of a file, or as many no-ops for a descriptor of -1',
    footprint: measured(330, 'one no-op 471 ns, less an empty call and the entry'),
    each: each(
      'entry',
      235,
      'recorded host: no-ops in batches of 128 65.9 ns each, less the fixed part',
      ({ arg1 }) => arg1,
    ),
    blocks: 'never',
    lock: holding('file'),
    effect: enter,
  },
  io_uring_register: {
    doc: 'io_uring_register()',
    footprint: assumed(3000, 'a table of files'),
    blocks: 'never',
    effect: succeed,
  },
} as const satisfies Record<string, CallSpec>;

function enter(host: CallHost, core: Core, thread: Thread): number {
  const { process, arg0, arg1: entries, arg2: descriptor } = thread;
  if (!(process.files[arg0] instanceof Uring)) return -EBADF;
  const file = process.files[descriptor];
  if (descriptor >= 0 && file === undefined) return -EBADF;
  for (let entry = 0; entry < entries; entry++) file?.read(host, core, thread, PAGE_BYTES, entry);
  return entries;
}
