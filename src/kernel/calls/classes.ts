import type { KernelClass } from '../../hw/kernelwork.ts';
import type { Sourced } from '../../hw/profile.ts';
import type { Machine } from '../../hw/machine.ts';
import type { CallName } from '../abi.ts';
import type { Policy } from '../policy.ts';
import { scaled, type PathName } from './paths.ts';
import type { Footprint } from '../path.ts';

/** Shares of classes of kernel paths that a machine's kernel executes. */
export type KernelWork = Readonly<Partial<Record<KernelClass, Sourced>>>;

type Members = Readonly<Record<KernelClass, readonly (CallName | PathName)[]>>;

/** Which system calls and paths are of which class; the others are as long on every kernel. */
const MEMBERS: Members = {
  identity: ['getpid', 'gettid', 'getppid', 'getuid', 'umask', 'uname', 'sysinfo', 'getrusage', 'prctl', 'arch_prctl'],
  files: [
    ...(['read', 'write', 'readv', 'writev', 'pread64', 'pwrite64', 'preadv', 'pwritev', 'sendfile'] as const),
    ...(['lseek', 'fstat', 'fcntl', 'ioctl', 'dup', 'ftruncate', 'getdents64', 'fsync', 'fdatasync'] as const),
    ...(['cacheRead', 'cacheWrite'] as const),
  ],
  paths: ['openat', 'close', 'newfstatat', 'statx'],
  memory: ['mmap', 'munmap', 'mprotect', 'madvise', 'mremap', 'brk'],
  process: ['clone', 'fork', 'execve', 'exit', 'exit_group', 'wait4'],
  handlers: ['rt_sigaction', 'rt_sigprocmask', 'sigaltstack'],
  signals: ['rt_sigreturn', 'tgkill', 'signalDeliver'],
  scheduling: ['sched_yield', 'sched_getaffinity', 'sched_setaffinity', 'wake', 'schedule', 'reschedule'],
  ipc: [
    ...(['pipe2', 'pipeRead', 'pipeWrite', 'socketpair', 'unixRead', 'unixWrite'] as const),
    ...(['eventfd2', 'eventRead', 'eventWrite'] as const),
    ...(['futex_wait', 'futex_wake', 'futex_requeue', 'futex_lock_pi', 'futex_unlock_pi'] as const),
  ],
  polling: ['epoll_create1', 'epoll_add', 'epoll_mod', 'epoll_del', 'epoll_wait', 'poll', 'select'],
  time: ['clock_gettime', 'gettimeofday', 'nanosleep', 'clock_nanosleep', 'timerfd_create', 'timerfd_settime'],
  network: [
    ...(['socket', 'bind', 'listen', 'accept4', 'connect', 'shutdown', 'getsockname', 'getpeername'] as const),
    ...(['getsockopt', 'setsockopt', 'recvfrom', 'recvmsg', 'sendto', 'sendmsg'] as const),
    ...(['socketRead', 'socketWrite', 'transmit', 'receive'] as const),
  ],
};

const CLASS_OF = new Map(
  Object.entries(MEMBERS).flatMap(([name, members]) => members.map((member) => [member, name as KernelClass] as const)),
);

/** Shares of the kernel that runs: of a policy's own where it says them, of the machine's elsewhere. */
export function kernelWorkOf(
  { kernelWork }: Pick<Policy, 'kernelWork'>,
  { profile }: Pick<Machine, 'profile'>,
): KernelWork | undefined {
  return kernelWork === undefined ? profile.kernelWork : { ...profile.kernelWork, ...kernelWork };
}

/** The share of a call or path that a kernel executes; undefined where that is all of it. */
export function shareOf(work: KernelWork | undefined, name: CallName | PathName): Sourced | undefined {
  const kind = CLASS_OF.get(name);
  return kind === undefined ? undefined : work?.[kind];
}

/** A footprint as long as a policy and a kernel leave it. */
export function lengthOf(whole: Footprint, ...shares: readonly (Sourced | undefined)[]): Footprint {
  return shares.reduce<Footprint>((rest, share) => (share === undefined ? rest : scaled(rest, share)), whole);
}

/** What a kernel leaves of the paths that policies leave. */
export function pathsOf<Name extends PathName>(
  paths: Readonly<Record<Name, Footprint>>,
  work: KernelWork | undefined,
): Readonly<Record<Name, Footprint>> {
  if (work === undefined) return paths;
  const entries = Object.entries<Footprint>(paths).map(([name, path]) => [
    name,
    lengthOf(path, shareOf(work, name as Name)),
  ]);
  return Object.fromEntries(entries) as Record<Name, Footprint>;
}
