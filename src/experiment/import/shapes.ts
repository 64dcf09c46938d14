import type { FdKind } from '../../workloads/recorded/model.ts';
import type { Call } from './call.ts';

/** What the arguments of a system call mean. Numbers are argument positions. */
interface Shape {
  readonly fd?: number;
  /** Requested bytes or events. */
  readonly size?: number;
  /** Data moves from the descriptor into the process, or out of it. */
  readonly moves?: 'in' | 'out';
  /** Using a descriptor so says what it is. */
  readonly implies?: FdKind;
  /** The result is a new descriptor of this kind. */
  readonly makes?: FdKind;
  readonly op?: (args: readonly number[]) => string;
}

const FCNTL = ['dupfd', 'getfd', 'setfd', 'getfl', 'setfl', 'getlk', 'setlk', 'setlkw'];
const EPOLL_CTL = ['', 'add', 'del', 'mod'];
const FUTEX = [
  'wait',
  'wake',
  'fd',
  'requeue',
  'requeue',
  'wake-op',
  'lock-pi',
  'unlock-pi',
  'trylock-pi',
  'wait',
  'wake',
];
const FUTEX_COMMAND = 0x7f;
const O_NONBLOCK = 0x800;
/** glibc's mutex sleeps on the plain operation while the word holds "locked with waiters". */
const FUTEX_PLAIN_WAIT = 0;
const LOCKED_WITH_WAITERS = 2;

/** Whether file status flags (of F_GETFL, F_SETFL) contain O_NONBLOCK. */
export function isNonblocking(flags: number): boolean {
  return (flags & O_NONBLOCK) !== 0;
}

function fcntlOp(args: readonly number[]): string {
  const name = FCNTL[args[1]] ?? `cmd${args[1]}`;
  if (name !== 'setfl') return name;
  return isNonblocking(args[2]) ? 'setfl-nonblock' : 'setfl-block';
}

function futexOp(args: readonly number[]): string {
  const command = args[1] & FUTEX_COMMAND;
  const name = FUTEX[command] ?? `op${command}`;
  if (name !== 'wait') return name;
  if (command === FUTEX_PLAIN_WAIT && args[2] === LOCKED_WITH_WAITERS) return 'lock';
  return args[3] === 0 ? 'wait' : 'wait-timed';
}

function waitOp(timeout: number): (args: readonly number[]) => string {
  return (args) => (args[timeout] === 0 ? 'poll' : 'block');
}

const input: Shape = { fd: 0, size: 2, moves: 'in' };
const output: Shape = { fd: 0, size: 2, moves: 'out' };
const vectorIn: Shape = { fd: 0, moves: 'in' };
const vectorOut: Shape = { fd: 0, moves: 'out' };
const onSocket: Shape = { fd: 0, implies: 'socket' };
const onListener: Shape = { fd: 0, implies: 'listen' };
const accept: Shape = { fd: 0, implies: 'listen', makes: 'socket' };
const onFile: Shape = { fd: 0, implies: 'file' };
const epoll: Shape = { fd: 0, implies: 'epoll', size: 2, op: waitOp(3) };

const SHAPES: Readonly<Record<string, Shape>> = {
  read: input,
  write: output,
  readv: vectorIn,
  writev: vectorOut,
  pread64: { ...input, implies: 'file' },
  pwrite64: { ...output, implies: 'file' },
  preadv: { ...vectorIn, implies: 'file' },
  pwritev: { ...vectorOut, implies: 'file' },
  recvfrom: { ...input, implies: 'socket' },
  sendto: { ...output, implies: 'socket' },
  recvmsg: { ...vectorIn, implies: 'socket' },
  sendmsg: { ...vectorOut, implies: 'socket' },
  sendfile: { fd: 0, size: 3, moves: 'out', implies: 'socket' },
  /** A socket the process opens itself is a client's end, until it listens. */
  socket: { makes: 'upstream' },
  accept,
  accept4: accept,
  listen: onListener,
  connect: { fd: 0, implies: 'upstream' },
  shutdown: onSocket,
  getsockname: { fd: 0 },
  getpeername: onSocket,
  setsockopt: { fd: 0 },
  getsockopt: { fd: 0 },
  openat: { makes: 'file' },
  open: { makes: 'file' },
  lseek: onFile,
  fstat: { fd: 0 },
  ioctl: { fd: 0 },
  fsync: onFile,
  fdatasync: onFile,
  ftruncate: onFile,
  close: { fd: 0 },
  eventfd2: { makes: 'wakeup' },
  eventfd: { makes: 'wakeup' },
  timerfd_create: { makes: 'timer' },
  epoll_create: { makes: 'epoll' },
  epoll_create1: { makes: 'epoll' },
  epoll_ctl: { fd: 0, implies: 'epoll', op: (args) => EPOLL_CTL[args[1]] ?? '' },
  epoll_wait: epoll,
  epoll_pwait: epoll,
  poll: { size: 1, op: waitOp(2) },
  ppoll: { size: 1, op: waitOp(2) },
  select: { size: 0, op: waitOp(4) },
  fcntl: { fd: 0, op: fcntlOp },
  futex: { op: futexOp },
};
const UNKNOWN: Shape = {};

/** What is known of a system call's arguments; nothing for a call that is not in the table. */
export function shapeOf(name: string): Shape {
  return SHAPES[name] ?? UNKNOWN;
}

/** Descriptor a call works on, -1 if none. */
export function descriptorOf(call: Call): number {
  const position = shapeOf(call.name).fd;
  return position === undefined ? -1 : (call.args[position] ?? -1);
}

/** Requested bytes or events, -1 if the call has no such argument. */
export function sizeOf(call: Call): number {
  const position = shapeOf(call.name).size;
  return position === undefined ? -1 : (call.args[position] ?? -1);
}

/** Operation selected by an argument (`getfl`, `wake`, `block`), empty if there is none. */
export function operationOf(call: Call): string {
  return call.args.length === 0 ? '' : (shapeOf(call.name).op?.(call.args) ?? '');
}

/** Calls that wait for several descriptors. */
export function isPoll(name: string): boolean {
  const op = shapeOf(name).op;
  return name !== 'futex' && (op === epoll.op || name === 'poll' || name === 'ppoll' || name === 'select');
}
