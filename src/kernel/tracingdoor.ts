import type { Core } from '../hw/core.ts';
import { Domain } from '../hw/cpi.ts';
import type { OpStream } from '../hw/opstream.ts';
import { Vector, type TrapHandler } from '../hw/trap.ts';
import type { Clock, Cycles } from '../sim/units.ts';
import type { Kernel } from './kernel.ts';
import { Pending, type Thread } from './thread.ts';

/** What can be traced, at the grain of `perf sched`. */
export const TRACE_KINDS = [
  'switch',
  'wakeup',
  'migrate',
  'irqEntry',
  'softirqRaise',
  'irqExit',
  'softirqEntry',
  'softirqExit',
  'sysEnter',
  'sysExit',
  'modeEnter',
  'modeLeave',
] as const;
/** Name of a kind of traced event. */
export type TraceKind = (typeof TRACE_KINDS)[number];

/** Thread number of a CPU that has no thread. */
export const IDLE = 0;

/** Something that happened on a CPU: to `tid`, which is IDLE without a thread. */
export interface TraceEvent {
  readonly kind: TraceKind;
  /** Of the CPU's own clock. */
  readonly time: Cycles;
  readonly cpu: number;
  readonly tid: number;
  /**
   * switch: the thread that follows; wakeup: the woken thread; migrate: the moved thread; irq: the vectors as bits; sysEnter: number of the call; sysExit:
   * its result; mode: the CPL left; softirq: the vectors that may raise it.
   */
  readonly arg: number;
  /** switch: state in which `tid` left (R or S); wakeup and migrate: the CPU it goes to; sysExit: number of the call. */
  readonly more?: string | number;
}

/** Where the events happen: the clock they are told by, and the names of threads. */
export interface TraceScene {
  readonly clock: Clock;
  nameOf(tid: number): string;
}

/** Is told of events in the order in which the model computes them; those of one CPU are in the order of time. */
export type Tracer = (event: TraceEvent, scene: TraceScene) => void;

/** What is watched of a thread. */
interface Seen {
  state: Thread['state'];
  cpu: number;
  cpl: 0 | 3;
}

/**
 * Stands in the door of the kernel and says what came through it: before each trap, and by what has changed after it, at the time when the trap has ended. So a kernel that is not
 * traced has no part of it, and one that is does exactly the same.
 */
export class TracingDoor implements TrapHandler, TraceScene {
  readonly clock: Clock;
  readonly #kernel: Kernel;
  readonly #tracer: Tracer;
  readonly #seen = new Map<Thread, Seen>();
  /** Calls in progress, by thread. */
  readonly #calls = new Map<Thread, number>();
  readonly #on: number[] = [];
  /** CPUs in a softirq. */
  readonly #serving = new Set<number>();

  constructor(kernel: Kernel, tracer: Tracer, clock: Clock) {
    this.clock = clock;
    this.#kernel = kernel;
    this.#tracer = tracer;
  }

  nameOf(tid: number): string {
    return tid === IDLE ? 'swapper' : this.#threadOf(tid)!.name;
  }

  onSyscall(core: Core, stream: OpStream): void {
    const thread = this.#current(core)!;
    this.#tell('sysEnter', core, stream.nr);
    this.#calls.set(thread, stream.nr);
    this.#kernel.onSyscall(core, stream);
    this.#compare(core);
  }

  onCall(core: Core, functionId: number): void {
    this.#kernel.onCall(core, functionId);
    this.#compare(core);
  }

  onReturn(core: Core): void {
    this.#kernel.onReturn(core);
    this.#compare(core);
  }

  onLeave(core: Core, vpn: number): void {
    this.#kernel.onLeave(core, vpn);
    this.#compare(core);
  }

  onFault(core: Core, vpn: number, isWrite: boolean): void {
    this.#kernel.onFault(core, vpn, isWrite);
    this.#compare(core);
  }

  onInterrupt(core: Core): void {
    const vectors = core.pendingVectors;
    this.#tell('irqEntry', core, vectors);
    if ((vectors & Vector.Nic) !== 0) this.#tell('softirqRaise', core, vectors);
    this.#kernel.onInterrupt(core);
    this.#followAll(core);
    this.#tell('irqExit', core, vectors);
    this.#compare(core);
  }

  onIdle(core: Core): boolean {
    const found = this.#kernel.onIdle(core);
    this.#compare(core);
    return found;
  }

  onRefill(core: Core): void {
    this.#kernel.onRefill(core);
    this.#compare(core);
  }

  #current(core: Core): Thread | undefined {
    return this.#kernel.scheduler.queues[core.id].current;
  }

  #threadOf(tid: number | undefined): Thread | undefined {
    return this.#kernel.scheduler.times.threads.find((thread) => thread.tid === tid);
  }

  #tell(kind: TraceKind, core: Core, arg: number, more?: string | number): void {
    const tid = this.#on[core.id] ?? IDLE;
    const event = { kind, time: core.now, cpu: core.id, tid, arg };
    this.#tracer(more === undefined ? event : { ...event, more }, this);
  }

  /** Tells what a trap has changed. */
  #compare(core: Core): void {
    const isServing = this.#kernel.isInSoftirq(core);
    if (isServing && !this.#serving.has(core.id)) this.#beginSoftirq(core);
    this.#followAll(core);
    if (!isServing && this.#serving.delete(core.id)) this.#tell('softirqExit', core, Vector.Nic);
    const current = this.#current(core);
    const tid = current?.tid ?? IDLE;
    if (tid !== (this.#on[core.id] ?? IDLE)) this.#switch(core, tid);
    if (current !== undefined) this.#finishCall(core, current);
  }

  #beginSoftirq(core: Core): void {
    this.#serving.add(core.id);
    this.#tell('softirqEntry', core, Vector.Nic);
  }

  #followAll(core: Core): void {
    for (const thread of this.#kernel.scheduler.times.threads) this.#follow(core, thread);
  }

  #follow(core: Core, thread: Thread): void {
    const { state, cpl, lastCore: cpu } = thread;
    const seen = this.#seen.get(thread) ?? { state: 'sleeping', cpu, cpl };
    if (seen.state === 'sleeping' && state !== 'sleeping') this.#tell('wakeup', core, thread.tid, cpu);
    if (seen.cpu !== cpu) this.#tell('migrate', core, thread.tid, cpu);
    if (seen.cpl !== cpl) this.#tell(cpl === 0 ? 'modeEnter' : 'modeLeave', core, seen.cpl);
    this.#seen.set(thread, { state, cpu, cpl });
  }

  #switch(core: Core, tid: number): void {
    const left = this.#threadOf(this.#on[core.id]);
    this.#tell('switch', core, tid, left?.state === 'runnable' || left === undefined ? 'R' : 'S');
    this.#on[core.id] = tid;
  }

  #finishCall(core: Core, thread: Thread): void {
    const nr = this.#calls.get(thread);
    if (nr === undefined || thread.pending !== Pending.Nothing || core.domain !== Domain.User) return;
    this.#calls.delete(thread);
    this.#tell('sysExit', core, thread.result, nr);
  }
}
