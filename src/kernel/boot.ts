import { PageFlag } from '../hw/pagetable.ts';
import { MAX_TAG } from '../hw/tlb.ts';
import type { Machine } from '../hw/machine.ts';
import type { Rng } from '../sim/rng.ts';
import { SimulationBug } from '../sim/errors.ts';
import { LINES_PER_PAGE } from '../sim/units.ts';
import type { FileSpec, ProcessSpec, RegionSpec, ThreadSpec } from './abi.ts';
import { Epoll } from './files/epoll.ts';
import { EventFd } from './files/eventfd.ts';
import type { KernelFile } from './files/file.ts';
import { LOG_PAGES, LogFile } from './files/log.ts';
import { PageCacheFile } from './files/pagecache.ts';
import { Socket } from './files/socket.ts';
import type { Kernel } from './kernel.ts';
import type { KernelModeCapability, Policy } from './policy.ts';
import { rulesOf } from './policyrules.ts';
import { ATTRIBUTE, Thread, type FunctionEntry, type Process } from './process.ts';
import { ORDINARY } from './sched/task.ts';
import { Authority, authorityOf } from './semantics/gate.ts';

/** First page of every program, as the dynamic loader leaves it; below lies nothing. */
const FIRST_VPN = 16;
const STACK_LINES = 64;
const SOCKET_LINES = 64;

/** What starting processes needs. */
export interface Boot {
  readonly machine: Machine;
  readonly kernel: Kernel;
  readonly policy: Policy;
  openStream(name: string): Rng;
}

/** Starts processes in order: maps their regions, opens their files and makes their threads runnable. */
export function startProcesses(boot: Boot, specs: readonly ProcessSpec[]): readonly Process[] {
  let tid = 1;
  return specs.map((spec, index) => {
    const { process, lineOf } = createProcess(boot, spec, index + 1);
    for (const threadSpec of spec.threads) startThread(boot, process, threadSpec, lineOf, tid++);
    return process;
  });
}

type LineOf = (region: string) => number;

function createProcess(boot: Boot, spec: ProcessSpec, pid: number): { process: Process; lineOf: LineOf } {
  const table = boot.kernel.memory.userTable();
  const firstVpn = mapRegions(boot, spec, table);
  const vpnOf = (region: string): number => {
    const vpn = firstVpn.get(region);
    if (vpn === undefined)
      throw new SimulationBug(
        `process ${spec.name} has no region ${region}; it has ${[...firstVpn.keys()].join(', ')}`,
      );
    return vpn;
  };
  const tags = tagsOf(pid, boot.kernel.isSplit);
  const process: Process = {
    pid,
    name: spec.name,
    authority: authority(boot.policy, spec.isTrusted),
    table,
    ...tags,
    functions: spec.functions.map((fn): FunctionEntry => {
      const region = spec.regions.find(({ name }) => name === fn.region);
      return {
        name: fn.name,
        attribute: ATTRIBUTE[fn.attribute],
        isVerified: region?.kind === 'verified',
        isDeclared: fn.declared,
        vpn: vpnOf(fn.region),
      };
    }),
    files: spec.files.map((file) => openFile(boot.kernel, file)),
    words: new Int32Array(spec.words),
    futexes: new Map(),
  };
  return { process, lineOf: (region) => vpnOf(region) * LINES_PER_PAGE };
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

function mapRegions({ machine, policy }: Boot, spec: ProcessSpec, table: Process['table']): Map<string, number> {
  const firstVpn = new Map<string, number>();
  let vpn = FIRST_VPN;
  for (const region of spec.regions) {
    firstVpn.set(region.name, vpn);
    const frame = machine.allocateFrames(region.pages);
    const flags = flagsOf(region, policy.trustsVerifiedCode && spec.isTrusted);
    for (let page = 0; page < region.pages; page++) table.map(vpn + page, frame + page, flags);
    vpn += region.pages;
  }
  return firstVpn;
}

/** Code is read-only; verified code is trusted if the policy says so (S16 to S18, S21). */
function flagsOf(region: RegionSpec, trustsVerified: boolean): number {
  if (region.kind === 'data') return PageFlag.Write | PageFlag.NoExec;
  return region.kind === 'verified' && trustsVerified ? PageFlag.KernelTrust : 0;
}

function startThread(boot: Boot, process: Process, spec: ThreadSpec, lineOf: LineOf, tid: number): void {
  const thread = new Thread(
    tid,
    spec.name,
    process,
    { ...ORDINARY, ...spec.sched, nice: spec.nice },
    boot.kernel.memory.data(STACK_LINES),
    lineOf(spec.buffer),
  );
  const functionOf = (name: string): number => {
    const index = process.functions.findIndex((fn) => fn.name === name);
    if (index < 0) throw new SimulationBug(`process ${process.name} has no function ${name}`);
    return index;
  };
  const rng = boot.openStream(`${process.name}.${spec.name}`);
  thread.program = spec.program({
    stream: thread.stream,
    rng,
    words: process.words,
    ready: thread.ready,
    now: () => boot.machine.cores[thread.lastCore].now,
    lineOf,
    functionOf,
  });
  thread.lastCore = (tid - 1) % boot.machine.cores.length;
  const core = boot.kernel.scheduler.wake(thread, undefined);
  boot.machine.apic.sendIpi(core, 0);
}

const OPENERS: {
  readonly [Kind in FileSpec['kind']]: (kernel: Kernel, spec: Extract<FileSpec, { kind: Kind }>) => KernelFile;
} = {
  socket: (kernel, { connection, nonblocking }) => {
    const socket = new Socket(connection, nonblocking, kernel.memory.data(SOCKET_LINES));
    kernel.network.bind(socket);
    return socket;
  },
  epoll: () => new Epoll(),
  eventfd: () => new EventFd(),
  pagecache: (kernel, { pages }) => new PageCacheFile(kernel.memory.data(pages * LINES_PER_PAGE), pages),
  log: (kernel) => new LogFile(kernel.memory.data(LOG_PAGES * LINES_PER_PAGE)),
};

function openFile<Kind extends FileSpec['kind']>(kernel: Kernel, spec: Extract<FileSpec, { kind: Kind }>): KernelFile {
  return OPENERS[spec.kind](kernel, spec);
}
