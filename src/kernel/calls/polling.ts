import type { Core } from '../../hw/core.ts';
import { EBADF, EEXIST, EINVAL, ENOENT } from '../abi.ts';
import { Epoll } from '../files/epoll.ts';
import { PollEvent } from '../files/file.ts';
import { Poll } from '../files/poll.ts';
import { BLOCKED } from '../waitqueue.ts';
import type { Thread } from '../thread.ts';
import { installFile } from './descriptors.ts';
import { assumed, each, holding, measured } from './numbers.ts';
import type { CallHost, CallSpec, SizeDependence } from './spec.ts';

const NS_PER_MS = 1e6;
const UNTIL = 'until a descriptor is ready or the time is over, unless the timeout is 0';
/** Calls through pointers for each descriptor: the poll of the file, and of the protocol under a socket. */
const POLLS = 2;
const PER_FD: SizeDependence = {
  ...each('descriptor', 130, 'assumed: one file looked up and asked', ({ arg1 }) => arg1),
  indirectCalls: POLLS,
};

/** Waiting for many files at once. Timeouts are milliseconds, -1 for ever. */
export const pollingCalls = {
  epoll_create1: {
    doc: 'epoll_create1(): an empty interest list',
    footprint: assumed(3500, 'one anonymous file'),
    blocks: 'never',
    lock: holding('fileTable', 0.1),
    effect: (_host, _core, thread) => installFile(thread, new Epoll()),
  },
  epoll_add: {
    doc: 'epoll_ctl(EPOLL_CTL_ADD): (epoll, fd, events); events 0 stands for EPOLLIN',
    footprint: assumed(2500, '1.1 us traced on the recorded host with the share of the tracer removed'),
    blocks: 'never',
    lock: holding('file'),
    effect: epollAdd,
  },
  epoll_mod: {
    doc: 'epoll_ctl(EPOLL_CTL_MOD): (epoll, fd, events)',
    footprint: assumed(1500, 'as adding, without the new entry'),
    blocks: 'never',
    lock: holding('file'),
    effect: (host, core, thread) => {
      const epoll = epollOf(thread);
      if (epoll === undefined) return noEpoll(thread);
      return epoll.modify(host, core, thread.arg1, eventsOf(thread)) ? 0 : unwatched(thread);
    },
  },
  epoll_del: {
    doc: 'epoll_ctl(EPOLL_CTL_DEL): (epoll, fd)',
    footprint: assumed(2000, '0.8 us traced on the recorded host with the share of the tracer removed'),
    blocks: 'never',
    lock: holding('file'),
    effect: (_host, _core, thread) => {
      const epoll = epollOf(thread);
      if (epoll === undefined) return noEpoll(thread);
      return epoll.remove(thread.arg1) ? 0 : unwatched(thread);
    },
  },
  epoll_wait: {
    doc: 'epoll_wait(epoll, most, timeout)',
    footprint: measured(320, 'one ready descriptor 396 ns'),
    each: {
      ...each('descriptor', 130, 'assumed: as of poll; LEBench on 4.12 takes 378 ns for ten, poll 354', furtherEvents),
      indirectCalls: POLLS,
    },
    blocks: UNTIL,
    lock: holding('file', 0.3),
    effect: epollWait,
  },
  poll: {
    doc: 'poll(first descriptor, how many from there on, timeout): asks whether they are readable; returns how many are',
    footprint: assumed(500, 'set-up and copies of poll(2)'),
    each: PER_FD,
    blocks: UNTIL,
    effect: poll,
  },
  select: {
    doc: 'select(first descriptor, how many, timeout): as poll, with bit sets',
    footprint: assumed(650, 'set-up and copies of bit sets'),
    each: PER_FD,
    blocks: UNTIL,
    effect: poll,
  },
} as const satisfies Record<string, CallSpec>;

function epollOf(thread: Thread): Epoll | undefined {
  const file = thread.process.files[thread.arg0];
  return file instanceof Epoll ? file : undefined;
}

/** The error of a call on what is no epoll instance. Source: Linux fs/eventpoll.c. */
function noEpoll({ process, arg0 }: Thread): number {
  return process.files[arg0] === undefined ? -EBADF : -EINVAL;
}

/** The error of a change of an interest that there is not. */
function unwatched({ process, arg1 }: Thread): number {
  return process.files[arg1] === undefined ? -EBADF : -ENOENT;
}

/** Descriptors beyond the first that are asked again whether they are ready, and reported. */
function furtherEvents(thread: Thread): number {
  return (epollOf(thread)?.announced(thread.arg1) ?? 1) - 1;
}

function eventsOf({ arg2 }: Thread): number {
  return arg2 === 0 ? PollEvent.In : arg2;
}

function epollAdd(host: CallHost, core: Core, thread: Thread): number {
  const file = thread.process.files[thread.arg1];
  if (file === undefined) return -EBADF;
  const epoll = epollOf(thread);
  if (epoll === undefined) return noEpoll(thread);
  return epoll.add(host, core, thread.arg1, file, eventsOf(thread)) ? 0 : -EEXIST;
}

function epollWait(host: CallHost, core: Core, thread: Thread): number {
  const epoll = epollOf(thread);
  if (epoll === undefined) return noEpoll(thread);
  const result = epoll.wait(host, core, thread, thread.arg1, thread.isTimedOut ? 0 : thread.arg2);
  return withTimeout(host, core, thread, result);
}

function poll(host: CallHost, core: Core, thread: Thread): number {
  const { process, arg0, arg1, arg2, isTimedOut } = thread;
  const watch = new Poll(process.files, arg0, arg1);
  return withTimeout(host, core, thread, watch.wait(thread, isTimedOut ? 0 : arg2));
}

/** Sets the end of a sleep that has just begun. */
function withTimeout(host: CallHost, core: Core, thread: Thread, result: number): number {
  if (result === BLOCKED && thread.arg2 > 0) host.setDeadline(core, thread, thread.arg2 * NS_PER_MS);
  return result;
}
