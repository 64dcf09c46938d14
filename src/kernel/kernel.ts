import type { Core } from '../hw/core.ts';
import { Domain } from '../hw/cpi.ts';
import type { Machine } from '../hw/machine.ts';
import type { OpStream } from '../hw/opstream.ts';
import type { Feature } from '../hw/profile.ts';
import { Vector, type TrapHandler } from '../hw/trap.ts';
import { SimulationBug } from '../sim/errors.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import { CALLS } from './abi.ts';
import { EFFECTS, type CallHost, type Effect } from './calls/effects.ts';
import { callFootprints, PATH_FOOTPRINTS, USER_FOOTPRINT } from './calls/table.ts';
import {
  compilePolicy,
  featuresUnder,
  inflationOf,
  spendCharge,
  type Charge,
  type CompiledPolicy,
} from './crossing.ts';
import { BLOCKED } from './files/file.ts';
import { KernelMemory } from './memory.ts';
import { Network } from './network.ts';
import { placePaths, runPath, type KernelPath } from './path.ts';
import { Pending, type Thread } from './process.ts';
import type { Policy } from './policy.ts';
import { rulesOf } from './policyrules.ts';
import type { SchedulerName } from './sched/index.ts';
import { Scheduler } from './sched/scheduler.ts';
import { makeService } from './services/index.ts';
import type { CallService } from './services/service.ts';
import { TrustGate } from './trust.ts';
import { copyLines } from './usercopy.ts';

/** Lines of a kernel stack that a switch touches. */
const STACK_LINES = 6;

/** The operating system: the one door for traps, and what happens behind it. Kernel code runs to its end or to a sleep; interrupts wait until then. */
export class Kernel implements TrapHandler, CallHost {
  readonly memory: KernelMemory;
  readonly scheduler: Scheduler;
  readonly trust: TrustGate;
  readonly isSplit: boolean;
  readonly network: Network;
  readonly #machine: Machine;
  readonly #policy: CompiledPolicy;
  readonly #service: CallService;
  readonly #calls: readonly { readonly path: KernelPath; readonly effect: Effect }[];
  /** 1 for each call that is answered in user mode, and the code that does. */
  readonly #inUser: Uint8Array;
  readonly #userPath: KernelPath | undefined;
  readonly #paths: Readonly<Record<keyof typeof PATH_FOOTPRINTS, KernelPath>>;
  readonly #stats: Float64Array;
  readonly #counts: number;
  readonly #spaces: Int32Array;

