import { ECHILD } from '../abi.ts';
import type { Thread } from '../thread.ts';
import { closeAll } from './descriptors.ts';
import { assumed, each, holding, measured } from './numbers.ts';
import type { CallHost, CallSpec } from './spec.ts';
import type { Core } from '../../hw/core.ts';

/** Beginning and end of threads and processes. */
export const processCalls = {
  clone: {
    doc: 'clone(child): a thread of this process that runs the child program of an index; returns its id',
    footprint: measured(4000, 'thread created and joined 19.3 us, with two switches and a futex; its share is assumed'),
    blocks: 'never',
    effect: (_host, core, thread) => thread.process.family.spawn(core, thread.arg0, false),
  },
  fork: {
    doc: 'fork(child): a process with a copy of the address space that runs the child program; returns its id',
    footprint: measured(200_000, 'fork, exit and wait of a small process 376 us; its share is assumed'),
    each: each('page', 60, 'assumed: an entry is copied and write-protected, its page counted', mappedPages),
    blocks: 'never',
    lock: holding('mmapLock', 0.8),
    effect: (_host, core, thread) => thread.process.family.spawn(core, thread.arg0, true),
  },
  execve: {
    doc: 'execve(): all pages go; those of the same program come back when they are touched, its code from the page cache',
    footprint: assumed(3_800_000, 'about 2.8 forks: lmbench of 2005 gives exec 640 us with the fork and fork 170 us'),
    blocks: 'never',
    lock: holding('mmapLock', 0.5),
    effect: (host, core, { process }) => {
      host.spaces.unmap(core, process, 0, process.memory.end);
      return 0;
    },
  },
  exit: {
    doc: 'exit(): the last call of a thread; its program must end after it',
    footprint: measured(2700, 'thread created and joined 19.3 us; its share is assumed'),
    blocks: 'never',
    effect: end,
  },
  exit_group: {
    doc: 'exit_group(): the last call of a process with one thread; its program must end after it',
    footprint: measured(145_000, 'fork, exit and wait of a small process 376 us; its share is assumed'),
    each: each('page', 80, 'assumed: an entry is cleared, its page uncounted and freed', mappedPages),
    blocks: 'never',
    lock: holding('mmapLock', 0.8),
    effect: end,
  },
  wait4: {
    doc: 'wait4(): id of a traced thread that has stopped or ended, or of a child that has ended; ECHILD with nothing to wait for',
    footprint: assumed(1800, 'a walk over the children and the release of a task'),
    blocks: 'until a child ends or a traced thread stops',
    effect: (_host, _core, thread) => {
      const { ended, living, childEnd, stops, tracees } = thread.process.family;
      const found = stops.shift() ?? ended.shift();
      if (found !== undefined) return found;
      return living + tracees > 0 ? childEnd.sleep(thread) : -ECHILD;
    },
  },
} as const satisfies Record<string, CallSpec>;

function mappedPages({ process }: Thread): number {
  return process.memory.mapped;
}

/** Counts the thread out; with the last one the process ends, its descriptors are closed and its parent hears of it. */
function end(host: CallHost, core: Core, thread: Thread): number {
  const { pid, family } = thread.process;
  family.threads.delete(thread.tid);
  host.threads.delete(thread.tid);
  thread.onEnd();
  if (family.threads.size > 0) return 0;
  closeAll(host, core, thread.process);
  family.onEnd();
  const parent = family.parent?.family;
  if (parent === undefined) return 0;
  host.spaces.release(thread.process);
  parent.living--;
  parent.ended.push(pid);
  parent.childEnd.wake(host, core, 1);
  return 0;
}
