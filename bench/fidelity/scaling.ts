import { sampleOf } from './compare.ts';

/** Speed of `interval` on a server of so many cores. */
export interface Scale {
  readonly cores: number;
  /** System calls simulated in a second of this process's CPU time. */
  readonly callsPerSecond: number;
  /** CPU seconds for one simulated second of one core. */
  readonly slowdown: number;
}

const CONNECTIONS_PER_CORE = 4;
const WARM_MS = 1;
/** Simulated milliseconds of all cores together, so that every point takes the same time. */
const CORE_MS = 500;

/** Speeds of the event-loop server, from few cores to many; machines are widened beyond what they were sold with. */
export function scaling(cores: readonly number[]): readonly Scale[] {
  measure(4); // compiles the hot paths
  return cores.map(measure);
}

function measure(cores: number): Scale {
  const { calls, coreMs, cpuSeconds } = sampleOf(
    {
      machine: 'skylake-sp',
      workload: 'java-nio',
      policy: 'baseline',
      cores,
      fidelity: 'interval',
      warmupUs: WARM_MS * 1000,
      measureUs: (CORE_MS / cores) * 1000,
    },
    { connections: cores * CONNECTIONS_PER_CORE },
  );
  return { cores, callsPerSecond: calls / cpuSeconds, slowdown: (cpuSeconds * 1000) / coreMs };
}
