import { SimulationBug } from '../sim/errors.ts';
import { LINES_PER_PAGE, type Cycles } from '../sim/units.ts';
import { Op, OpStream } from '../hw/opstream.ts';
import { Authority } from './semantics/gate.ts';
import { KERNEL_PID, type FunctionEntry, type Process } from './process.ts';
import { Task, type TaskSpec } from './sched/task.ts';
import { LongCopy } from './usercopy.ts';
import { ServiceState } from './services/service.ts';
import type { SignalFrame } from './signalframe.ts';
import type { Trace } from './trace.ts';
import type { WaitQueue } from './waitqueue.ts';

/** What a thread owes before it goes back to its own code, as bits of its `exitWork`. Source: Linux _TIF_SIGPENDING, JOBCTL_TRAP_STOP. */
export const ExitWork = { Signal: 1, Stop: 2 } as const;

/** States of a thread and the legal transitions between them. */
export type ThreadState = 'new' | 'runnable' | 'running' | 'sleeping' | 'traced' | 'zombie';
const LEGAL: Readonly<Record<ThreadState, readonly ThreadState[]>> = {
  new: ['runnable'],
  runnable: ['running'],
  running: ['runnable', 'sleeping', 'traced', 'zombie'],
  sleeping: ['runnable'],
  traced: ['runnable'],
  zombie: [],
};

/** How a thread left the processor, and so what it must do when it gets it back. */
export const Pending = { Nothing: 0, Call: 1, CallExit: 2, EventExit: 3, Copy: 4, CallEntry: 5 } as const;
/** What a thread has yet to do. */
export type Pending = (typeof Pending)[keyof typeof Pending];

/** Operations between two refills of a program. */
const STREAM_CAPACITY = 1024;
/** Deepest nesting of functions with attributes. */
const CALL_DEPTH = 16;
/** Most descriptors that one epoll_wait returns. */
export const MAX_EVENTS = 1024;

/** A thread: its program, its place in the scheduler and its state in the kernel-mode semantics. */
export class Thread extends Task {
  readonly name: string;
  readonly process: Process;
  /** Operations of the code that runs: the program's, or those of a signal handler. */
  stream = new OpStream(STREAM_CAPACITY);
  readonly ready = new Int32Array(MAX_EVENTS);
  /** Kernel stack and user buffer, as virtual lines. */
  readonly stackLine: number;
  readonly bufferLine: number;
  /** Pages of its user stack; events push their frames at `stackVpn` where they find the thread at CPL 0. */
  stackVpn = 0;
  stackPages = 0;
  program: Generator<void, void, number> | undefined = undefined;
  /** Whether the program goes on before calls that are held back are performed. */
  runsAhead = false;
  state: ThreadState = 'new';
  /** When the thread became runnable first, and when its state changed last. */
  startedAt: Cycles = 0;
  changedAt: Cycles = 0;
  readyAt: Cycles = 0;
  lastCore = 0;
  /** CPL of the thread's own code, and what the semantics remember of its entry. */
  cpl: 0 | 3 = 3;
  entered = false;
  entryAuthority: Authority = Authority.None;
  /** CPL of each caller and the function called, innermost last. */
  readonly callerCpl = new Int8Array(CALL_DEPTH);
  readonly callee = new Int16Array(CALL_DEPTH);
  depth = 0;
  /** System call in progress. */
  pending: Pending = Pending.Nothing;
  /** CPL from which the call was made; syskernelmode may return to the other. */
  callCpl: 0 | 3 = 3;
  nr = 0;
  arg0 = 0;
  arg1 = 0;
  arg2 = 0;
  isWoken = false;
  /** Whether the call is tried again after a sleep, and how many bytes it has moved so far. */
  isRestarted = false;
  progress = 0;
  /** The queue in which the thread sleeps; when it gives up at the latest, 0 for never, and whether it did. */
  waitsOn: WaitQueue | undefined = undefined;
  expiresAt: Cycles = 0;
  isTimedOut = false;
  /** What is to be done before the thread goes back to its own code; 0 almost always. */
  exitWork = 0;
  /** When the signal came that waits to be delivered. */
  signalledAt: Cycles = 0;
  /** What the kernel recorded of each signal whose handler has not returned. */
  readonly signals: SignalFrame[] = [];
  /** Begins the handler of a signal, which pushes to the stream; absent where the program's next operations are the handler. */
  openHandler: ((stream: OpStream) => Generator<void, void, number>) | undefined = undefined;
  /** Present while a process traces this thread. */
  trace: Trace | undefined = undefined;
  result = 0;
  /** The rest of a copy that a call of this thread makes. */
  readonly copy = new LongCopy();
  readonly service = new ServiceState();
  /** Called when the thread has ended. */
  onEnd: () => void = () => {};

  constructor(tid: number, name: string, process: Process, spec: TaskSpec, stackLine: number, bufferLine: number) {
    super(tid, spec);
    this.name = name;
    this.process = process;
    this.stackLine = stackLine;
    this.bufferLine = bufferLine;
  }

  /** Forgets what the last system call left behind. */
  beginCall(): void {
    this.isWoken = false;
    this.isRestarted = false;
    this.isTimedOut = false;
    this.expiresAt = 0;
    this.progress = 0;
    this.callCpl = this.cpl;
  }

  /** Changes state; an illegal transition is our bug. */
  moveTo(state: ThreadState): void {
    if (!LEGAL[this.state].includes(state))
      throw new SimulationBug(`thread ${this.tid} (${this.name}) cannot go from ${this.state} to ${state}`);
    this.state = state;
  }

  /** Whether a signal waits that may be delivered: not in a handler, which blocks its own signal. */
  takesSignal(): boolean {
    return (this.exitWork & ExitWork.Signal) !== 0 && !this.signals.some(({ code }) => code !== undefined);
  }

  /** Whether a fetch outside KERNELTRUST pages must enter the kernel. */
  isGuarded(): boolean {
    return this.cpl === 0 && this.entryAuthority === Authority.ByPage;
  }

  /**
   * Whether the thread runs code of these pages at CPL 0 or will return into it there: its last instructions outside a call, and the functions that it
   * has entered, of whose code only the first page is known.
   */
  usesCode(first: number, pages: number): boolean {
    if (this.cpl === 0 && isAt(this.stream, first, pages)) return true;
    for (const { cpl, code } of this.signals)
      if (cpl === 0 && code !== undefined && isAt(code.stream, first, pages)) return true;
    for (let i = 0; i < this.depth; i++) {
      const cpl = i + 1 < this.depth ? this.callerCpl[i + 1] : this.cpl;
      const entry = this.process.functions[this.callee[i]].vpn;
      if (cpl === 0 && entry >= first && entry < first + pages) return true;
    }
    return false;
  }

  /** Whether a page belongs to the thread's own stack. */
  isOnStack(vpn: number): boolean {
    return vpn >= this.stackVpn && vpn < this.stackVpn + this.stackPages;
  }

  /** Whether this is a thread of the kernel, without a program. */
  isDaemon(): boolean {
    return this.process.pid === KERNEL_PID;
  }

  /** The function whose code runs, or undefined in the outermost native code. */
  currentFunction(): FunctionEntry | undefined {
    return this.depth === 0 ? undefined : this.process.functions[this.callee[this.depth - 1]];
  }
}

/** Whether the last operation of a stream is code of these pages. */
function isAt({ op, a }: OpStream, first: number, pages: number): boolean {
  const vpn = Math.floor(a / LINES_PER_PAGE);
  return op === Op.Execute && vpn >= first && vpn < first + pages;
}
