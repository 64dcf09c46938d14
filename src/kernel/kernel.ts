import type { Core } from '../hw/core.ts';
import { Domain } from '../hw/cpi.ts';
import type { Machine } from '../hw/machine.ts';
import type { OpStream } from '../hw/opstream.ts';
import type { Feature } from '../hw/profile.ts';
import type { TrapHandler } from '../hw/trap.ts';
import { SimulationBug } from '../sim/errors.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import { CALLS } from './abi.ts';
import { CallRunner } from './callrunner.ts';
import { kernelWorkOf } from './calls/classes.ts';
import { CallExecutor } from './calls/execute.ts';
import { serveFault } from './calls/signals.ts';
import { compilePolicy, featuresUnder, inflationOf, seesCalls, spendCharge, type CompiledPolicy } from './crossing.ts';
import { EventEntry, stackVariant } from './evententry.ts';
import { KernelHost } from './host.ts';
import { Interrupts } from './interrupts.ts';
import { KernelExit } from './kernelexit.ts';
import type { KernelSettings } from './kernelsettings.ts';
import { KernelMemory } from './memory.ts';
import { PageTables } from './tables.ts';
import { Pending, type Thread } from './thread.ts';
import type { Policy } from './policy.ts';
import { rulesOf } from './policyrules.ts';
import { PREEMPTION } from './sched/preemption.ts';
import { Scheduler } from './sched/scheduler.ts';
import { makeService } from './services/index.ts';
import type { CallService } from './services/service.ts';
import { thunksOf } from './thunks.ts';
import { Tracing } from './tracing.ts';
import { TrustGate } from './trust.ts';

/** Lines of a kernel stack that a switch touches. */
const STACK_LINES = 6;

/**
 * The operating system: the one door for traps, and what happens behind it. A path of kernel code runs to its end or to a sleep and interrupts wait until
 * then; long copies go page by page.
 */
export class Kernel implements TrapHandler {
  readonly machine: Machine;
  readonly memory: KernelMemory;
  readonly scheduler: Scheduler;
  readonly trust: TrustGate;
  readonly isSplit: boolean;
  readonly host: KernelHost;
  readonly #tables: PageTables;
  readonly #tracing: Tracing;
  readonly #exit: KernelExit;
  readonly #interrupts: Interrupts;
  readonly #entry: EventEntry;
  readonly #runner: CallRunner;
  readonly #policy: CompiledPolicy;
  readonly #service: CallService;
  readonly #calls: CallExecutor;
  /** 1 for each call that is answered in user mode. */
  readonly #inUser: Uint8Array;

