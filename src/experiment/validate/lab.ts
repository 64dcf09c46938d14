import type { MetricRow, RunSpec } from '../../archive/rows.ts';
import type { MachineProfile } from '../../hw/profile.ts';
import type { Mitigation } from '../../hw/steps.ts';
import { machines } from '../../hw/profiles/index.ts';
import { workloads } from '../../workloads/index.ts';
import { run } from '../run.ts';
import type { Host } from './machines.ts';

/** One micro-benchmark, or a server under closed load, on one machine under one policy. */
export interface Measurement {
  readonly host: Host;
  readonly policy: string;
  /** Operation of the workload `micro`, or the name of a workload. */
  readonly operation: string;
  readonly params?: Readonly<Record<string, number | string | boolean>>;
  readonly cores?: number;
  /** Numbers of the machine's profile replaced, by dotted path. */
  readonly profile?: Readonly<Record<string, number>>;
  /** Mitigations that its kernel has beside its own. */
  readonly features?: readonly Mitigation[];
  /** Whether its operations are all alike, so that a few of them tell the time. */
  readonly isAlike?: true;
}

/** The mean time of an operation, or between two requests that a server completes. */
export interface Time {
  readonly ns: number;
  readonly cycles: number;
}

/** What a measurement gives: its time, and the other metrics of the run by name, 0 for those that it lacks. */
export interface Sample extends Time {
  readonly value: (name: string) => number;
  /** Sum of the metrics whose names begin so. */
  readonly sum: (prefix: string) => number;
}

/** Asks for an operation; what is left out is as the target has it. */
export type Ask = (operation: string, rest?: Partial<Omit<Measurement, 'operation'>>) => Sample;

/** What a scenario works with: the runs of a machine under a policy, its profile, and a memory for what else it tries on it. */
export interface Bench {
  readonly ask: Ask;
  readonly host: Host;
  readonly profile: MachineProfile;
  /** The value made for a machine and a key, made at the first question. */
  readonly once: <T>(key: string, make: () => T) => T;
}

/** Simulated time of a first try in microseconds, and how much longer the next one is while too few operations come to their end. */
const SPAN = { warmupUs: 200, measureUs: 800 } as const;
const LONGER = 4;
/** A server is measured over as long as its recorded mix needs. */
const SERVER = { warmupUs: 20_000, measureUs: 30_000, syncWindow: 1000 } as const;
const MOST_US = 300_000;
const LEAST_OPERATIONS = 8;
/** As above, of operations that are all alike: the first try takes a sixteenth of the span. */
const LEAST_ALIKE = 2;
const BRIEF = 1 / 16;

/** Runs micro-benchmarks, each once however often it is asked for. Equal questions give equal answers, to the bit. */
export class Lab {
  readonly #known = new Map<string, unknown>();

  /** The time of an operation; NaN if none was completed. */
  measure(measurement: Measurement): Sample {
    return this.once(JSON.stringify(measurement), () => longEnough(measurement));
  }

