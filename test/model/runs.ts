import type { RunConfig, RunResult, RunSpec } from '../../src/archive/rows.ts';
import { run } from '../../src/experiment/run.ts';
import { workloads } from '../../src/workloads/index.ts';

/** What a test says about a run; the rest are defaults. */
export type Settings = Partial<Omit<RunConfig, 'workload'>> & { readonly workload: string; readonly seed?: number };

/** A run spec with the defaults of the workload's parameters: toy, one core, baseline with KPTI, 2 ms of warm-up, 20 ms measured. */
export function specOf({ workload, params = {}, seed = 1, ...config }: Settings): RunSpec {
  const defaults = Object.entries(workloads[workload].params).map(([name, spec]) => [name, spec.default] as const);
  return {
    config: {
      machine: 'toy',
      cores: 1,
      kpti: true,
      mitigations: true,
      policy: 'baseline',
      scheduler: 'eevdf',
      preemption: 'full',
      profile: {},
      warmupUs: 2000,
      measureUs: 20_000,
      syncWindow: 0,
      fidelity: 'exact',
      ...config,
      workload,
      params: { ...Object.fromEntries(defaults), ...params },
    },
    seed,
    replication: 0,
  };
}

/** Runs what the settings say. */
export function runOf(settings: Settings): RunResult {
  return run(specOf(settings));
}

/** Value of a metric of a run; 0 for a call that was never made. */
export function metric({ metrics }: RunResult, name: string): number {
  return metrics.find((row) => row.name === name)?.value ?? 0;
}

/** Value of a counter in the measured phase. */
export function counter({ measure }: RunResult, name: string): number {
  const row = measure.find((candidate) => candidate.name === name);
  if (row === undefined) throw new RangeError(`no counter ${name}`);
  return row.value;
}

/** Sum of the cycles of a core in the measured phase, over all buckets. */
export function cyclesOf({ measure }: RunResult, core: number): number {
  const rows = measure.filter(({ name }) => name.startsWith(`core${core}.cpi.`));
  return rows.reduce((sum, { value }) => sum + value, 0);
}
