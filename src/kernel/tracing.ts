import type { Core } from '../hw/core.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import type { CallHost } from './calls/spec.ts';
import type { Process } from './process.ts';
import type { Thread } from './thread.ts';
import { Trace } from './trace.ts';

/**
 * Threads that stop for a tracer: they leave their core, and stay away from it until the tracer has them go on. Source: Linux kernel/signal.c ptrace_stop,
 * include/linux/ptrace.h ptrace_report_syscall_entry and its like. Clones are traced from their first call on, without a stop of their own.
 */
export class Tracing {
  readonly #host: CallHost;
  readonly #sees: Readonly<Record<0 | 3, boolean>>;
  readonly #stats: Float64Array;
  readonly #stops: number;

  /** `sees`: whether calls of code at a CPL pass by the hook of the tracer. */
  constructor(host: CallHost, sees: Readonly<Record<0 | 3, boolean>>, stats: StatsRegistry) {
    this.#host = host;
    this.#sees = sees;
    this.#stats = stats.values;
    this.#stops = stats.counter('kernel.traceStops', 'count', 'Times that a thread stopped for its tracer');
  }

  /** Whether a thread must stop before a call that it makes at `cpl`. */
  stopsBefore({ trace }: Thread, cpl: 0 | 3): boolean {
    if (trace === undefined || !trace.stopsAtCalls || !this.#sees[cpl]) return false;
    trace.isInCall = true;
    return true;
  }

  /** Whether a thread must stop after a call: one before which it stopped, if its tracer still wants it. */
  stopsAfter({ trace }: Thread): boolean {
    if (trace === undefined || !trace.isInCall) return false;
    trace.isInCall = false;
    return trace.stopsAtCalls;
  }

  /** Tells the tracer that a thread stops, which is about to leave its core. */
  report(core: Core, thread: Thread): void {
    this.#stats[this.#stops]++;
    thread.trace!.isStopped = true;
    this.#host.runPath(core, 'traceStop');
    this.#tell(core, thread.trace!.tracer, thread.tid);
  }

  /** A thread ends: its tracer hears of it, and what it traced itself goes on. */
  end(core: Core, thread: Thread): void {
    const { trace, process } = thread;
    if (trace !== undefined) {
      thread.trace = undefined;
      trace.tracer.family.tracees--;
      this.#tell(core, trace.tracer, thread.tid);
    }
    if (process.family.tracees > 0 && process.family.threads.size === 0) this.#detachAll(core, process);
  }

  #detachAll(core: Core, tracer: Process): void {
    for (const thread of this.#host.threads.values()) {
      if (thread.trace?.tracer !== tracer) continue;
      const { isStopped } = thread.trace;
      thread.trace = undefined;
      if (isStopped) this.#host.wake(core, thread);
    }
    tracer.family.tracees = 0;
  }

  #tell(core: Core, { family }: Process, tid: number): void {
    family.stops.push(tid);
    family.childEnd.wake(this.#host, core, 1);
  }
}

/** Begins to trace a thread. */
export function trace(tracer: Process, thread: Thread, stopsAtCalls: boolean): void {
  thread.trace = new Trace(tracer);
  thread.trace.stopsAtCalls = stopsAtCalls;
  tracer.family.tracees++;
}