  /** The value made for a key, made at the first question. */
  once<T>(key: string, make: () => T): T {
    if (!this.#known.has(key)) this.#known.set(key, make());
    return this.#known.get(key) as T;
  }

  /** Measurements made so far. */
  get runs(): number {
    return this.#known.size;
  }
}

/** The bench of one machine under one policy. */
export function benchOf(lab: Lab, host: Host, policy: string): Bench {
  return {
    ask: (operation, rest = {}) => lab.measure({ host, policy, operation, ...rest }),
    host,
    profile: profileOf(host),
    once: (key, make) => lab.once(`${JSON.stringify(host)} ${key}`, make),
  };
}

/** The profile of a host, in a virtual machine if it says so, at its clock. */
export function profileOf({ machine, gigahertz, virtual, pcid }: Host): MachineProfile {
  const own = machines[machine];
  const virtualised = virtual === true && own.virtualised === false ? underHost(own) : own.virtualised;
  const clockHz = gigahertz === undefined ? own.clockHz : { ...own.clockHz, value: gigahertz * 1e9 };
  return { ...own, virtualised, clockHz, ...(pcid === false ? untagged(own) : {}) };
}

/** A machine in a virtual one whose host uses large pages, as that of the recorded host does. */
function underHost({ walker: { nested } }: MachineProfile): MachineProfile['virtualised'] {
  return nested === undefined ? machines['genoa-vm'].virtualised : { hostPages: 'large', ...nested };
}

/** A machine whose kernel leaves tags unused: the same writes of CR3 drop what is not global. */
function untagged({ cost, pcid }: MachineProfile): Partial<MachineProfile> {
  return pcid && cost.cr3Write !== undefined ? { pcid: false, cost: { cr3Flush: cost.cr3Write, ...cost } } : {};
}

function withFeatures(host: Host, features: readonly Mitigation[]): Record<string, unknown> {
  const own = profileOf(host);
  return { ...own, features: [...new Set([...own.features, ...features])] };
}

/** Tries longer and longer until enough operations are timed. */
function longEnough(measurement: Measurement): Sample {
  if (Object.hasOwn(workloads, measurement.operation)) return sampleOfServer(serverSpec(measurement));
  const isAlike = measurement.isAlike === true;
  const least = isAlike ? LEAST_ALIKE : LEAST_OPERATIONS;
  for (let longer = isAlike ? BRIEF : 1; ; longer *= LONGER) {
    const { sample, operations } = sampleOf(specOf(measurement, longer));
    if (operations >= least || SPAN.measureUs * longer > MOST_US) return sample;
  }
}

function specOf(measurement: Measurement, longer: number): RunSpec {
  const { host, policy, operation, params = {}, cores = 1, profile = {} } = measurement;
  const features = [...(host.features ?? []), ...(measurement.features ?? [])];
  const { machine, gigahertz, mitigations, virtual, pcid } = host;
  const clock = gigahertz === undefined ? {} : { clockHz: gigahertz * 1e9 };
  return {
    config: {
      machine,
      ...(virtual === true || pcid === false || features.length > 0
        ? { machineProfile: withFeatures(host, features) }
        : {}),
      cores,
      kpti: host.kpti ?? machines[machine].features.includes('kpti'),
      mitigations,
      policy,
      scheduler: 'eevdf',
      preemption: 'full',
      profile: { ...clock, ...profile },
      warmupUs: SPAN.warmupUs * Math.max(1, longer),
      measureUs: SPAN.measureUs * longer,
      syncWindow: 0,
      fidelity: 'exact',
      workload: 'micro',
      params: { ...defaultsOf('micro'), operation, ...params },
    },
    seed: 1,
    replication: 0,
  };
}

function defaultsOf(workload: string): RunSpec['config']['params'] {
  const { params } = workloads[workload];
  return Object.fromEntries(Object.entries(params).map(([name, spec]) => [name, spec.default] as const));
}

/** A server on a core, its clients as many as its defaults say. */
function serverSpec(measurement: Measurement): RunSpec {
  const spec = specOf(measurement, 1);
  const { operation: workload, params = {} } = measurement;
  return { ...spec, config: { ...spec.config, ...SERVER, workload, params: { ...defaultsOf(workload), ...params } } };
}

function sampleOfServer(spec: RunSpec): Sample {
  const { metrics } = run(spec);
  return sampleWith(spec, 1e9 / valueOf(metrics, 'throughput'), metrics);
}

function sampleOf(spec: RunSpec): { readonly sample: Sample; readonly operations: number } {
  const { metrics } = run(spec);
  const operations = Math.round((valueOf(metrics, 'throughput') * spec.config.measureUs) / 1e6);
  const ns = operations === 0 ? NaN : valueOf(metrics, 'latency.mean') * 1000;
  return { sample: sampleWith(spec, ns, metrics), operations };
}

function valueOf(metrics: readonly MetricRow[], name: string): number {
  return metrics.find((row) => row.name === name)?.value ?? 0;
}

function sampleWith({ config: { profile, machine } }: RunSpec, ns: number, metrics: readonly MetricRow[]): Sample {
  const hertz = profile['clockHz'] ?? machines[machine].clockHz.value;
  return {
    ns,
    cycles: (ns * hertz) / 1e9,
    value: (name) => valueOf(metrics, name),
    sum: (prefix) => metrics.reduce((sum, { name, value }) => (name.startsWith(prefix) ? sum + value : sum), 0),
  };
}
