import type { Core } from '../hw/core.ts';
import { Domain } from '../hw/cpi.ts';
import type { Machine } from '../hw/machine.ts';
import { OpStream } from '../hw/opstream.ts';
import { Vector } from '../hw/trap.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import { spendCharge, type CompiledPolicy } from './crossing.ts';
import { Daemons } from './daemons.ts';
import type { EventEntry } from './evententry.ts';
import type { KernelHost } from './host.ts';
import type { KernelExit } from './kernelexit.ts';
import type { KernelMemory } from './memory.ts';
import type { Thread } from './thread.ts';
import type { PreemptionModel } from './sched/preemption.ts';
import type { Scheduler } from './sched/scheduler.ts';
import type { Urgency } from './sched/task.ts';
import { Progress, Softirq, SOFTIRQ } from './softirq.ts';
import type { PageTables } from './tables.ts';

/** What interrupts need of the kernel around them. */
export interface InterruptParts {
  readonly machine: Machine;
  readonly memory: KernelMemory;
  readonly scheduler: Scheduler;
  readonly policy: CompiledPolicy;
  readonly tables: PageTables;
  readonly exit: KernelExit;
  readonly entry: EventEntry;
  readonly host: KernelHost;
  readonly preemption: PreemptionModel;
}

/** Who does receive work. */
const CONTEXTS = ['interrupted', 'ksoftirqd'] as const;
const Context = { Interrupted: 0, Ksoftirqd: 1 } as const;

/** Threads of interrupts under `realtime`. Source: Linux kernel/irq/manage.c, sched_set_fifo: MAX_RT_PRIO / 2. */
const INTERRUPT_THREAD: Urgency = { policy: 'fifo', priority: 50 };

/** What a core does after interrupts: its bounds, its thread for what goes beyond them, and what it was taken from. */
interface CoreWork {
  readonly softirq: Softirq;
  readonly idleStream: OpStream;
  daemon: Thread | undefined;
  interrupted: OpStream | undefined;
}

/**
 * Interrupts and the work that they leave behind. The handler of the network device only raises a softirq; a core serves it on the way out of the
 * interrupt, message by message, until its bounds are reached. What is left then is the work of `ksoftirqd`, an ordinary thread of the core, and as long as
 * that is runnable interrupts leave all of it to it (Linux 4.9 to 6.3, commit 4cd13c21b207), so that user threads get their share. Under `realtime` all of it
 * is the work of a thread of the interrupt, which only more urgent threads keep waiting.
 */
export class Interrupts {
  readonly #parts: InterruptParts;
  readonly #daemons: Daemons;
  readonly #works: readonly CoreWork[];
  readonly #stats: Float64Array;
  readonly #cycles: number;
  readonly #messages: number;
  readonly #squeezes: number;
  readonly #wakes: number;

