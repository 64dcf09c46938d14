import { sourced, type Sourced } from '../../hw/profile.ts';
import { footprint, type Footprint } from '../path.ts';
import type { CallName } from '../abi.ts';

const HOST = 'from its latency on the recorded host, less the crossing, at about one cycle an instruction';

/**
 * What each system call executes besides the crossing, copies and protocol work. A new call is one row here, one effect in
 * effects.ts and its name in abi.ts.
 */
export const CALL_FOOTPRINTS: Readonly<Record<CallName, Footprint>> = {
  getpid: footprint(100, `${HOST}: 104 ns in all, 29 ns beyond an empty call`),
  gettid: footprint(100, `${HOST}: as getpid`),
  read: footprint(1500, `${HOST}: socket read of a request 1.46 us traced, 1 us with the tracer's share removed`),
  write: footprint(1400, `${HOST}: write of 64 bytes to a file 527 ns beyond an empty call`),
  pread64: footprint(
    1300,
    `${HOST}: pread of a cached byte 365 ns beyond an empty call; FlexSC table 1: 3739 instructions in 2.6`,
  ),
  fcntl: footprint(280, `${HOST}: as lseek, 77 ns beyond an empty call`),
  epoll_wait: footprint(1100, `${HOST}: one ready descriptor 325 ns beyond an empty call`),
  epoll_add: footprint(2500, `${HOST}: 1.1 us traced with the tracer's share removed`),
  epoll_del: footprint(2000, `${HOST}: 0.8 us traced with the tracer's share removed`),
  futex_wait: footprint(900, `${HOST}: futex without waiter 157 ns; queueing assumed`),
  futex_wake: footprint(550, `${HOST}: futex wake without waiter 157 ns beyond an empty call`),
  sched_yield: footprint(500, `${HOST}: 423 ns beyond an empty call, most of it the scheduler's`),
  clock_gettime: footprint(400, `${HOST}: 170 ns beyond an empty call`),
  hostile: footprint(
    2500,
    `${HOST}: as mprotect of one page, 1.95 us a pair; stands for each call of an attack program`,
  ),
  syskernelmode: footprint(40, 'assumed: a capability test; the transition itself is a crossing'),
  syskerneljump: footprint(60, 'assumed: tests of capability, page and entry; the transition itself is a crossing'),
};

/** What a call that a vDSO answers executes instead, in user mode. */
export const USER_FOOTPRINT = footprint(
  80,
  'assumed: clock_gettime by the vDSO takes some 20 to 30 ns: a sequence count, the counter, a multiplication',
);

/** The footprints of all calls where only a share of some is left, as a policy's `work` says. */
export function callFootprints(
  work: Readonly<Partial<Record<CallName, Sourced>>>,
): Readonly<Record<CallName, Footprint>> {
  const left = Object.entries(work).map(([name, share]) => [name, scaled(CALL_FOOTPRINTS[name as CallName], share)]);
  return { ...CALL_FOOTPRINTS, ...Object.fromEntries(left) } as Record<CallName, Footprint>;
}

function scaled(whole: Footprint, { value, confidence, source }: Sourced): Footprint {
  const part = ({ value: full, range: [low, high] }: Sourced): Sourced =>
    sourced(Math.max(1, Math.round(full * value)), [Math.floor(low * value), high], confidence, source);
  return {
    instructions: part(whole.instructions),
    codeLines: part(whole.codeLines),
    dataLines: part(whole.dataLines),
  };
}

/** Kernel paths that are no system calls. */
export const PATH_FOOTPRINTS = {
  transmit: footprint(
    11000,
    'half of a loopback TCP send and receive, 6.55 us on the recorded host, less two calls; its split is assumed',
  ),
  receive: footprint(
    11000,
    'half of a loopback TCP send and receive, 6.55 us on the recorded host, less two calls; its split is assumed',
  ),
  tick: footprint(3000, 'assumed: accounting, timers and load tracking of a periodic tick'),
  wake: footprint(1200, 'assumed: try_to_wake_up and enqueueing'),
  schedule: footprint(700, 'assumed: choice and bookkeeping of a switch'),
  copy: footprint(32, 'assumed: set-up of a user copy; the lines themselves are moved one by one'),
} as const satisfies Record<string, Footprint>;
