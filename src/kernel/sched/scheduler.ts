import type { Core } from '../../hw/core.ts';
import type { Machine } from '../../hw/machine.ts';
import type { StatsRegistry } from '../../sim/stats.ts';
import type { Cycles } from '../../sim/units.ts';
import type { Thread } from '../process.ts';
import { Runqueue } from './runqueue.ts';
import { NICE_0_WEIGHT } from './weights.ts';

/** Tunables of the fair class in nanoseconds. Source: Linux kernel/sched/fair.c of the 5.x and 6.x series, HZ=250 as recorded on the host. */
const TICK_NS = 4_000_000;
const SLICE_NS = 3_000_000;
const WAKEUP_GRANULARITY_NS = 1_000_000;
const SLEEPER_CREDIT_NS = 3_000_000;

/**
 * Fair scheduler with one runqueue per core: the least virtual runtime runs, sleepers get a bounded credit, a woken thread
 * goes to an idle core if there is one, and an idle core pulls from the longest queue.
 */
export class Scheduler {
  readonly queues: readonly Runqueue[];
  readonly #machine: Machine;
  readonly #stats: Float64Array;
  readonly #switches: number;
  readonly #migrations: number;
  readonly #preemptions: number;
  readonly #tick: Cycles;
  readonly #slice: Cycles;
  readonly #granularity: Cycles;
  readonly #credit: Cycles;

  constructor(machine: Machine, stats: StatsRegistry) {
    this.#machine = machine;
    this.queues = machine.cores.map((core) => new Runqueue(core.id));
    this.#stats = stats.values;
    this.#switches = stats.counter('kernel.sched.switches', 'count', 'Switches to another thread');
    this.#migrations = stats.counter(
      'kernel.sched.migrations',
      'count',
      'Threads that woke on or were pulled to another core than their last',
    );
    this.#preemptions = stats.counter('kernel.sched.preemptions', 'count', 'Running threads told to give way');
    this.#tick = machine.clock.cycles(TICK_NS);
    this.#slice = machine.clock.cycles(SLICE_NS);
    this.#granularity = machine.clock.cycles(WAKEUP_GRANULARITY_NS);
    this.#credit = machine.clock.cycles(SLEEPER_CREDIT_NS);
  }

  /** Makes a sleeping or new thread runnable, seen from work on `core` (undefined at boot); returns the core it was put on. */
  wake(thread: Thread, by: Core | undefined): number {
    const queue = this.queues[this.#select(thread)];
    const { current } = queue;
    if (current !== undefined) this.account(current, this.#machine.cores[queue.core].now);
    thread.moveTo('runnable');
    thread.readyAt = by?.now ?? 0;
    this.#renormalise(thread, this.queues[thread.lastCore], queue);
    thread.vruntime = Math.max(thread.vruntime, queue.minVruntime - this.#credit);
    this.#place(thread, queue);
    if (current !== undefined && current.vruntime - thread.vruntime > this.#granularity) this.#preempt(queue);
    return queue.core;
  }

  /** Whether a core has nothing to do or must reschedule, so that it needs an interrupt to notice a new thread. */
  needsKick(core: number): boolean {
    const queue = this.queues[core];
    return queue.current === undefined || queue.needsResched;
  }

  /** Next thread of a core: its own queue first, then the longest other queue. The thread becomes current. */
  pick(core: Core): Thread | undefined {
    const queue = this.queues[core.id];
    const thread = queue.take() ?? this.#steal(queue);
    queue.current = thread;
    queue.needsResched = false;
    if (thread === undefined) return undefined;
    thread.moveTo('running');
    thread.lastCore = core.id;
    this.#stats[this.#switches]++;
    this.#armTick(core);
    return thread;
  }

  /** Notes the begin of a thread's time on its core. */
  begin(thread: Thread, now: Cycles): void {
    thread.startedAt = now;
    this.queues[thread.lastCore].pickedAt = now;
  }

  /** Charges the time since a running thread began, or since the last account, to its virtual runtime. */
  account(thread: Thread, now: Cycles): void {
    thread.vruntime += ((now - thread.startedAt) * NICE_0_WEIGHT) / thread.weight;
    thread.startedAt = now;
    this.queues[thread.lastCore].advance();
  }

  /** Takes the current thread off its core: back to the queue, asleep or gone. */
  release(core: Core, thread: Thread, state: 'runnable' | 'sleeping' | 'zombie'): void {
    const queue = this.queues[core.id];
    this.account(thread, core.now);
    thread.moveTo(state);
    queue.current = undefined;
    queue.needsResched = false;
    if (state === 'runnable') queue.enqueue(thread);
  }

  /** The current thread gives its lead away, so that another one runs next. Source: Linux yield_task_fair, which forfeits it since 6.18. */
  yield(core: Core): void {
    const queue = this.queues[core.id];
    if (queue.current === undefined || queue.length === 0) return;
    this.account(queue.current, core.now);
    queue.current.vruntime = Math.max(queue.current.vruntime, queue.leastVruntime());
    queue.needsResched = true;
  }

  /** Timer tick: a thread that has run for a slice gives way to one that waits with less virtual runtime. */
  tick(core: Core): void {
    const queue = this.queues[core.id];
    const thread = queue.current;
    if (thread === undefined) return;
    this.account(thread, core.now);
    const hasRunSlice = core.now - queue.pickedAt >= this.#slice;
    if (hasRunSlice && queue.leastVruntime() < thread.vruntime) this.#preempt(queue);
    this.#armTick(core);
  }

  #armTick(core: Core): void {
    if (!this.#machine.apic.isArmed(core.id)) this.#machine.apic.armTimer(core.id, core.now + this.#tick);
  }

  #select(thread: Thread): number {
    const count = this.queues.length;
    for (let offset = 0; offset < count; offset++) {
      const core = (thread.lastCore + offset) % count;
      if (this.queues[core].load === 0) return core;
    }
    return thread.lastCore;
  }

  #place(thread: Thread, queue: Runqueue): void {
    if (queue.core !== thread.lastCore) this.#stats[this.#migrations]++;
    thread.lastCore = queue.core;
    queue.enqueue(thread);
  }

  #preempt(queue: Runqueue): void {
    queue.needsResched = true;
    this.#stats[this.#preemptions]++;
  }

  // A thread that waits alone is left to its core, which is already being called for it. Source: Linux load_balance, nr_running > 1.
  #steal(queue: Runqueue): Thread | undefined {
    let longest: Runqueue | undefined;
    for (const other of this.queues) if (other.load > 1 && other.length > (longest?.length ?? 0)) longest = other;
    const thread = longest?.take();
    if (thread === undefined) return undefined;
    this.#stats[this.#migrations]++;
    this.#renormalise(thread, longest!, queue);
    return thread;
  }

  /** Carries a thread's lead or lag from one queue to another; only differences within a queue mean anything. */
  #renormalise(thread: Thread, from: Runqueue, to: Runqueue): void {
    thread.vruntime += to.minVruntime - from.minVruntime;
  }
}
