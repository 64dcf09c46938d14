/**
 * System calls of the model; each has a row in `calls/`. Futex and epoll operations are calls of their own, as they are separate paths in the
 * kernel; `publish` and `unpublish` are the interface of the hardened reading; requests of ptrace are calls of their own too, and `sq_poll` is what a polling
 * kernel thread does.
 */
export const CALLS = [
  'getpid',
  'gettid',
  'getppid',
  'getuid',
  'umask',
  'uname',
  'sysinfo',
  'getrusage',
  'getrandom',
  'prctl',
  'arch_prctl',
  'set_tid_address',
  'set_robust_list',
  'sched_yield',
  'sched_getaffinity',
  'sched_setaffinity',
  'clone',
  'fork',
  'execve',
  'exit',
  'exit_group',
  'wait4',
  'read',
  'write',
  'readv',
  'writev',
  'pread64',
  'pwrite64',
  'preadv',
  'pwritev',
  'lseek',
  'openat',
  'close',
  'fstat',
  'newfstatat',
  'statx',
  'getdents64',
  'ftruncate',
  'fsync',
  'fdatasync',
  'sendfile',
  'dup',
  'fcntl',
  'ioctl',
  'pipe2',
  'eventfd2',
  'socket',
  'socketpair',
  'bind',
  'listen',
  'accept4',
  'connect',
  'shutdown',
  'getsockname',
  'getpeername',
  'getsockopt',
  'setsockopt',
  'recvfrom',
  'recvmsg',
  'sendto',
  'sendmsg',
  'epoll_create1',
  'epoll_add',
  'epoll_mod',
  'epoll_del',
  'epoll_wait',
  'poll',
  'select',
  'mmap',
  'munmap',
  'mprotect',
  'madvise',
  'mremap',
  'brk',
  'membarrier',
  'futex_wait',
  'futex_wake',
  'futex_requeue',
  'futex_lock_pi',
  'futex_unlock_pi',
  'clock_gettime',
  'gettimeofday',
  'nanosleep',
  'clock_nanosleep',
  'timerfd_create',
  'timerfd_settime',
  'rt_sigaction',
  'rt_sigprocmask',
  'rt_sigreturn',
  'sigaltstack',
  'tgkill',
  'io_uring_setup',
  'io_uring_enter',
  'io_uring_register',
  'hostile',
  'syskernelmode',
  'syskerneljump',
  'publish',
  'unpublish',
  'ptrace_attach',
  'ptrace_peek',
  'ptrace_poke',
  'ptrace_setregs',
  'ptrace_getregs',
  'ptrace_interrupt',
  'ptrace_syscall',
  'ptrace_cont',
  'sq_poll',
] as const;
/** Name of a system call. */
export type CallName = (typeof CALLS)[number];
/** Number of each system call: its place in CALLS. */
export const Nr = Object.fromEntries(CALLS.map((name, nr) => [name, nr])) as Readonly<Record<CallName, number>>;

/** Error results of calls, as negative numbers on return. Values of Linux. */
export const EPERM = 1;
/** What is named is not there. */
export const ENOENT = 2;
/** No such thread or process. */
export const ESRCH = 3;
/** A signal ended the sleep of the call. */
export const EINTR = 4;
/** An access that the kernel refuses or cannot make. */
export const EIO = 5;
/** No such descriptor. */
export const EBADF = 9;
/** No child to wait for. */
export const ECHILD = 10;
/** Nothing to read, or no room, on a file that does not block. */
export const EAGAIN = 11;
/** Pages that are not mapped, or no memory left. */
export const ENOMEM = 12;
/** Code or a page that may not do what is asked. */
export const EACCES = 13;
/** What is to be made is there already. */
export const EEXIST = 17;
/** An argument that makes no sense here. */
export const EINVAL = 22;
/** The other end of a pipe or socket is closed. */
export const EPIPE = 32;
/** The caller owns already what it would wait for. */
export const EDEADLK = 35;
/** No such call. */
export const ENOSYS = 38;
/** The time to wait is over. */
export const ETIMEDOUT = 110;

/** Argument of `rt_sigreturn`: where a handler lets its thread go on, which is where the signal came, at a registered landing pad, or elsewhere. */
export const Landing = { Same: 0, Pad: 1, Elsewhere: 2 } as const;
/** Number of a landing. */
export type Landing = (typeof Landing)[keyof typeof Landing];