  constructor(parts: InterruptParts, stats: StatsRegistry) {
    const { clock, cores } = parts.machine;
    const times = { budget: clock.cycles(SOFTIRQ.budgetNs), pass: clock.cycles(SOFTIRQ.passNs) };
    this.#parts = parts;
    this.#daemons = new Daemons(parts.memory);
    this.#works = cores.map(() => ({
      softirq: new Softirq(times),
      idleStream: new OpStream(0),
      daemon: undefined,
      interrupted: undefined,
    }));
    this.#stats = stats.values;
    this.#cycles = stats.vector('kernel.softirq.cycles', CONTEXTS, 'cycles', 'Time in receive work, by who did it');
    this.#messages = stats.vector(
      'kernel.softirq.messages',
      CONTEXTS,
      'count',
      'Messages taken off the receive rings, by who took them',
    );
    this.#squeezes = stats.counter('kernel.softirq.squeezes', 'count', 'Polls of a ring that ended with messages left');
    this.#wakes = stats.counter('kernel.softirq.ksoftirqdWakes', 'count', 'Times that ksoftirqd was woken');
  }

  /** Whether a core is in receive work, its own or that of ksoftirqd. */
  isServing(core: Core): boolean {
    return this.#works[core.id].softirq.isServing;
  }

  /** Takes the pending interrupts of a core. */
  take(core: Core): void {
    const vectors = core.pendingVectors;
    core.pendingVectors = 0;
    const { policy, tables, scheduler, host } = this.#parts;
    const thread = scheduler.queues[core.id].current;
    const { softirq } = this.#works[core.id];
    const isInKernel = thread === undefined || softirq.isServing || thread.copy.isUnderWay;
    if (thread === undefined && !softirq.isServing) spendCharge(core, policy.idleExit[0]);
    if (!isInKernel && thread.cpl === 0) this.#parts.entry.interrupt(core, thread);
    else spendCharge(core, policy.eventEnter[isInKernel ? 0 : 3]);
    core.domain = Domain.Interrupt;
    if (thread !== undefined) tables.enter(core, thread.process, 0);
    if ((vectors & Vector.Reschedule) !== 0) host.spaces.remote.serve(core);
    if ((vectors & Vector.Timer) !== 0) host.tick(core);
    if ((vectors & Vector.Alarm) !== 0) host.ring(core);
    if ((vectors & Vector.Disk) !== 0) host.block.complete(core);
    if ((vectors & Vector.Nic) !== 0) this.#raise(core, softirq);
    this.#leave(core, thread);
  }

  /** The next piece of the receive work that a core is in; false if it is in none. hot */
  proceed(core: Core): boolean {
    const work = this.#works[core.id];
    if (!work.softirq.isServing) return false;
    const { current, needsResched } = this.#parts.scheduler.queues[core.id];
    const isDaemon = current !== undefined && current === work.daemon;
    const context = isDaemon ? Context.Ksoftirqd : Context.Interrupted;
    const before = core.now;
    const hadMessage = this.#poll(core, work.softirq);
    this.#stats[this.#cycles + context] += core.now - before;
    if (hadMessage) this.#stats[this.#messages + context]++;
    const progress = work.softirq.advance(hadMessage, core.now, needsResched);
    if (progress !== Progress.Goes) this.#finish(core, current, work, progress);
    return true;
  }

  /** Lets ksoftirqd run: a thread that the kernel has just switched to. */
  runDaemon(core: Core): void {
    core.cpl = 0;
    core.domain = Domain.Interrupt;
    this.#works[core.id].softirq.begin(core.now);
  }

  #raise(core: Core, softirq: Softirq): void {
    this.#parts.host.runPath(core, 'napiSchedule');
    softirq.isRaised = true;
  }

  /** From the interrupt back to receive work, on to what it has raised, or back to what was interrupted. */
  #leave(core: Core, thread: Thread | undefined): void {
    const work = this.#works[core.id];
    const { softirq, daemon } = work;
    if (softirq.isServing) return spendCharge(core, this.#parts.policy.eventExit[0]);
    if (!softirq.isRaised || isRunnable(daemon)) return this.#return(core, thread);
    if (this.#parts.preemption.threadsInterrupts) {
      this.#wakeDaemon(core, work);
      return this.#return(core, thread);
    }
    work.interrupted = core.stream;
    core.stream = work.idleStream;
    core.cpl = 0;
    softirq.begin(core.now);
  }

  #return(core: Core, thread: Thread | undefined): void {
    if (thread === undefined) spendCharge(core, this.#parts.policy.eventExit[0]);
    else this.#parts.exit.fromEvent(core, thread);
  }

  #poll(core: Core, softirq: Softirq): boolean {
    const { host } = this.#parts;
    if (softirq.beginsPoll) {
      softirq.beginPoll(core.now);
      host.runPath(core, 'netRxAction');
    }
    return host.network.receive(core, host);
  }

  #finish(core: Core, current: Thread | undefined, work: CoreWork, progress: Progress): void {
    const { softirq, daemon } = work;
    this.#stats[this.#squeezes] += softirq.squeezes;
    softirq.squeezes = 0;
    if (current !== undefined && current === daemon) return this.#finishDaemon(core, current, softirq, progress);
    softirq.isServing = false;
    if (progress === Progress.Over) this.#wakeDaemon(core, work);
    core.stream = work.interrupted;
    this.#return(core, current);
  }

  /** Between two passes ksoftirqd offers its core; with nothing left it sleeps. Source: Linux run_ksoftirqd. */
  #finishDaemon(core: Core, daemon: Thread, softirq: Softirq, progress: Progress): void {
    const { scheduler, exit } = this.#parts;
    const isWanted = scheduler.queues[core.id].needsResched;
    if (progress === Progress.Over && !isWanted) return softirq.begin(core.now);
    softirq.isServing = false;
    exit.giveUp(core, daemon, progress === Progress.Over ? 'runnable' : 'sleeping');
  }

  #wakeDaemon(core: Core, work: CoreWork): void {
    const { host, preemption } = this.#parts;
    work.daemon ??= preemption.threadsInterrupts
      ? this.#daemons.make(`irq/nic-${core.id}`, core.id, INTERRUPT_THREAD)
      : this.#daemons.make(`ksoftirqd/${core.id}`, core.id);
    if (isRunnable(work.daemon)) return;
    this.#stats[this.#wakes]++;
    host.wake(core, work.daemon);
  }
}

function isRunnable(thread: Thread | undefined): boolean {
  return thread !== undefined && (thread.state === 'runnable' || thread.state === 'running');
}
