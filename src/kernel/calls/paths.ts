import { assumed, measured, rare } from './numbers.ts';
import { sourced, type Sourced } from '../../hw/profile.ts';
import type { CallName } from '../abi.ts';
import type { Footprint } from '../path.ts';

/** Kernel paths that are no system calls: work of files, of protocols, of the scheduler, of interrupts. */
export const PATH_FOOTPRINTS = {
  cacheRead: measured(258, 'pread of a cached byte 440 ns, less an empty call and the file layer'),
  cacheWrite: measured(420, 'pwrite of 64 bytes to tmpfs 602 ns, less an empty call and the file layer'),
  socketRead: assumed(1100, 'a socket read of a request takes 1 us on the recorded host with cold caches'),
  socketWrite: assumed(1000, 'as a socket read, without waiting'),
  blockSubmit: assumed(
    1500,
    'XRP (OSDI 2022) table 1: block layer 379 ns and driver 113 ns at 3 GHz, both ways; its half and the request of pages',
  ),
  blockComplete: assumed(1500, 'XRP (OSDI 2022) table 1: as blockSubmit, with pages marked and their waiters found'),
  pipeRead: measured(125, 'write and read of a pipe 696 ns, less two empty calls and two file layers; its half'),
  pipeWrite: measured(175, 'write and read of a pipe 696 ns, less two empty calls and two file layers; its half'),
  unixRead: assumed(1500, 'unix_stream_read_generic: a socket buffer is taken off a queue and freed'),
  unixWrite: assumed(2200, 'unix_stream_sendmsg: a socket buffer is allocated, filled and queued'),
  eventRead: assumed(250, 'eventfd_read: a counter under a lock'),
  eventWrite: assumed(250, 'eventfd_write: a counter under a lock'),
  transmit: measured(
    1850,
    'half of a loopback TCP send and receive, 6.55 us, less two calls and the stalls of the model; its split is assumed',
  ),
  receive: measured(
    1850,
    'half of a loopback TCP send and receive, 6.55 us, less two calls and the stalls of the model; its split is assumed',
  ),
  acknowledge: assumed(900, 'tcp_ack: a segment without payload frees what it acknowledges'),
  napiSchedule: assumed(150, "the device's handler: its interrupt masked, the poll put on a list, the softirq raised"),
  netRxAction: assumed(300, 'do_softirq and net_rx_action around the messages of a poll, and its end'),
  signalDeliver: measured(1150, 'signal to itself with handler 2.71 us, less two empty calls; its split is assumed'),
  traceStop: rare(
    assumed(1500, 'ptrace_stop and do_notify_parent_cldstop: locks of both tasks, a state set, the tracer told'),
  ),
  ringRead: rare(
    measured(
      106,
      'io_read (io_uring/rw.c) does for a read what the file layer does for read(2): access and area checked, kiocb and iterator set up, watchers told; as that',
    ),
  ),
  cacheReadPage: rare(
    assumed(
      362,
      'a further page with a folio of its own: LEBench repository, output.4.12.0-custom.csv: read of 10 pages 2178 ns and of one 258, 213 a page at 2.9 GHz, less 4 cycles for each line that is copied; a cycle an instruction',
    ),
  ),
  cacheWritePage: rare(
    assumed(
      590,
      'as cacheReadPage, times what a write of one page takes beside a read on the recorded host, 420 ns to 258; ext4 of 4.12 took 442 ns a page, with its journal',
    ),
  ),
  timerExpire: assumed(900, 'hrtimer_interrupt: a red-black tree, the clock and the device are read and set'),
  tick: assumed(3000, 'accounting, timers and load tracking of a periodic tick'),
  wake: assumed(
    2200,
    'try_to_wake_up, enqueueing and the test for preemption; with `schedule` from the ping-pong of futexes',
  ),
  schedule: assumed(
    1700,
    'dequeueing, choice and bookkeeping of a switch; with `wake` from the ping-pong of futexes on the recorded host',
  ),
  reschedule: measured(
    313,
    'three quarters, assumed, of what sched_yield alone takes beyond an empty call: it chooses the next thread and finds itself; where it finds another, that is `schedule`',
  ),
  copy: assumed(32, 'set-up of a user copy; the lines themselves are moved one by one'),
} as const satisfies Record<string, Footprint>;
/** Name of such a path. */
export type PathName = keyof typeof PATH_FOOTPRINTS;

/** What a call that a vDSO answers executes instead, in user mode. */
export const USER_FOOTPRINT = assumed(
  80,
  'clock_gettime by the vDSO takes some 20 to 30 ns: a sequence count, the counter, a multiplication',
);

/** Shares of the work of calls that are left under a policy. */
export type WorkShares = Readonly<Partial<Record<CallName, Sourced>>>;

/** What files do for read and for write, by which a share that is left of one of them holds for the file too. */
const FILE_WORK: Readonly<Partial<Record<CallName, readonly PathName[]>>> = {
  read: ['cacheRead', 'socketRead', 'pipeRead', 'unixRead', 'eventRead'],
  write: ['cacheWrite', 'socketWrite', 'pipeWrite', 'unixWrite', 'eventWrite'],
};

/** The kernel paths where only shares of some calls are left. */
export function pathFootprints(work: WorkShares): Readonly<Record<PathName, Footprint>> {
  const left = Object.entries(work).flatMap(([name, share]) =>
    (FILE_WORK[name as CallName] ?? []).map((path) => [path, scaled(PATH_FOOTPRINTS[path], share)] as const),
  );
  return { ...PATH_FOOTPRINTS, ...Object.fromEntries(left) };
}

/** A footprint of which a share is left; above 1 it is longer. */
export function scaled(whole: Footprint, { value, confidence, source }: Sourced): Footprint {
  const longest = Math.max(1, value);
  const part = ({ value: full, range: [low, high] }: Sourced): Sourced =>
    sourced(
      Math.max(1, Math.round(full * value)),
      [Math.floor(low * value), Math.ceil(high * longest)],
      confidence,
      source,
    );
  const share = ({ value: full, range: [low, high] }: Sourced): Sourced =>
    sourced(full * value, [low * value, Math.max(high, full * value)], confidence, source);
  return {
    instructions: part(whole.instructions),
    codeLines: part(whole.codeLines),
    dataLines: part(whole.dataLines),
    pages: whole.pages,
    returns: share(whole.returns),
    indirectCalls: share(whole.indirectCalls),
  };
}
