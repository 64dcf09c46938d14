import type { Core } from '../../hw/core.ts';
import { EAGAIN, EBADF, EINVAL, type CallName } from '../abi.ts';
import { Epoll } from '../files/epoll.ts';
import { BLOCKED, type FileHost } from '../files/file.ts';
import { Socket } from '../files/socket.ts';
import type { Thread } from '../process.ts';
import type { TrustGate } from '../trust.ts';

/** What effects may ask of the kernel. */
export interface CallHost extends FileHost {
  readonly trust: TrustGate;
  /** Asks for another thread at the return from this call. */
  yieldCore(core: Core): void;
}

/** Does what a call does, and returns its result, a negative errno, or BLOCKED. Arguments stand in the thread. */
export type Effect = (host: CallHost, core: Core, thread: Thread) => number;

const O_NONBLOCK = 1;
const F_SETFL = 4;

/** The effect of every system call. */
export const EFFECTS: Readonly<Record<CallName, Effect>> = {
  getpid: (_host, _core, thread) => thread.process.pid,
  gettid: (_host, _core, thread) => thread.tid,
  read: (host, core, thread) => thread.process.files[thread.arg0]?.read(host, core, thread, thread.arg1, 0) ?? -EBADF,
  write: (host, core, thread) => thread.process.files[thread.arg0]?.write(host, core, thread, thread.arg1) ?? -EBADF,
  pread64: (host, core, thread) =>
    thread.process.files[thread.arg0]?.read(host, core, thread, thread.arg1, thread.arg2) ?? -EBADF,
  fcntl,
  epoll_wait: (_host, _core, thread) => epollOf(thread)?.wait(thread, thread.arg1, thread.arg2) ?? -EBADF,
  epoll_add: epollAdd,
  epoll_del: epollDelete,
  futex_wait: futexWait,
  futex_wake: futexWake,
  sched_yield: (host, core) => {
    host.yieldCore(core);
    return 0;
  },
  clock_gettime: () => 0,
  // Its effect is on the model of the process that decides attacks; see HostileCode.
  hostile: () => 0,
  syskernelmode: (host, _core, thread) => host.trust.syskernelmode(thread, thread.arg0),
  syskerneljump,
};

/** fcntl(descriptor, command, flags): F_SETFL changes blocking of a socket, other commands only read. */
function fcntl(_host: CallHost, _core: Core, thread: Thread): number {
  const file = thread.process.files[thread.arg0];
  if (file === undefined) return -EBADF;
  if (file instanceof Socket && thread.arg1 === F_SETFL) file.isNonblocking = (thread.arg2 & O_NONBLOCK) !== 0;
  return 0;
}

function epollOf(thread: Thread): Epoll | undefined {
  const file = thread.process.files[thread.arg0];
  return file instanceof Epoll ? file : undefined;
}

function epollAdd(host: CallHost, core: Core, thread: Thread): number {
  const file = thread.process.files[thread.arg1];
  if (file === undefined) return -EBADF;
  const epoll = epollOf(thread);
  if (epoll === undefined) return -EINVAL;
  epoll.add(host, core, thread.arg1, file);
  return 0;
}

function epollDelete(_host: CallHost, _core: Core, thread: Thread): number {
  const epoll = epollOf(thread);
  if (epoll === undefined) return -EINVAL;
  epoll.remove(thread.arg1);
  return 0;
}

/** Sleeps while the word still holds the expected value: the comparison and the queueing are one step, so no wake-up is lost. */
function futexWait(_host: CallHost, _core: Core, thread: Thread): number {
  if (thread.isWoken) return 0;
  const { words, futexes } = thread.process;
  if (words[thread.arg0] !== thread.arg1) return -EAGAIN;
  const sleepers = futexes.get(thread.arg0);
  if (sleepers === undefined) futexes.set(thread.arg0, [thread]);
  else sleepers.push(thread);
  return BLOCKED;
}

function futexWake(host: CallHost, core: Core, thread: Thread): number {
  const sleepers = thread.process.futexes.get(thread.arg0) ?? [];
  const woken = sleepers.splice(0, thread.arg1);
  for (const sleeper of woken) host.wake(core, sleeper);
  return woken.length;
}

function syskerneljump(host: CallHost, _core: Core, thread: Thread): number {
  const target = thread.process.functions[thread.arg0];
  return target === undefined ? -EINVAL : host.trust.syskerneljump(thread, target);
}
