import type { Core } from '../../hw/core.ts';
import type { Machine } from '../../hw/machine.ts';
import type { StatsRegistry } from '../../sim/stats.ts';
import type { Cycles, Nanoseconds } from '../../sim/units.ts';
import type { Thread, ThreadState } from '../thread.ts';
import { Balancer, type Pull } from './balance.ts';
import { makeQueues, SCHEDULERS, type SchedulerName } from './index.ts';
import { selectCpu } from './placement.ts';
import type { Runqueue } from './runqueue.ts';
import { isRealtime, type Urgency } from './task.ts';
import { ThreadTimes } from './threadtimes.ts';

/** How a thread leaves its queue for a state. Source: Linux DEQUEUE_SLEEP, and DEQUEUE_SPECIAL of TASK_TRACED. */
const DEPARTURE = { sleeping: 'sleep', traced: 'stop', zombie: 'move' } as const;

/** The scheduler of a machine: a runqueue for each logical CPU, where woken threads go, and what CPUs take from each other. */
export class Scheduler {
  readonly queues: readonly Runqueue<Thread>[];
  readonly times: ThreadTimes;
  readonly #machine: Machine;
  readonly #balancers: readonly Balancer[];
  readonly #last: (Thread | undefined)[];
  readonly #stats: Float64Array;
  readonly #switches: number;
  readonly #migrations: number;
  readonly #preemptions: number;
  readonly #tick: Cycles;

