import type { RunSpec } from '../archive/rows.ts';
import { buildMachine, type Machine } from '../hw/machine.ts';
import type { Core } from '../hw/core.ts';
import type { Feature, MachineProfile } from '../hw/profile.ts';
import { machines } from '../hw/profiles/index.ts';
import type { OpStream } from '../hw/opstream.ts';
import type { TrapHandler } from '../hw/trap.ts';
import { startProcesses } from '../kernel/boot.ts';
import { Kernel } from '../kernel/kernel.ts';
import { findPolicy } from '../kernel/policies/find.ts';
import type { Policy } from '../kernel/policy.ts';
import { TracingDoor, type Tracer } from '../kernel/tracingdoor.ts';
import type { Engine } from '../sim/engine.ts';
import { openStream, type Rng } from '../sim/rng.ts';
import { StatsRegistry } from '../sim/stats.ts';
import { workloads } from '../workloads/index.ts';
import { replayWorkload } from '../workloads/replay.ts';
import type { ReplayModel } from '../workloads/replaymodel.ts';
import { WildCode } from './faults/wildcode.ts';
import { HostileProgram } from './hostile.ts';
import { overrideProfile } from './overrides.ts';
import { Requests } from './requests.ts';

/** A simulated server, wired and booted, with its clients about to begin. */
export interface Assembly {
  readonly machine: Machine;
  readonly kernel: Kernel;
  readonly policy: Policy;
  readonly stats: StatsRegistry;
  readonly requests: Requests;
}

/** Builds what a spec describes on an engine: machine, kernel, processes, clients. */
export function assemble(spec: RunSpec, engine: Engine, tracer?: Tracer): Assembly {
  const { config } = spec;
  const stats = new StatsRegistry();
  const own = config.machineProfile as MachineProfile | undefined;
  const profile = overrideProfile(own ?? machines[config.machine], config.profile);
  const policy = policyOf(config.policy);
  const door = new LateTrapHandler();
  const { cores, smt = false, syncWindow, fidelity } = config;
  const machine = buildMachine(profile, { cores, smt, syncWindow, fidelity }, engine, stats, door);
  const kernel = new Kernel(machine, stats, policy, featuresOf(spec, profile.features), config);
  door.connect(tracer === undefined ? kernel : new TracingDoor(kernel, tracer, machine.clock));
  const stream = (name: string): Rng => openStream(spec.seed, spec.replication, name);
  const requests = new Requests(stats);
  const attack = String(config.params['attack'] ?? '');
  const hostile = attack === '' ? {} : { hostile: new HostileProgram(attack, policy, stats) };
  const wildPerSecond = Number(config.params['wildPerSecond'] ?? 0);
  if (wildPerSecond > 0) new WildCode(policy, stats, engine, machine.clock.hz / wildPerSecond, stream('wild')).start();
  const replayed = config.workloadModel as ReplayModel | undefined;
  const workload = replayed === undefined ? workloads[config.workload] : replayWorkload(config.workload, replayed);
  const begin = (intended: number): void => requests.begin(intended);
  const complete = (latency: number, now: number): void => requests.complete(latency, now);
  const { arrivalTrace } = config;
  const trace = arrivalTrace === undefined ? {} : { arrivalGapsUs: arrivalTrace.gapsUs };
  const application = workload.build(
    {
      clock: machine.clock,
      cores: machine.topology.cpus,
      stats,
      openStream: stream,
      begin,
      complete,
      ...hostile,
      ...trace,
    },
    config.params,
  );
  startProcesses({ machine, kernel, policy, openStream: stream }, application.processes);
  if (application.traffic !== undefined) machine.nic.connect(application.traffic);
  stats.seal();
  return { machine, kernel, policy, stats, requests };
}

/** The policy of a run; its name has passed the checks of the study. */
function policyOf(name: string): Policy {
  const policy = findPolicy(name);
  if (policy === undefined) throw new RangeError(`there is no policy ${name}`);
  return policy;
}

/** Kernel features in force: KPTI by the study, the mitigations of the machine unless they are switched off. */
function featuresOf({ config }: RunSpec, features: readonly Feature[]): ReadonlySet<Feature> {
  const mitigations = config.mitigations ? features.filter((feature) => feature !== 'kpti') : [];
  return new Set<Feature>(config.kpti ? [...mitigations, 'kpti'] : mitigations);
}

/** The door that cores are built with before there is a kernel: the one upward arrow, connected here. */
class LateTrapHandler implements TrapHandler {
  #handler: TrapHandler | undefined = undefined;

  /** Connects the kernel, once. */
  connect(handler: TrapHandler): void {
    this.#handler = handler;
  }

  onSyscall(core: Core, stream: OpStream): void {
    this.#handler!.onSyscall(core, stream);
  }
  onCall(core: Core, functionId: number): void {
    this.#handler!.onCall(core, functionId);
  }
  onReturn(core: Core): void {
    this.#handler!.onReturn(core);
  }
  onLeave(core: Core, vpn: number): void {
    this.#handler!.onLeave(core, vpn);
  }
  onFault(core: Core, vpn: number, isWrite: boolean): void {
    this.#handler!.onFault(core, vpn, isWrite);
  }
  onInterrupt(core: Core): void {
    this.#handler!.onInterrupt(core);
  }
  onIdle(core: Core): boolean {
    return this.#handler!.onIdle(core);
  }
  onRefill(core: Core): void {
    this.#handler!.onRefill(core);
  }
}
