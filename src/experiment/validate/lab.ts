import type { RunSpec } from '../../archive/rows.ts';
import { machines } from '../../hw/profiles/index.ts';
import { workloads } from '../../workloads/index.ts';
import { run } from '../run.ts';
import type { Host } from './machines.ts';

/** One micro-benchmark on one machine under one policy. */
export interface Measurement {
  readonly host: Host;
  readonly policy: string;
  readonly operation: string;
  readonly params?: Readonly<Record<string, number>>;
  readonly cores?: number;
}

/** What a measurement gives: the mean time of an operation. */
export interface Time {
  readonly ns: number;
  readonly cycles: number;
}

/** Simulated time of a first try in microseconds, and how much longer the next one is while too few operations come to their end. */
const SPAN = { warmupUs: 200, measureUs: 800 } as const;
const LONGER = 4;
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
  for (let longer = 1; ; longer *= LONGER) {
    const { time, operations } = timeOf(specOf(measurement, longer));
    if (operations >= LEAST_OPERATIONS || SPAN.measureUs * longer > MOST_US) return time;
  }
}

function specOf({ host, policy, operation, params = {}, cores = 1 }: Measurement, longer: number): RunSpec {
  const { machine, gigahertz, mitigations } = host;
  const defaults = Object.entries(workloads['micro'].params).map(([name, spec]) => [name, spec.default] as const);
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
      params: { ...Object.fromEntries(defaults), operation, ...params },
    },
    seed: 1,
    replication: 0,
  };
}

function timeOf(spec: RunSpec): { readonly time: Time; readonly operations: number } {
  const { metrics } = run(spec);
  const value = (name: string): number => metrics.find((row) => row.name === name)?.value ?? 0;
  const operations = Math.round((value('throughput') * spec.config.measureUs) / 1e6);
  if (operations === 0) return { time: { ns: NaN, cycles: NaN }, operations };
  const ns = value('latency.mean') * 1000;
  const hz = spec.config.profile['clockHz'] ?? machines[spec.config.machine].clockHz.value;
  return { time: { ns, cycles: (ns * hz) / 1e9 }, operations };
}