  constructor(machine: Machine, stats: StatsRegistry, name: SchedulerName) {
    this.#machine = machine;
    this.times = new ThreadTimes(stats);
    const { tick } = SCHEDULERS[name];
    this.queues = makeQueues<Thread>(name, machine.cores.length);
    this.#balancers = machine.cores.map(({ id }) => new Balancer(id, this.#cpus()));
    this.#last = machine.cores.map(() => undefined);
    this.#stats = stats.values;
    this.#switches = stats.counter('kernel.sched.switches', 'count', 'Switches to another thread');
    this.#migrations = stats.counter(
      'kernel.sched.migrations',
      'count',
      'Threads that woke on or were pulled to another core than their last',
    );
    this.#preemptions = stats.counter('kernel.sched.preemptions', 'count', 'Running threads told to give way');
    this.#tick = machine.clock.cycles(tick);
  }

  /** Makes a sleeping or new thread runnable, seen from work on `by` (undefined at boot); returns the core it was put on. */
  wake(thread: Thread, by: Core | undefined): number {
    const isNew = thread.state === 'new';
    thread.readyAt = by?.now ?? 0;
    this.times.change(thread, 'runnable', thread.readyAt);
    // A thread that still competes for its debt stays where it does. Source: Linux ttwu_runnable.
    const target = thread.isDelayed
      ? thread.lastCore
      : selectCpu(thread, thread.lastCore, isNew ? undefined : by?.id, this.#cpus());
    const queue = this.queues[target];
    if (target !== thread.lastCore) {
      this.#stats[this.#migrations]++;
      if (!isNew) this.queues[thread.lastCore].expatriate(thread);
    }
    thread.lastCore = target;
    const was = queue.needsResched;
    queue.enqueue(thread, isNew ? 'new' : 'wake', this.#now(this.#machine.cores[target]));
    if (queue.needsResched && !was) this.#stats[this.#preemptions]++;
    return target;
  }

  /** Whether a core has nothing to do or must reschedule, so that it needs an interrupt to notice a new thread. */
  needsKick(core: number): boolean {
    const queue = this.queues[core];
    return queue.current === undefined || queue.needsResched;
  }

  /** Next thread of a core: its own, or one that another core can spare. The thread becomes current; an idle core has no tick. */
  pick(core: Core): Thread | undefined {
    const queue = this.queues[core.id];
    const now = this.#now(core);
    if (queue.runnable === 0) this.#pull(core, this.#balancers[core.id].idle());
    const thread = queue.pick(now);
    if (thread === undefined) {
      this.#armIdle(core);
      return undefined;
    }
    this.times.change(thread, 'running', Math.max(core.now, thread.readyAt));
    thread.lastCore = core.id;
    if (this.#last[core.id] !== thread) this.#stats[this.#switches]++;
    this.#last[core.id] = thread;
    this.#armTick(core);
    return thread;
  }

  /** Notes the begin of a thread's time on its core. */
  begin(thread: Thread, now: Cycles): void {
    thread.chargedAt = Math.floor(this.#machine.clock.ns(now));
  }

  /** Takes the current thread off its core: back to the queue, asleep or gone. */
  release(core: Core, thread: Thread, state: Exclude<ThreadState, 'new' | 'running'>): void {
    const queue = this.queues[core.id];
    const now = this.#now(core);
    if (state === 'runnable') queue.put(now);
    else queue.dequeue(thread, DEPARTURE[state], now);
    if (thread.wanted !== undefined) this.#change(thread, thread.wanted, state === 'runnable' ? queue : undefined, now);
    if (state !== 'runnable') this.#last[core.id] = undefined;
    this.times.change(thread, state, core.now);
  }

  /**
   * Gives a thread another policy and priority, as priority inheritance does: at once where it waits or sleeps, when it next leaves its core where it
   * runs, which a loss of urgency hastens.
   */
  setUrgency(thread: Thread, urgency: Urgency): void {
    const queue = this.queues[thread.lastCore];
    if (queue.current === thread) {
      thread.wanted = urgency;
      if (isRealtime(thread) && queue.waiting > 0) queue.needsResched = true;
      return;
    }
    const isQueued = thread.state === 'runnable' || thread.isDelayed;
    this.#change(thread, urgency, isQueued ? queue : undefined, this.#now(this.#machine.cores[queue.core]));
  }

  #change(thread: Thread, { policy, priority }: Urgency, queue: Runqueue<Thread> | undefined, now: number): void {
    queue?.dequeue(thread, 'move', now);
    thread.policy = policy;
    thread.priority = priority;
    thread.wanted = undefined;
    queue?.enqueue(thread, 'move', now);
  }

  /** The current thread lets others go first; whether there are any. */
  yield(core: Core): boolean {
    const queue = this.queues[core.id];
    queue.yield(this.#now(core));
    return queue.needsResched;
  }

  /** Timer tick: charges the current thread, and sees to load elsewhere. */
  tick(core: Core): void {
    const queue = this.queues[core.id];
    const now = this.#now(core);
    if (queue.current === undefined) return queue.watch(now);
    const was = queue.needsResched;
    queue.tick(now);
    this.#pull(core, this.#balancers[core.id].periodic(now));
    if (queue.needsResched && !was) this.#stats[this.#preemptions]++;
    this.#armTick(core);
  }

  /** An idle core has no tick; a timer calls it when a group may go on. */
  #armIdle(core: Core): void {
    const { apic, clock } = this.#machine;
    const { guardAt } = this.queues[core.id];
    if (guardAt === Infinity) apic.disarmTimer(core.id);
    else apic.armTimer(core.id, Math.max(core.now + 1, clock.cycles(guardAt)));
  }

  /** Ticks of all cores lie on one grid, as in Linux without skew_tick. */
  #armTick(core: Core): void {
    if (this.#machine.apic.isArmed(core.id)) return;
    const tick = (Math.floor(core.now / this.#tick) + 1) * this.#tick;
    const guard = this.#machine.clock.cycles(this.queues[core.id].guardAt);
    this.#machine.apic.armTimer(core.id, guard > core.now && guard < tick ? guard : tick);
  }

  #pull(core: Core, pull: Pull | undefined): void {
    if (pull === undefined) return;
    const from = this.queues[pull.from.core];
    const thread = pull.task as Thread;
    from.dequeue(thread, 'move', this.#now(this.#machine.cores[from.core]));
    this.queues[core.id].enqueue(thread, 'move', this.#now(core));
    this.#stats[this.#migrations]++;
  }

  #cpus(): { queues: readonly Runqueue<Thread>[]; topology: Machine['topology'] } {
    return { queues: this.queues, topology: this.#machine.topology };
  }

  #now(core: Core): Nanoseconds {
    return Math.floor(this.#machine.clock.ns(core.now));
  }
}
