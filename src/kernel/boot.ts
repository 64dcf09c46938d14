import type { Core } from '../hw/core.ts';
import type { Machine } from '../hw/machine.ts';
import { KERNEL_VPN, type PageTable } from '../hw/pagetable.ts';
import { MAX_TAG } from '../hw/tlb.ts';
import type { Rng } from '../sim/rng.ts';
import { SimulationBug } from '../sim/errors.ts';
import { LINES_PER_PAGE } from '../sim/units.ts';
import { Landing, Nr, Op, type ProcessSpec, type Program, type ThreadEnv, type ThreadSpec } from './abi.ts';
import type { Kernel } from './kernel.ts';
import { STACK_LINES } from './memory.ts';
import { Opener } from './openers.ts';
import type { KernelModeCapability, Policy } from './policy.ts';
import { rulesOf } from './policyrules.ts';
import { FIRST_VPN, functionOf, mapRegions, placeOf } from './programimage.ts';
import { ATTRIBUTE, type Family, type FunctionEntry, type Process } from './process.ts';
import { Thread } from './thread.ts';
import { ORDINARY } from './sched/task.ts';
import { Attribute, Authority, authorityOf } from './semantics/gate.ts';
import { pollerOf } from './services/poller.ts';
import { TRACER } from './services/tracer.ts';
import { SubmissionRing } from './services/submissionring.ts';
import { trace } from './tracing.ts';
import { UserMemory } from './usermemory.ts';
import { WaitQueue } from './waitqueue.ts';

/** What starting processes needs. */
export interface Boot {
  readonly machine: Machine;
  readonly kernel: Kernel;
  readonly policy: Policy;
  openStream(name: string): Rng;
}

/** Starts processes in order: maps their regions, opens their files and makes their threads runnable. */
export function startProcesses(boot: Boot, specs: readonly ProcessSpec[]): readonly Process[] {
  const loader = new Loader(boot);
  const trusted: Thread[] = [];
  const processes = specs.map((spec) => {
    const loaded = loader.load(spec);
    const threads = spec.threads.map((threadSpec) => loader.start(loaded, threadSpec, undefined));
    if (spec.isTrusted) trusted.push(...threads);
    if (spec.isTrusted) for (const [i, thread] of threads.entries()) loader.openRing(loaded, thread, spec.threads[i]);
    return loaded.process;
  });
  if (boot.policy.options.includes('ptrace')) startTracer(loader, trusted);
  return processes;
}

/** Starts a tracer of threads, which stop at their calls from the first one on, as those of a program that it has started. */
function startTracer(loader: Loader, threads: readonly Thread[]): void {
  const loaded = loader.load(TRACER);
  for (const thread of threads) trace(loaded.process, thread, true);
  loader.start(loaded, TRACER.threads[0], undefined);
}

/** A process with what its program said of itself. */
interface Loaded {
  readonly process: Process;
  readonly spec: ProcessSpec;
  readonly lineOf: (region: string) => number;
}

/** Makes processes and threads, at boot and for clone and fork. */
class Loader {
  readonly #boot: Boot;
  readonly #opener: Opener;
  /** Left by processes that have ended. */
  readonly #places: Place[] = [];
  readonly #stacks: number[] = [];
  #pid = 0;
  #tid = 0;

  constructor(boot: Boot) {
    this.#boot = boot;
    this.#opener = new Opener(boot.kernel);
  }

