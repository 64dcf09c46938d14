import type { Core } from '../../hw/core.ts';
import { EBADF } from '../abi.ts';
import { PAGE_BYTES } from '../../sim/units.ts';
import type { KernelFile } from '../files/file.ts';
import { Uring } from '../files/uring.ts';
import type { Thread } from '../thread.ts';
import { OWN_RING, RingFlag } from '../services/submissionring.ts';
import { BLOCKED } from '../waitqueue.ts';
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
    doc: "io_uring_enter(ring, entries, descriptor): submits so many reads of a page of a file, or as many no-ops for a descriptor of -1; (-1, 0, flags): wakes the poller of the thread's own ring, waits until it is drained",
    footprint: measured(330, 'one no-op 471 ns, less an empty call and the entry'),
    each: each(
      'entry',
      235,
      'recorded host: no-ops in batches of 128 65.9 ns each, less the fixed part',
      ({ arg1 }) => arg1,
    ),
    blocks: 'until what it reads has come, or its own ring is drained',
    lock: holding('file'),
    effect: (host, core, thread) =>
      thread.arg0 === OWN_RING ? enterOwn(host, core, thread) : enter(host, core, thread),
  },
  io_uring_register: {
    doc: 'io_uring_register()',
    footprint: assumed(3000, 'a table of files'),
    blocks: 'never',
    effect: succeed,
  },
  sq_poll: {
    doc: 'sq_poll(): one look of a polling kernel thread at its ring, and what it finds; no program makes it',
    footprint: assumed(
      150,
      'io_sq_thread: one turn over one ring without entries, with its look for signals and for others that want the core',
    ),
    blocks: 'when it has looked in vain for the idle time of the ring',
    effect: look,
  },
} as const satisfies Record<string, CallSpec>;

function enter(host: CallHost, core: Core, thread: Thread): number {
  const { process, arg0, arg1: entries, arg2: descriptor } = thread;
  if (!(process.files[arg0] instanceof Uring)) return -EBADF;
  const file = process.files[descriptor];
  if (descriptor >= 0 && file === undefined) return -EBADF;
  return file === undefined ? entries : readEach(host, core, thread, file, entries);
}

/** One read after the other; one that has to wait is tried again when its thread wakes, so that all are complete when the call returns. */
function readEach(host: CallHost, core: Core, thread: Thread, file: KernelFile, entries: number): number {
  while (thread.progress < entries) {
    if (!thread.isRestarted) host.runPath(core, 'ringRead');
    if (file.read(host, core, thread, PAGE_BYTES, thread.progress) === BLOCKED) return BLOCKED;
    thread.progress++;
    thread.isRestarted = false;
  }
  return entries;
}

/** SQ_WAKEUP and GETEVENTS on the ring of the thread. */
function enterOwn(host: CallHost, core: Core, thread: Thread): number {
  const { ring } = thread.service;
  if (ring === undefined) return -EBADF;
  if ((thread.arg2 & RingFlag.Wakeup) !== 0 && ring.needsWakeup) ring.wake(host, core);
  if ((thread.arg2 & RingFlag.GetEvents) === 0 || ring.isDrained) return 0;
  return ring.drained.sleep(thread);
}

/** Tells who waits for the end of the ring, and sleeps when nothing came for long; 0 to look again or to go on with entries. */
function look(host: CallHost, core: Core, thread: Thread): number {
  const ring = thread.service.polls;
  if (ring === undefined) return -EBADF;
  core.memory.touch(ring.line, 1, false);
  if (ring.isDrained) ring.drained.wake(host, core, 1);
  if (!ring.isDrained || core.now - ring.busyAt < ring.idle) return 0;
  ring.needsWakeup = true;
  return ring.bell.sleep(thread);
}
