import type { Call, Woken } from './call.ts';
import type { LineReader } from './linereader.ts';
import type { Problems } from './problems.ts';
import { syscallName } from './numbers.ts';

/** `[comm] TID [CPU] [flags] seconds.fraction: group:event: details`, as `perf script` prints it. */
const LINE =
  /^\s*(?:(\S.{0,31}?)\s+)?(?:\d+\/)?(\d+)\s+\[\d+\]\s+(?:\S{4,5}\s+)?(\d+)\.(\d{6,9}):\s+\w+:(\w+):\s*(.*)$/;
const ENTER = /^NR (-?\d+) \(([^)]*)\)/;
const EXIT = /^NR (-?\d+) = (-?\d+)/;
/** Both the raw form (`prev_pid=7 prev_state=S`) and perf's own (`name:7 [120] S ==>`). */
const SWITCH = /prev_pid=(\d+) prev_prio=-?\d+ prev_state=(\w)|:(\d+) \[-?\d+\] (\w)\S* ==>/;
const WAKEUP = /comm=(.*) pid=(\d+) prio=|^(.*):(\d+) \[/;
/** Longest useful line [characters]; keeps the patterns above linear in practice. */
const LONGEST = 1024;
const SECOND = 1e9;

/** A thread between two events. */
interface ThreadState {
  pending: { nr: number; args: number[]; enter: number; gap: number } | undefined;
  lastExit: number;
  lostCore: boolean;
  slept: boolean;
  preempted: boolean;
  woken: Woken[];
}

/** Turns the events of one `perf script` listing into calls; `comms` collects the names of threads. */
export class PerfReader implements LineReader {
  readonly #threads = new Map<number, ThreadState>();
  #base = NaN;
  #line = 0;
  readonly #problems: Problems;
  readonly #comms: Map<number, string>;
  /** How each event is read, by its name. */
  readonly #events: Readonly<Record<string, (tid: number, time: number, details: string) => Call | undefined>> = {
    sys_enter: (tid, time, details) => this.#enter(tid, time, details),
    sys_exit: (tid, time, details) => this.#exit(tid, time, details),
    sched_switch: (_tid, _time, details) => this.#switchOut(details),
    sched_wakeup: (tid, _time, details) => this.#wakeup(tid, details),
    sched_wakeup_new: (tid, _time, details) => this.#wakeup(tid, details),
  };

  constructor(problems: Problems, comms: Map<number, string>) {
    this.#problems = problems;
    this.#comms = comms;
  }

  /** Takes one line; returns the call it completes, if any. */
  read(text: string): Call | undefined {
    this.#line++;
    if (text === '' || text.startsWith('#')) return undefined;
    const match = text.length > LONGEST ? null : LINE.exec(text);
    if (match === null) return this.#bad('line not in perf script form');
    const tid = Number(match[2]);
    const seconds = Number(match[3]);
    if (Number.isNaN(this.#base)) this.#base = seconds;
    const time = (seconds - this.#base) * SECOND + Number(match[4].padEnd(9, '0'));
    if (match[1] !== undefined) this.#comms.set(tid, match[1]);
    return this.#event(match[5], tid, time, match[6]);
  }

  #event(event: string, tid: number, time: number, details: string): Call | undefined {
    const take = Object.hasOwn(this.#events, event) ? this.#events[event] : undefined;
    return take === undefined ? this.#bad(`event ${event} ignored`) : take(tid, time, details);
  }

  #enter(tid: number, time: number, details: string): undefined {
    const match = ENTER.exec(details);
    if (match === null) return this.#bad('sys_enter without number and arguments');
    const thread = this.#thread(tid);
    if (thread.pending !== undefined) this.#bad('sys_enter while a call is pending (its exit is missing)');
    const args = match[2].split(',').map((hex) => Number.parseInt(hex, 16));
    const gap = thread.lostCore ? NaN : time - thread.lastExit;
    thread.pending = { nr: Number(match[1]), args, enter: time, gap };
    thread.lostCore = false;
    thread.slept = false;
    thread.preempted = false;
    thread.woken = [];
    return undefined;
  }

  #exit(tid: number, time: number, details: string): Call | undefined {
    const match = EXIT.exec(details);
    if (match === null) return this.#bad('sys_exit without number and result');
    const thread = this.#thread(tid);
    const nr = Number(match[1]);
    const known = thread.pending?.nr === nr ? thread.pending : undefined;
    if (thread.pending !== undefined && known === undefined) this.#bad('sys_exit of another call than entered');
    thread.pending = undefined;
    thread.lastExit = time;
    thread.lostCore = false;
    return {
      tid,
      name: syscallName(nr),
      args: known?.args ?? [],
      partial: known === undefined,
      result: Number(match[2]),
      enter: known?.enter ?? time,
      exit: time,
      gap: known?.gap ?? NaN,
      slept: thread.slept,
      preempted: thread.preempted,
      woken: thread.woken,
      hint: '',
    };
  }

  #switchOut(details: string): undefined {
    const match = SWITCH.exec(details);
    if (match === null) return this.#bad('sched_switch not understood');
    const thread = this.#threads.get(Number(match[1] ?? match[3]));
    const comm = /^prev_comm=(.*) prev_pid=(\d+)/.exec(details);
    if (comm !== null) this.#comms.set(Number(comm[2]), comm[1]);
    if (thread === undefined) return undefined;
    const runnable = (match[2] ?? match[4]) === 'R';
    if (thread.pending === undefined) thread.lostCore = true;
    else if (runnable) thread.preempted = true;
    else thread.slept = true;
    return undefined;
  }

  #wakeup(tid: number, details: string): undefined {
    const match = WAKEUP.exec(details);
    if (match === null) return this.#bad('sched_wakeup not understood');
    const thread = this.#threads.get(tid);
    if (thread?.pending === undefined) return undefined;
    thread.woken.push({ tid: Number(match[2] ?? match[4]), comm: match[1] ?? match[3] });
    return undefined;
  }

  #thread(tid: number): ThreadState {
    let thread = this.#threads.get(tid);
    if (thread === undefined) {
      thread = { pending: undefined, lastExit: NaN, lostCore: false, slept: false, preempted: false, woken: [] };
      this.#threads.set(tid, thread);
    }
    return thread;
  }

  #bad(kind: string): undefined {
    this.#problems.note(kind, this.#line);
    return undefined;
  }
}

/** Whether a line is one of `perf script`. */
export function looksLikePerf(line: string): boolean {
  return line.length <= LONGEST && LINE.test(line);
}
