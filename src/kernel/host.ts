import type { Core } from '../hw/core.ts';
import type { Machine } from '../hw/machine.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import type { BlockDevice, BlockRequest } from '../hw/blockdevice.ts';
import type { Receipt } from '../hw/clientlink.ts';
import { AddressSpaces } from './addressspaces.ts';
import { BlockLayer } from './blocklayer.ts';
import { pathsOf, type KernelWork } from './calls/classes.ts';
import { pathFootprints, type PathName, type WorkShares } from './calls/paths.ts';
import type { CallHost } from './calls/spec.ts';
import { spendCharge, type CompiledPolicy } from './crossing.ts';
import { PageCaches } from './files/pagelists.ts';
import type { KernelLock } from './lock.ts';
import { Locks } from './locks.ts';
import type { KernelMemory } from './memory.ts';
import { Network } from './network.ts';
import { placePaths, runPath, type KernelPath } from './path.ts';
import type { Thread } from './thread.ts';
import { Publisher } from './publishing.ts';
import type { Scheduler } from './sched/scheduler.ts';
import type { Urgency } from './sched/task.ts';
import type { PageTables } from './tables.ts';
import { Timers } from './timers.ts';
import type { TrustGate } from './trust.ts';
import { copyLines } from './usercopy.ts';
import { LINES_PER_PAGE, PAGE_BYTES } from '../sim/units.ts';

/** The parts of the kernel that services stand on. */
export interface HostParts {
  readonly machine: Machine;
  readonly kernel: { readonly memory: KernelMemory; readonly scheduler: Scheduler; readonly trust: TrustGate };
  readonly tables: PageTables;
  readonly policy: CompiledPolicy;
  /** Shares of calls that are left under the policy. */
  readonly work: WorkShares;
  /** Shares of classes of paths that the kernel executes. */
  readonly kernelWork: KernelWork | undefined;
  /** Whether copies out of the kernel may go on after their call, which must then be alone in its entry. */
  readonly splitsCopies: boolean;
}

/** What calls, files and interrupts ask of the kernel around them. */
export class KernelHost implements CallHost {
  readonly trust: TrustGate;
  readonly locks: Locks;
  readonly spaces: AddressSpaces;
  readonly publisher: Publisher;
  readonly threads = new Map<number, Thread>();
  readonly timers: Timers;
  readonly network: Network;
  readonly block: BlockLayer;
  readonly pageCaches: PageCaches;
  readonly #parts: HostParts;
  readonly #memory: KernelMemory;
  readonly #scheduler: Scheduler;
  readonly #paths: Readonly<Record<PathName, KernelPath>>;
  readonly #cachedFiles = new Map<number, number>();

  constructor(parts: HostParts, stats: StatsRegistry) {
    const { machine, tables } = parts;
    const { memory, scheduler, trust } = parts.kernel;
    this.#parts = parts;
    this.#memory = memory;
    this.#scheduler = scheduler;
    this.trust = trust;
    this.#paths = placePaths(memory, pathsOf(pathFootprints(parts.work), parts.kernelWork));
    this.locks = new Locks(memory, stats);
    this.spaces = new AddressSpaces(machine, tables, memory);
    this.publisher = new Publisher({ memory, trust, spaces: this.spaces, copy: this.#paths.copy }, stats);
    this.timers = new Timers(machine);
    this.pageCaches = new PageCaches(stats);
    this.block = new BlockLayer(this.#paths, stats);
    this.network = new Network(machine.nic, this.#paths);
  }

  wake(core: Core, thread: Thread): void {
    const { policy, machine } = this.#parts;
    const lock = this.locks.runqueue(thread.lastCore);
    lock.acquire(core);
    runPath(core, this.#paths.wake);
    thread.isWoken = true;
    const target = this.#scheduler.wake(thread, core);
    lock.release(core);
    if (target === core.id || !this.#scheduler.needsKick(target)) return;
    spendCharge(core, policy.ipiSend[0]);
    machine.apic.sendIpi(target, core.now);
  }

  kick(core: Core, thread: Thread): void {
    const { policy, machine } = this.#parts;
    if (thread.lastCore === core.id) return;
    spendCharge(core, policy.ipiSend[0]);
    machine.apic.sendIpi(thread.lastCore, core.now);
  }

  copyToUser(core: Core, thread: Thread, fromLine: number, bytes: number): void {
    spendCharge(core, this.#parts.policy.userCopy[thread.cpl]);
    const first = this.#parts.splitsCopies ? Math.min(bytes, PAGE_BYTES) : bytes;
    copyLines(core, this.#paths.copy, fromLine, thread.bufferLine, first);
    if (bytes > first) thread.copy.begin(fromLine + LINES_PER_PAGE, thread.bufferLine + LINES_PER_PAGE, bytes - first);
  }

  /** Puts the next page of a long copy on its stream. */
  continueCopy(thread: Thread): void {
    thread.copy.refill(this.#paths.copy);
  }

  copyFromUser(core: Core, thread: Thread, toLine: number, bytes: number): void {
    spendCharge(core, this.#parts.policy.userCopy[thread.cpl]);
    copyLines(core, this.#paths.copy, thread.bufferLine, toLine, bytes);
  }

  transmit(core: Core, connection: number, bytes: number): Receipt {
    return this.network.transmit(core, connection, bytes);
  }

  disconnect(core: Core, connection: number): void {
    this.network.disconnect(core, connection);
  }

  runPath(core: Core, name: PathName): void {
    runPath(core, this.#paths[name]);
  }

  submitBlock(core: Core, device: BlockDevice, request: BlockRequest): void {
    this.block.submit(core, device, request);
  }

  lockFile(core: Core, owner: object): KernelLock {
    const lock = this.locks.of('file', owner);
    lock.acquire(core);
    return lock;
  }

  allocateLines(lines: number): number {
    return this.#memory.data(lines);
  }

  cachedFile(pages: number): number {
    const line = this.#cachedFiles.get(pages) ?? this.#memory.data(pages * LINES_PER_PAGE);
    this.#cachedFiles.set(pages, line);
    return line;
  }

  setUrgency(thread: Thread, urgency: Urgency): void {
    this.#scheduler.setUrgency(thread, urgency);
  }

  yieldCore(core: Core): boolean {
    return this.#scheduler.yield(core);
  }

  nowNs(core: Core): number {
    return this.#parts.machine.clock.ns(core.now);
  }

  after(core: Core, ns: number, ring: (core: Core) => void): void {
    this.timers.after(core, ns, ring);
  }

  setDeadline(core: Core, thread: Thread, ns: number): void {
    this.timers.limit(this, core, thread, ns);
  }

  /** What a switch of threads does under the lock of the core's runqueue. */
  switchQueue(core: Core): void {
    const lock = this.locks.runqueue(core.id);
    lock.acquire(core);
    runPath(core, this.#paths.schedule);
    lock.release(core);
  }

  /** The periodic tick of a core. */
  tick(core: Core): void {
    runPath(core, this.#paths.tick);
    this.#scheduler.tick(core);
  }

  /** Timers that are due, from the interrupt of a core. */
  ring(core: Core): void {
    runPath(core, this.#paths.timerExpire);
    this.timers.expire(core);
  }
}
