import type { Core } from '../hw/core.ts';
import type { CallExecutor } from './calls/execute.ts';
import { interrupted } from './calls/signals.ts';
import type { KernelHost } from './host.ts';
import type { KernelExit } from './kernelexit.ts';
import { ExitWork, Pending, type Thread } from './thread.ts';
import type { PreemptionModel } from './sched/preemption.ts';
import type { Scheduler } from './sched/scheduler.ts';
import type { CallService } from './services/service.ts';
import { BLOCKED } from './waitqueue.ts';

/** What performing calls stands on. */
export interface CallParts {
  readonly host: KernelHost;
  readonly scheduler: Scheduler;
  readonly exit: KernelExit;
  readonly service: CallService;
  readonly calls: CallExecutor;
  readonly preemption: PreemptionModel;
}

/** Takes the call of a thread from its entry to its end, over sleeps, signals and long copies. */
export class CallRunner {
  readonly #parts: CallParts;

  constructor(parts: CallParts) {
    this.#parts = parts;
  }

  /** Performs the call that the thread has entered with, and those that follow it within the same entry. */
  begin(core: Core, thread: Thread): void {
    this.#parts.exit.toKernel(core, thread);
    this.#finish(core, thread, this.#begin(core, thread));
  }

  /** Goes on with a call that slept. What it waited for comes before a signal. Source: Linux wait_event_interruptible. */
  retry(core: Core, thread: Thread): void {
    const { host, calls, exit } = this.#parts;
    if ((thread.exitWork & ExitWork.Stop) !== 0) return exit.stop(core, thread, Pending.Call);
    thread.isRestarted = true;
    const isInterrupted = thread.exitWork !== 0 && !thread.isWoken && thread.takesSignal();
    this.#finish(core, thread, isInterrupted ? interrupted(thread) : calls.resume(host, core, thread));
  }

  /** The next page of a long copy; between two pages the kernel may offer its core. */
  copyOn(core: Core, thread: Thread): void {
    const { copy } = thread;
    const { exit, host, preemption, scheduler } = this.#parts;
    copy.isUnderWay = copy.left > 0;
    core.stream = copy.isUnderWay ? copy.stream : thread.stream;
    if (!copy.isUnderWay) return exit.toUser(core, thread, Pending.CallExit);
    if (preemption.offers && scheduler.queues[core.id].needsResched) return exit.suspendCopy(core, thread);
    host.continueCopy(thread);
  }

  #begin(core: Core, thread: Thread): number {
    const { host, calls } = this.#parts;
    thread.beginCall();
    return calls.begin(host, core, thread);
  }

  /** Ends the call of a thread, and performs those that follow it within the same entry. */
  #finish(core: Core, thread: Thread, first: number): void {
    const { exit, service } = this.#parts;
    for (let result = first; ; result = this.#begin(core, thread)) {
      if (result === BLOCKED) {
        if (thread.exitWork === 0 || !giveUpSleep(thread)) return this.#block(core, thread);
        if ((thread.exitWork & ExitWork.Stop) !== 0) return exit.stop(core, thread, Pending.Call);
        result = interrupted(thread);
      }
      thread.result = result;
      if (thread.copy.isUnderWay) return this.copyOn(core, thread);
      if (!service.advance(core, thread)) return exit.toUser(core, thread, Pending.CallExit);
    }
  }

  #block(core: Core, thread: Thread): void {
    thread.pending = Pending.Call;
    this.#parts.exit.giveUp(core, thread, 'sleeping');
  }
}

/** Whether a signal or a stop keeps a thread from the sleep that it was about to begin. Source: Linux prepare_to_wait_event. */
function giveUpSleep(thread: Thread): boolean {
  const { waitsOn } = thread;
  const isWanted = thread.takesSignal() || (thread.exitWork & ExitWork.Stop) !== 0;
  if (waitsOn?.isInterruptible === false || !isWanted) return false;
  waitsOn?.remove(thread);
  return true;
}
