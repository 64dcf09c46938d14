import type { RunSpec } from '../../archive/rows.ts';
import { machines } from '../../hw/profiles/index.ts';
import { workloads } from '../../workloads/index.ts';
import { run } from '../run.ts';
import type { Host } from './machines.ts';

/** One micro-benchmark, or a server under closed load, on one machine under one policy. */
export interface Measurement {
  readonly host: Host;
  readonly policy: string;
  /** Operation of the workload `micro`, or the name of a server. */
  readonly operation: string;
  readonly params?: Readonly<Record<string, number>>;
  readonly cores?: number;
}

/** What a measurement gives: the mean time of an operation, or between two requests that a server completes. */
export interface Time {
  readonly ns: number;
  readonly cycles: number;
}

/** Simulated time of a first try in microseconds, and how much longer the next one is while too few operations come to their end. */
const SPAN = { warmupUs: 200, measureUs: 800 } as const;
const LONGER = 4;
/** A server is measured over as long as its recorded mix needs. */
const SERVER = { warmupUs: 20_000, measureUs: 30_000, syncWindow: 1000 } as const;
const MOST_US = 300_000;
const LEAST_OPERATIONS = 8;

/** Runs micro-benchmarks, each once however often it is asked for. Equal questions give equal answers, to the bit. */
export class Lab {
  readonly #known = new Map<string, Time>();

  /** The time of an operation; NaN if none was completed. */
  measure(measurement: Measurement): Time {
    const key = JSON.stringify(measurement);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const time = longEnough(measurement);
    this.#known.set(key, time);
    return time;
  }

  /** Measurements made so far. */
  get runs(): number {
    return this.#known.size;
  }
}

/** Tries longer and longer until enough operations are timed. */
function longEnough(measurement: Measurement): Time {
  if (Object.hasOwn(workloads, measurement.operation)) return timeOfServer(serverSpec(measurement));
  for (let longer = 1; ; longer *= LONGER) {
    const { time, operations } = timeOf(specOf(measurement, longer));
    if (operations >= LEAST_OPERATIONS || SPAN.measureUs * longer > MOST_US) return time;
  }
}

function specOf(measurement: Measurement, longer: number): RunSpec {
  const { host, policy, operation, params = {}, cores = 1 } = measurement;
  const { machine, gigahertz, mitigations } = host;
  return {
    config: {
      machine,
      cores,
      kpti: host.kpti ?? machines[machine].features.includes('kpti'),
      mitigations,
      policy,
      scheduler: 'eevdf',
      preemption: 'full',
      profile: gigahertz === undefined ? {} : { clockHz: gigahertz * 1e9 },
      warmupUs: SPAN.warmupUs * longer,
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

function timeOfServer(spec: RunSpec): Time {
  const throughput = run(spec).metrics.find((row) => row.name === 'throughput')?.value ?? 0;
  const ns = 1e9 / throughput;
  return { ns, cycles: (ns * hertzOf(spec)) / 1e9 };
}

function hertzOf({ config: { profile, machine } }: RunSpec): number {
  return profile['clockHz'] ?? machines[machine].clockHz.value;
}

function timeOf(spec: RunSpec): { readonly time: Time; readonly operations: number } {
  const { metrics } = run(spec);
  const value = (name: string): number => metrics.find((row) => row.name === name)?.value ?? 0;
  const operations = Math.round((value('throughput') * spec.config.measureUs) / 1e6);
  if (operations === 0) return { time: { ns: NaN, cycles: NaN }, operations };
  const ns = value('latency.mean') * 1000;
  return { time: { ns, cycles: (ns * hertzOf(spec)) / 1e9 }, operations };
}