  /** `features` are the kernel features in force, KPTI among them. */
  constructor(
    machine: Machine,
    stats: StatsRegistry,
    policy: Policy,
    features: ReadonlySet<Feature>,
    scheduler: SchedulerName,
  ) {
    this.#machine = machine;
    this.isSplit = featuresUnder(policy, features).has('kpti');
    this.memory = new KernelMemory(machine, this.isSplit);
    this.scheduler = new Scheduler(machine, stats, scheduler);
    this.#policy = compilePolicy(policy, machine, features);
    this.#service = makeService({ policy: this.#policy, clock: machine.clock }, policy.service);
    this.trust = new TrustGate(rulesOf(policy), this.#policy, stats, (core, thread) =>
      this.#loadTag(core, thread.process.userTag, thread.process.kernelTag, thread.cpl),
    );
    const inflation = inflationOf(policy, machine, features);
    for (const core of machine.cores) core.inflation.set([inflation[0], 1, 1, inflation[3]]);
    const callPaths = placePaths(this.memory, callFootprints(policy.work));
    this.#calls = CALLS.map((name) => ({ path: callPaths[name], effect: EFFECTS[name] }));
    this.#paths = placePaths(this.memory, PATH_FOOTPRINTS);
    this.#inUser = Uint8Array.from(CALLS, (name) => Number(policy.inUser.includes(name)));
    if (policy.inUser.length > 0) this.#userPath = placePaths(this.memory, { vdso: USER_FOOTPRINT }).vdso;
    this.network = new Network(machine.nic, this.#paths);
    this.#stats = stats.values;
    this.#counts = stats.vector('kernel.calls', CALLS, 'count', 'System calls performed, by name');
    this.#spaces = new Int32Array(machine.cores.length).fill(-1);
  }

  onSyscall(core: Core, stream: OpStream): void {
    const thread = this.#current(core);
    if (this.#inUser[stream.nr] === 1) return this.#answerInUser(core, thread, stream);
    if (this.#service.post(core, thread, stream)) return;
    this.#service.enter(core, thread, stream);
    this.#beginCalls(core, thread);
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
    this.#giveUp(core, thread, 'zombie');
  }

  onInterrupt(core: Core): void {
    const vectors = core.pendingVectors;
    core.pendingVectors = 0;
    const thread = this.scheduler.queues[core.id].current;
    const cpl = thread?.cpl ?? 0;
    if (thread === undefined) spendCharge(core, this.#policy.idleExit[0]);
    spendCharge(core, this.#policy.eventEnter[cpl]);
    core.domain = Domain.Interrupt;
    if (thread !== undefined) this.#loadTag(core, thread.process.userTag, thread.process.kernelTag, 0);
    if ((vectors & Vector.Timer) !== 0) this.#tick(core);
    if ((vectors & Vector.Nic) !== 0) this.network.poll(core, this);
    if (thread === undefined) spendCharge(core, this.#policy.eventExit[0]);
    else this.#returnToUser(core, thread, Pending.EventExit);
  }

  onIdle(core: Core): boolean {
    const thread = this.scheduler.pick(core);
    if (thread === undefined) return false;
    if (thread.readyAt > core.now) core.wakeAt(thread.readyAt);
    this.#switchTo(core, thread);
    return true;
  }

  onRefill(core: Core): void {
    const thread = this.#current(core);
    if (this.#service.refill(core, thread)) return this.#beginCalls(core, thread);
    const { done } = thread.program!.next(thread.result);
    if (done === true) this.#giveUp(core, thread, 'zombie');
  }

  wake(core: Core, thread: Thread): void {
    runPath(core, this.#paths.wake);
    thread.isWoken = true;
    const target = this.scheduler.wake(thread, core);
    if (target === core.id || !this.scheduler.needsKick(target)) return;
    spendCharge(core, this.#policy.ipiSend[0]);
    this.#machine.apic.sendIpi(target, core.now);
  }

  copyToUser(core: Core, thread: Thread, fromLine: number, bytes: number): void {
    spendCharge(core, this.#policy.userCopy[thread.cpl]);
    copyLines(core, this.#paths.copy, fromLine, thread.bufferLine, bytes);
  }

  copyFromUser(core: Core, thread: Thread, toLine: number, bytes: number): void {
    spendCharge(core, this.#policy.userCopy[thread.cpl]);
    copyLines(core, this.#paths.copy, thread.bufferLine, toLine, bytes);
  }

  transmit(core: Core, connection: number, bytes: number): void {
    this.network.transmit(core, connection, bytes);
  }

  yieldCore(core: Core): void {
    this.scheduler.yield(core);
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
    this.#stats[this.#counts + thread.nr]++;
    runPath(core, this.#userPath!);
    thread.result = this.#calls[thread.nr].effect(this, core, thread);
  }

  /** Performs the call that the thread has entered with, and those that follow it within the same entry. */
  #beginCalls(core: Core, thread: Thread): void {
    this.#enterKernel(core, thread);
    thread.callCpl = thread.cpl;
    this.#runCall(core, thread);
    this.#perform(core, thread);
  }

  #runCall(core: Core, thread: Thread): void {
    thread.isWoken = false;
    this.#stats[this.#counts + thread.nr]++;
    runPath(core, this.#calls[thread.nr].path);
  }

  #perform(core: Core, thread: Thread): void {
    for (;;) {
      const result = this.#calls[thread.nr].effect(this, core, thread);
      if (result === BLOCKED) return this.#block(core, thread);
      thread.result = result;
      if (!this.#service.advance(core, thread)) return this.#returnToUser(core, thread, Pending.CallExit);
      this.#runCall(core, thread);
    }
  }

  #block(core: Core, thread: Thread): void {
    thread.pending = Pending.Call;
    this.#giveUp(core, thread, 'sleeping');
  }

  #giveUp(core: Core, thread: Thread, state: 'runnable' | 'sleeping' | 'zombie'): void {
    this.scheduler.release(core, thread, state);
    core.stream = undefined;
  }

  // The place where a thread may lose its core: on the way back to its own code.
  #returnToUser(core: Core, thread: Thread, exit: Pending): void {
    if (this.scheduler.queues[core.id].needsResched) {
      thread.pending = exit;
      return this.#giveUp(core, thread, 'runnable');
    }
    thread.pending = Pending.Nothing;
    if (exit === Pending.CallExit && this.#service.stays(core, thread)) return this.#goOnInside(core);
    spendCharge(core, exit === Pending.CallExit ? this.#callExit(thread) : this.#policy.eventExit[thread.cpl]);
    core.memory.isGuarded = thread.isGuarded();
    core.cpl = thread.cpl;
    core.domain = Domain.User;
    this.#loadTag(core, thread.process.userTag, thread.process.kernelTag, thread.cpl);
  }

  /** The thread's own code, under the kernel's tables. */
  #goOnInside(core: Core): void {
    core.cpl = 0;
    core.domain = Domain.User;
  }

  /** A call that began at CPL 3 and ends at CPL 0 returns by IRET, which SYSRET cannot do. */
  #callExit(thread: Thread): Charge {
    if (thread.cpl === 0 && thread.callCpl === 3) return this.#policy.eventExit[0];
    return this.#policy.syscallExit[thread.cpl];
  }

  #switchTo(core: Core, thread: Thread): void {
    core.domain = Domain.Scheduler;
    spendCharge(core, this.#policy.threadSwitch[thread.cpl]);
    runPath(core, this.#paths.schedule);
    this.#switchSpace(core, thread);
    core.memory.touch(thread.stackLine, STACK_LINES, false);
    core.stream = thread.stream;
    core.memory.isGuarded = thread.isGuarded();
    this.scheduler.begin(thread, core.now);
    this.#resume(core, thread);
  }

  #switchSpace(core: Core, thread: Thread): void {
    const { pid, table, kernelTag } = thread.process;
    if (this.#spaces[core.id] === pid) return;
    this.#spaces[core.id] = pid;
    spendCharge(core, this.#policy.spaceSwitch[thread.cpl]);
    core.memory.loadSpace(table, kernelTag, !this.#machine.profile.pcid);
  }

  #resume(core: Core, thread: Thread): void {
    if (thread.pending === Pending.Nothing) thread.pending = Pending.EventExit;
    if (thread.pending !== Pending.Call) return this.#returnToUser(core, thread, thread.pending);
    this.#enterKernel(core, thread);
    this.#perform(core, thread);
  }

  #enterKernel(core: Core, thread: Thread): void {
    core.cpl = 0;
    core.domain = Domain.Kernel;
    this.#loadTag(core, thread.process.userTag, thread.process.kernelTag, 0);
  }

  #loadTag(core: Core, userTag: number, kernelTag: number, cpl: number): void {
    if (!this.isSplit) return;
    const tag = cpl === 3 ? userTag : kernelTag;
    // Without PCID a CR3 write drops the entries of the tables it leaves.
    if (!this.#machine.profile.pcid && tag !== core.memory.tag) core.tlbs.flushNonGlobal();
    core.memory.switchTag(tag);
  }

  #tick(core: Core): void {
    runPath(core, this.#paths.tick);
    this.scheduler.tick(core);
  }
}
