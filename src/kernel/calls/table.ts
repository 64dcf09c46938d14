import type { CallName } from '../abi.ts';
import { descriptorCalls } from './descriptors.ts';
import { fileCalls } from './files.ts';
import { identityCalls } from './identity.ts';
import { memoryCalls } from './memory.ts';
import { pollingCalls } from './polling.ts';
import { processCalls } from './process.ts';
import { proposalCalls } from './proposal.ts';
import { schedulingCalls } from './scheduling.ts';
import { ptraceCalls } from './ptrace.ts';
import { signalCalls } from './signals.ts';
import { socketCalls } from './sockets.ts';
import type { CallSpec } from './spec.ts';
import { syncCalls } from './sync.ts';
import { timeCalls } from './time.ts';
import { uringCalls } from './uring.ts';

/** Every system call of the model by name. A new call is its name in `abi.ts` and one row in the file of its family. */
export const CALL_TABLE: Readonly<Record<CallName, CallSpec>> = {
  ...identityCalls,
  ...schedulingCalls,
  ...processCalls,
  ...fileCalls,
  ...descriptorCalls,
  ...socketCalls,
  ...pollingCalls,
  ...memoryCalls,
  ...syncCalls,
  ...timeCalls,
  ...signalCalls,
  ...uringCalls,
  ...proposalCalls,
  ...ptraceCalls,
};

/** Rows by the names of Linux where one of its calls is several rows here, or is served by the row of another. */
export const LINUX_NAMES: Readonly<Record<string, readonly CallName[]>> = {
  futex: ['futex_wait', 'futex_wake', 'futex_requeue', 'futex_lock_pi', 'futex_unlock_pi'],
  epoll_ctl: ['epoll_add', 'epoll_mod', 'epoll_del'],
  epoll_create: ['epoll_create1'],
  epoll_pwait: ['epoll_wait'],
  ppoll: ['poll'],
  pselect6: ['select'],
  accept: ['accept4'],
  open: ['openat'],
  stat: ['newfstatat'],
  lstat: ['newfstatat'],
  pipe: ['pipe2'],
  eventfd: ['eventfd2'],
  clone3: ['clone'],
  vfork: ['fork'],
  tkill: ['tgkill'],
  ptrace: Object.keys(ptraceCalls) as (keyof typeof ptraceCalls)[],
  restart_syscall: ['futex_wait', 'epoll_wait', 'poll', 'nanosleep'],
};

/** Rows that serve a system call of Linux; none when the model does not have it. */
export function rowsOf(name: string): readonly CallName[] {
  if (Object.hasOwn(CALL_TABLE, name)) return [name as CallName];
  return Object.hasOwn(LINUX_NAMES, name) ? LINUX_NAMES[name] : [];
}
