import type { Core } from '../hw/core.ts';
import { Domain } from '../hw/cpi.ts';
import { deliver } from './calls/signals.ts';
import type { CallHost } from './calls/spec.ts';
import { callExit, spendCharge, type CompiledPolicy } from './crossing.ts';
import { ExitWork, Pending, type Thread } from './thread.ts';
import type { PreemptionModel } from './sched/preemption.ts';
import type { Scheduler } from './sched/scheduler.ts';
import type { CallService } from './services/service.ts';
import { Delivery } from './signalgate.ts';
import type { PageTables } from './tables.ts';
import type { Tracing } from './tracing.ts';

/** What decides how a thread leaves a piece of kernel code. */
export interface ExitParts {
  readonly host: CallHost;
  readonly tracing: Tracing;
  readonly scheduler: Scheduler;
  readonly policy: CompiledPolicy;
  readonly service: CallService;
  readonly tables: PageTables;
  readonly preemption: PreemptionModel;
  /** Whether events at CPL 0 do the return-to-user work, signals and resched among it. */
  readonly isHardened: boolean;
}

/** The ways out of a piece of kernel code: to the thread's own code, on in the kernel, or off the core. */
export class KernelExit {
  readonly #parts: ExitParts;

  constructor(parts: ExitParts) {
    this.#parts = parts;
  }

  /** Takes a thread off its core. */
  giveUp(core: Core, thread: Thread, state: 'runnable' | 'sleeping' | 'traced' | 'zombie'): void {
    if (state === 'zombie') this.#parts.tracing.end(core, thread);
    this.#parts.scheduler.release(core, thread, state);
    core.stream = undefined;
  }

  /** Stops a thread for its tracer; `pending` is what it does when it may go on. */
  stop(core: Core, thread: Thread, pending: Pending): void {
    thread.exitWork &= ~ExitWork.Stop;
    this.#parts.tracing.report(core, thread);
    thread.pending = pending;
    this.giveUp(core, thread, 'traced');
  }

  /** Gives the core away between two pages of a long copy. */
  suspendCopy(core: Core, thread: Thread): void {
    thread.pending = Pending.Copy;
    this.giveUp(core, thread, 'runnable');
  }

  /** The return from an event: to kernel code, or to what the literal reading cannot tell from it, as the preemption model says. */
  fromEvent(core: Core, thread: Thread): void {
    const queue = this.#parts.scheduler.queues[core.id];
    const stays = !queue.needsResched || !this.#parts.preemption.preempts(queue);
    if (thread.copy.isUnderWay) return stays ? this.#backToKernel(core, thread) : this.suspendCopy(core, thread);
    if (thread.cpl === 0 && !this.#parts.isHardened && stays) this.#enterUser(core, thread, Pending.EventExit);
    else this.toUser(core, thread, Pending.EventExit);
  }

  /** The return from a fault: to the handler of a signal that waits, if a fault of the thread's own code was served. */
  fromFault(core: Core, thread: Thread): void {
    if (core.domain !== Domain.User || !thread.takesSignal() || this.#isKernels(thread)) return;
    if (thread.trace !== undefined) return; // stops first, at the interrupt that comes
    const { host } = this.#parts;
    core.domain = Domain.Kernel;
    deliver(host, core, thread, Delivery.Event);
    host.trust.signals.beginHandler(core, thread);
    core.domain = Domain.User;
  }

  #backToKernel(core: Core, thread: Thread): void {
    spendCharge(core, this.#parts.policy.eventExit[0]);
    this.toKernel(core, thread);
  }

  /** To the thread's own code, unless the scheduler wants the core: the place where a thread may lose it under every model. */
  toUser(core: Core, thread: Thread, exit: Pending): void {
    if (thread.trace !== undefined && exit === Pending.CallExit && this.#parts.tracing.stopsAfter(thread))
      return this.stop(core, thread, exit);
    if (this.#parts.scheduler.queues[core.id].needsResched) {
      thread.pending = exit;
      return this.giveUp(core, thread, 'runnable');
    }
    this.#enterUser(core, thread, exit);
  }

  #enterUser(core: Core, thread: Thread, exit: Pending): void {
    thread.pending = Pending.Nothing;
    const owes = thread.exitWork !== 0;
    if (owes && this.#work(core, thread, exit)) return;
    const isInside = !owes && exit === Pending.CallExit && this.#parts.service.stays(core, thread);
    if (isInside) return this.#continue(core, 0);
    spendCharge(
      core,
      exit === Pending.CallExit ? callExit(this.#parts.policy, thread) : this.#parts.policy.eventExit[thread.cpl],
    );
    core.memory.isGuarded = thread.isGuarded();
    this.#continue(core, thread.cpl);
    this.#parts.tables.enter(core, thread.process, thread.cpl);
  }

  /** Stops for the tracer, then signals, on the way to the thread's own code; true if it has left its core. Source: Linux get_signal. */
  #work(core: Core, thread: Thread, exit: Pending): boolean {
    if (exit === Pending.EventExit && this.#isKernels(thread)) return false;
    const { trace } = thread;
    const isSignal = thread.takesSignal();
    const isShown = isSignal && trace !== undefined && !trace.hasShownSignal;
    if (isShown) trace.hasShownSignal = true;
    if (isShown || (thread.exitWork & ExitWork.Stop) !== 0) {
      this.stop(core, thread, exit);
      return true;
    }
    if (isSignal) this.#deliver(core, thread, exit);
    return false;
  }

  #deliver(core: Core, thread: Thread, exit: Pending): void {
    if (thread.trace !== undefined) thread.trace.hasShownSignal = false;
    this.toKernel(core, thread);
    deliver(this.#parts.host, core, thread, exit === Pending.CallExit ? Delivery.Call : Delivery.Event);
  }

  /** Whether an event takes the thread's own code for the kernel's, to which it returns without further work: the literal reading at CPL 0, and code that stays inside. */
  #isKernels({ cpl, service }: Thread): boolean {
    return (cpl === 0 && !this.#parts.isHardened) || service.isInside;
  }

  /** The thread's own code; at CPL 0 without a change of tables where it stays inside the kernel. */
  #continue(core: Core, cpl: 0 | 3): void {
    core.cpl = cpl;
    core.domain = Domain.User;
  }

  /** To kernel code on behalf of a thread. */
  toKernel(core: Core, thread: Thread): void {
    core.cpl = 0;
    core.domain = Domain.Kernel;
    this.#parts.tables.enter(core, thread.process, 0);
  }
}