  /** `features` are the kernel features in force, KPTI among them. */
  constructor(
    machine: Machine,
    stats: StatsRegistry,
    policy: Policy,
    features: ReadonlySet<Feature>,
    settings: KernelSettings,
  ) {
    this.machine = machine;
    this.isSplit = featuresUnder(policy, features).has('kpti');
    this.memory = new KernelMemory(machine, this.isSplit, thunksOf(machine.profile, features));
    this.scheduler = new Scheduler(machine, stats, settings.scheduler);
    const preemption = PREEMPTION[settings.preemption];
    this.#policy = compilePolicy(policy, machine, features);
    this.#service = makeService({ policy: this.#policy, clock: machine.clock }, policy.service);
    const keeps = machine.profile.pcid || policy.isOneSpace === true;
    this.#tables = new PageTables(machine, this.#policy, this.isSplit, keeps);
    this.trust = new TrustGate(rulesOf(policy), this.#policy, stats, (core, thread) =>
      this.#tables.enter(core, thread.process, thread.cpl),
    );
    const inflation = inflationOf(policy, machine, features);
    // By CPL; code runs at 0 and 3 alone.
    machine.inflation.set([inflation[0], 1, 1, inflation[3]]);
    const splitsCopies = policy.service.kind === 'each';
    const parts = {
      machine,
      kernel: this,
      tables: this.#tables,
      policy: this.#policy,
      work: policy.work,
      kernelWork: kernelWorkOf(policy, machine),
      splitsCopies,
    };
    this.host = new KernelHost(parts, stats);
    const { memory, scheduler, host } = this;
    this.#tracing = new Tracing(host, seesCalls('ptrace', policy, machine, features), stats);
    this.#exit = new KernelExit({
      host,
      tracing: this.#tracing,
      scheduler,
      policy: this.#policy,
      service: this.#service,
      tables: this.#tables,
      preemption,
      isHardened: policy.mechanisms.includes('PREEMPT'),
    });
    const variant = stackVariant(machine.profile.entry === 'fred', policy.mechanisms.includes('KSTK'));
    this.#entry = new EventEntry({ policy: this.#policy, spaces: host.spaces, variant }, stats);
    const ways = { exit: this.#exit, entry: this.#entry };
    this.#interrupts = new Interrupts({ ...parts, ...ways, memory, scheduler, host, preemption }, stats);
    this.#calls = new CallExecutor(memory, host.locks, stats, policy.work, parts.kernelWork);
    const work = { host, scheduler, exit: this.#exit, service: this.#service, calls: this.#calls };
    this.#runner = new CallRunner({ ...work, preemption });
    this.#inUser = Uint8Array.from(CALLS, (name) => Number(policy.inUser.includes(name)));
  }

  onSyscall(core: Core, stream: OpStream): void {
    const thread = this.#current(core);
    if (this.#inUser[stream.nr] === 1) return this.#answerInUser(core, thread, stream);
    if (this.#service.post(core, thread, stream)) return;
    const cpl = thread.service.isInside ? 0 : thread.cpl;
    this.#service.enter(core, thread, stream);
    if (thread.trace !== undefined && this.#tracing.stopsBefore(thread, cpl))
      return this.#exit.stop(core, thread, Pending.CallEntry);
    this.#runner.begin(core, thread);
  }

  onCall(core: Core, functionId: number): void {
    const thread = this.#current(core);
    const target = thread.process.functions[functionId];
    thread.callerCpl[thread.depth] = thread.cpl;
    thread.callee[thread.depth] = functionId;
    thread.depth++;
    this.trust.call(core, thread, target);
  }

  onReturn(core: Core): void {
    const thread = this.#current(core);
    thread.depth--;
    this.trust.return(core, thread, thread.callerCpl[thread.depth]);
  }

  onLeave(core: Core, _vpn: number): void {
    const thread = this.#current(core);
    if (this.trust.fetchOutside(core, thread)) return;
    // A signal that nobody handles: the thread is gone, and with it what it would have served.
    this.#exit.giveUp(core, thread, 'zombie');
  }

  /** A page fault, of user code or of a copy of the kernel; the handler runs to its end and goes back to where it came from. */
  onFault(core: Core, vpn: number, isWrite: boolean): void {
    const thread = this.#current(core);
    const isForbidden = this.host.spaces.forbids(thread.process, vpn, isWrite);
    const price = this.#policy[isForbidden ? 'accessFault' : 'pageFault'][core.cpl];
    if (core.domain === Domain.User && core.cpl === 0) this.#entry.fault(core, thread, vpn, price);
    else spendCharge(core, price);
    this.#tables.enter(core, thread.process, 0);
    const goesOn = serveFault(this.host, core, thread, vpn, isWrite);
    if (goesOn && thread.exitWork !== 0) this.#exit.fromFault(core, thread);
    this.#tables.enter(core, thread.process, core.cpl);
    if (!goesOn) this.#exit.giveUp(core, thread, 'zombie');
  }

  onInterrupt(core: Core): void {
    this.#interrupts.take(core);
  }

  /** Whether a core is in a softirq. */
  isInSoftirq(core: Core): boolean {
    return this.#interrupts.isServing(core);
  }

  onIdle(core: Core): boolean {
    const thread = this.scheduler.pick(core);
    if (thread === undefined) return false;
    if (thread.readyAt > core.now) core.wakeAt(thread.readyAt);
    this.#switchTo(core, thread);
    return true;
  }

  onRefill(core: Core): void {
    if (this.#interrupts.proceed(core)) return;
    const thread = this.#current(core);
    if (thread.copy.isUnderWay) return this.#runner.copyOn(core, thread);
    if (this.#service.refill(core, thread)) return this.#runner.begin(core, thread);
    const { done } = thread.program!.next(thread.result);
    if (done === true) this.#exit.giveUp(core, thread, 'zombie');
  }

  #current(core: Core): Thread {
    const thread = this.scheduler.queues[core.id].current;
    if (thread === undefined)
      throw new SimulationBug('a trap without a current thread', { component: core.name, time: core.now });
    return thread;
  }

  /** A call that code mapped into the process answers, without the kernel. */
  #answerInUser(core: Core, thread: Thread, stream: OpStream): void {
    thread.nr = stream.nr;
    thread.result = this.#calls.answer(this.host, core, thread);
  }

  #switchTo(core: Core, thread: Thread): void {
    core.domain = Domain.Scheduler;
    spendCharge(core, this.#policy.threadSwitch[thread.cpl]);
    this.host.switchQueue(core);
    this.#tables.load(core, thread);
    core.memory.touch(thread.stackLine, STACK_LINES, false);
    core.stream = thread.stream;
    core.memory.isGuarded = thread.isGuarded();
    this.scheduler.begin(thread, core.now);
    this.#resume(core, thread);
  }

  #resume(core: Core, thread: Thread): void {
    if (thread.isDaemon()) return this.#interrupts.runDaemon(core);
    if (thread.pending === Pending.Nothing) thread.pending = Pending.EventExit;
    if (thread.pending === Pending.CallExit || thread.pending === Pending.EventExit)
      return this.#exit.toUser(core, thread, thread.pending);
    this.#exit.toKernel(core, thread);
    if (thread.pending === Pending.CallEntry) return this.#runner.begin(core, thread);
    if (thread.pending === Pending.Call) return this.#runner.retry(core, thread);
    thread.pending = Pending.Nothing;
    core.stream = thread.copy.stream;
  }
}