  /** A process as its program describes it, without threads. */
  load(spec: ProcessSpec): Loaded {
    const { pid, table } = this.#newPlace();
    const { firstVpn, end, text } = mapRegions(this.#boot, spec, table);
    const vpnOf = (region: string): number => placeOf(spec, firstVpn, region);
    const functions = spec.functions.map((fn): FunctionEntry => {
      const region = spec.regions.find(({ name }) => name === fn.region);
      return {
        name: fn.name,
        attribute: fn.attribute === undefined ? Attribute.None : ATTRIBUTE[fn.attribute],
        isVerified: region?.kind === 'verified',
        isDeclared: fn.declared,
        vpn: vpnOf(fn.region),
      };
    });
    const process: Process = {
      pid,
      name: spec.name,
      authority: authority(this.#boot.policy, spec.isTrusted),
      table,
      ...tagsOf(pid, this.#boot.kernel.isSplit),
      functions,
      files: spec.files.map((file) => this.#opener.open(file)),
      words: new Int32Array(spec.words),
      futexes: new Map(),
      memory: new UserMemory(end, KERNEL_VPN, text),
      family: this.#family(undefined, (core, child, isCopy) => this.#spawn(loaded, core, child, isCopy)),
    };
    const loaded: Loaded = { process, spec, lineOf: (region) => vpnOf(region) * LINES_PER_PAGE };
    return loaded;
  }

  /** Makes a thread of a process and makes it runnable, from work on `by` or at boot. */
  start({ process, spec: { name, regions, handler }, lineOf }: Loaded, spec: ThreadSpec, by: Core | undefined): Thread {
    const { machine, kernel } = this.#boot;
    const tid = ++this.#tid;
    const stack = this.#stacks.pop() ?? kernel.memory.data(STACK_LINES);
    const wishes = { ...ORDINARY, ...spec.sched, nice: spec.nice };
    const thread = new Thread(tid, spec.name, process, wishes, stack, lineOf(spec.buffer));
    thread.stackVpn = Math.floor(thread.bufferLine / LINES_PER_PAGE);
    thread.stackPages = regions.find(({ name: region }) => region === spec.buffer)!.pages;
    process.family.threads.set(tid, thread);
    kernel.host.threads.set(tid, thread);
    thread.onEnd = () => this.#stacks.push(stack);
    const env = {
      stream: thread.stream,
      rng: this.#boot.openStream(`${name}.${spec.name}`),
      words: process.words,
      ready: thread.ready,
      now: () => machine.cores[thread.lastCore].now,
      lineOf,
      functionOf: (wanted: string) => functionOf(process, wanted),
    };
    thread.program = spec.program(env);
    thread.runsAhead = spec.runsAhead ?? false;
    if (handler !== undefined) thread.openHandler = (stream) => returning({ ...env, stream }, handler);
    thread.lastCore = by === undefined ? (tid - 1) % machine.cores.length : by.id;
    if (by === undefined) machine.apic.sendIpi(kernel.scheduler.wake(thread, undefined), 0);
    else kernel.host.wake(by, thread);
    return thread;
  }

  /** Gives a thread a ring where calls come that way; the kernel thread that polls it begins with the first call, and does not keep the process alive. */
  openRing(loaded: Loaded, owner: Thread, spec: ThreadSpec): void {
    const { machine, kernel, policy } = this.#boot;
    const { service } = policy;
    if (service.kind !== 'polled') return;
    owner.service.ring = new SubmissionRing(service.room, machine.clock.cycles(service.idleNs), {
      allocateLines: (lines) => kernel.memory.data(lines),
      startPoller: (core, ring) => {
        const poller = this.start(loaded, pollerOf(service, spec, machine.topology.cpus), core);
        poller.cpl = 0;
        poller.service.polls = ring;
        loaded.process.family.threads.delete(poller.tid);
      },
    });
  }

  #spawn(parent: Loaded, core: Core, child: number, isCopy: boolean): number {
    const spec = parent.spec.children?.[child];
    if (spec === undefined) return -1;
    const maker = this.#boot.kernel.scheduler.queues[core.id].current;
    if (!isCopy) return this.#follow(maker, this.start(parent, spec, core)).tid;
    const { process } = parent;
    process.family.living++;
    const copy = this.#copy(parent, this.#places.pop() ?? this.#newPlace());
    // Both sides share frames from now on: writable entries of the original are out of date.
    this.#boot.kernel.host.spaces.remote.drop(core, process, FIRST_VPN, process.memory.end - FIRST_VPN);
    this.#boot.kernel.host.spaces.remote.drop(core, copy.process, FIRST_VPN, process.memory.end - FIRST_VPN);
    this.#follow(maker, this.start(copy, spec, core));
    return copy.process.pid;
  }

  /** What a traced thread makes is traced too (PTRACE_O_TRACECLONE and its like). */
  #follow(maker: Thread | undefined, made: Thread): Thread {
    if (maker?.trace !== undefined) trace(maker.trace.tracer, made, maker.trace.stopsAtCalls);
    return made;
  }

  /** The copy of a process: its own table on the same frames, the same open files. */
  #copy(parent: Loaded, { pid, table }: Place): Loaded {
    const original = parent.process;
    for (const file of original.files) if (file !== undefined) file.references++;
    const copy: Loaded = {
      ...parent,
      process: {
        ...original,
        pid,
        table,
        ...tagsOf(pid, this.#boot.kernel.isSplit),
        files: [...original.files],
        words: original.words.slice(),
        futexes: new Map(),
        memory: original.memory.copy(),
        family: this.#family(
          original,
          (by, child, isCopy) => this.#spawn(copy, by, child, isCopy),
          () => this.#places.push({ pid, table }),
        ),
      },
    };
    this.#boot.kernel.host.spaces.share(original, copy.process);
    return copy;
  }

  #family(parent: Process | undefined, spawn: Family['spawn'], onEnd: () => void = () => {}): Family {
    const own = { threads: new Map(), ended: [], childEnd: new WaitQueue(), stops: [] };
    return { parent, ...own, living: 0, tracees: 0, spawn, onEnd };
  }

  #newPlace(): Place {
    return { pid: ++this.#pid, table: this.#boot.kernel.memory.userTable() };
  }
}

/** What a process takes that is used again when it has ended: its id, with which its tags come, and its tables. */
interface Place {
  readonly pid: number;
  readonly table: PageTable;
}

/** Tag 0 is global; each process has one tag, or two when its tables are split. */
function tagsOf(pid: number, isSplit: boolean): { userTag: number; kernelTag: number } {
  const kernelTag = pid * 2;
  if (kernelTag + 1 > MAX_TAG) throw new SimulationBug(`process ${pid} needs a tag above ${MAX_TAG}`);
  return { userTag: isSplit ? kernelTag + 1 : kernelTag, kernelTag };
}

function authority(policy: Policy, isTrusted: boolean): Authority {
  const holds = (capability: KernelModeCapability): boolean => isTrusted && policy.grants.includes(capability);
  return authorityOf(holds('CAP_KERNELMODE'), holds('CAP_KRNLMODEBYPAGE'), rulesOf(policy));
}

/** A handler that returns from its signal at its end, if it has not done so itself. */
function* returning(env: ThreadEnv, handler: Program): Generator<void, void, number> {
  yield* handler(env);
  env.stream.push(Op.Syscall, Landing.Same, 0, 0, Nr.rt_sigreturn);
  yield;
}
