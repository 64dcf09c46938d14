import type { CallName } from '../kernel/abi.ts';
import type { CallSite, RecordedModel, Role, Step } from './recorded/model.ts';

/** What a step of a replayed request does in the simulated kernel; see the table of `replay.ts`. */
export type StepKind =
  | 'receive'
  | 'send'
  | 'readFile'
  | 'appendLog'
  | 'control'
  | 'changeInterest'
  | 'poll'
  | 'wake'
  | 'check'
  | 'identity'
  | 'clock'
  | 'yield'
  | 'plain';

/** One call site of a request: how often it is made, what it moves, and the user time before it on the machine of the trace. */
export interface ReplayStep {
  readonly id: string;
  readonly kind: StepKind;
  /** The row of a `plain` step. */
  readonly call?: CallName;
  readonly perRequest: number;
  readonly bytes: number;
  readonly userNs: number;
}

/** A server as its trace shows it, reduced to what a request does: plain data that a run carries along. */
export interface ReplayModel {
  readonly name: string;
  readonly requestBytes: number;
  readonly replyBytes: number;
  /** User time per wait for requests, and user time per request before calls that are left out [ns]. */
  readonly waitNs: number;
  readonly otherNs: number;
  /** In the order of the most frequent path; the first read of the request and its reply are among them. */
  readonly steps: readonly ReplayStep[];
  /** Calls per request that a replay does not make, by name; their kernel time is missing. */
  readonly omitted: Readonly<Record<string, number>>;
}

const NETWORK: ReadonlySet<string> = new Set(['socket', 'upstream']);
const inOrFile = ({ fd }: CallSite): StepKind => (NETWORK.has(fd ?? '') ? 'receive' : 'readFile');
const outOrLog = ({ fd }: CallSite): StepKind => (NETWORK.has(fd ?? '') ? 'send' : 'appendLog');

/** How each system call is replayed. Calls for the same work on other arguments stand for each other: `recvfrom` is a read of a socket. */
const KINDS: Readonly<Record<string, StepKind | ((site: CallSite) => StepKind)>> = {
  read: inOrFile,
  readv: inOrFile,
  recvfrom: inOrFile,
  recvmsg: inOrFile,
  pread64: 'readFile',
  preadv: 'readFile',
  write: outOrLog,
  writev: outOrLog,
  sendto: outOrLog,
  sendmsg: outOrLog,
  sendfile: outOrLog,
  pwrite64: 'appendLog',
  pwritev: 'appendLog',
  fcntl: 'control',
  epoll_ctl: 'changeInterest',
  epoll_wait: 'poll',
  epoll_pwait: 'poll',
  poll: 'poll',
  ppoll: 'poll',
  getpid: 'identity',
  gettid: 'identity',
  getppid: 'identity',
  clock_gettime: 'clock',
  gettimeofday: 'clock',
  sched_yield: 'yield',
};
/**
 * Calls that are replayed for what they take, by the row that takes it: their effect does not matter to a replay. Calls that open or map would
 * do so without end, so that the look-up of a path stands for an opening, and mappings are left out.
 */
const PLAIN: Readonly<Record<string, CallName>> = {
  openat: 'newfstatat',
  open: 'newfstatat',
  stat: 'newfstatat',
  lstat: 'newfstatat',
  access: 'newfstatat',
  faccessat: 'newfstatat',
  newfstatat: 'newfstatat',
  statx: 'statx',
  fstat: 'fstat',
  close: 'close',
  lseek: 'lseek',
  ioctl: 'ioctl',
  getdents64: 'getdents64',
  ftruncate: 'ftruncate',
  fsync: 'fsync',
  fdatasync: 'fdatasync',
  bind: 'bind',
  listen: 'listen',
  getsockname: 'getsockname',
  getpeername: 'getpeername',
  getsockopt: 'getsockopt',
  setsockopt: 'setsockopt',
  mprotect: 'mprotect',
  membarrier: 'membarrier',
  uname: 'uname',
  sysinfo: 'sysinfo',
  getrusage: 'getrusage',
  getrandom: 'getrandom',
  prctl: 'prctl',
  getuid: 'getuid',
  geteuid: 'getuid',
  umask: 'umask',
  sched_getaffinity: 'sched_getaffinity',
  rt_sigaction: 'rt_sigaction',
  rt_sigprocmask: 'rt_sigprocmask',
  sigaltstack: 'sigaltstack',
  timerfd_settime: 'timerfd_settime',
  io_uring_register: 'io_uring_register',
};
const WAKES = /^futex:wake/;
const WAITS = /:block$/;

function kindOf(site: CallSite): StepKind | undefined {
  if (site.call === 'futex') return WAKES.test(site.id) ? 'wake' : 'check';
  const kind = Object.hasOwn(KINDS, site.call) ? KINDS[site.call] : undefined;
  if (typeof kind === 'function') return kind(site);
  return kind ?? (Object.hasOwn(PLAIN, site.call) ? 'plain' : undefined);
}

/** Reduces a recorded server to what one request does, whichever of its threads does it. */
export function replayModel({ name, roles, totals }: RecordedModel): ReplayModel {
  const sites = roles.flatMap(inOrder);
  const waits = sites.filter(({ id }) => WAITS.test(id));
  const steps = sites.filter((site) => !waits.includes(site) && kindOf(site) !== undefined);
  const others = sites.filter((site) => kindOf(site) === undefined);
  const omitted: Record<string, number> = {};
  for (const { call, perRequest } of others) omitted[call] = (omitted[call] ?? 0) + perRequest;
  return {
    name,
    requestBytes: Math.max(1, Math.round(totals.requestBytes)),
    replyBytes: Math.max(1, Math.round(totals.replyBytes)),
    waitNs: waits[0]?.userNs ?? 0,
    otherNs: others.reduce((sum, { userNs, perRequest }) => sum + userNs * perRequest, 0),
    steps: steps.map(stepOf),
    omitted,
  };
}

/** The sites of a role as its most frequent path visits them, then the others. */
function inOrder({ sites, paths }: Role): readonly CallSite[] {
  const ids = (paths[0]?.steps ?? []).flatMap((step: Step) => (typeof step === 'string' ? [step] : step.body));
  const places = new Map([...new Set(ids)].map((id, place) => [id, place]));
  const placeOf = ({ id }: CallSite): number => places.get(id) ?? ids.length;
  return sites.toSorted((a, b) => placeOf(a) - placeOf(b));
}

function stepOf(site: CallSite): ReplayStep {
  const kind = kindOf(site)!;
  const step = {
    id: site.id,
    kind,
    perRequest: site.perRequest,
    bytes: Math.round(site.result.mean),
    userNs: site.userNs,
  };
  return kind === 'plain' ? { ...step, call: PLAIN[site.call] } : step;
}
