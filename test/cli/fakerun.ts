import type { MetricRow, RunResult, RunSpec } from '../../src/archive/rows.ts';

/** Requests per second that the fake serves: more cores, policies of more letters and even replications are faster. */
function throughputOf({ config, replication }: RunSpec): number {
  return config.cores * (1000 + 10 * config.policy.length) + (replication % 2 === 0 ? 7 : -7) * (1 + replication / 10);
}

/**
 * Stands in for the simulator in tests of pools and files: takes `measureUs` of real time when its workload says "compute", fails at
 * load 0.13, ends its thread at load 0.14 and talks at load 0.15.
 */
export async function run(spec: RunSpec): Promise<RunResult> {
  const { config } = spec;
  const load = config.params['load'];
  if (load === 0.13) throw new Error(`load ${load} is unlucky`);
  if (load === 0.14) process.exit(7);
  if (load === 0.15) console.log('a model that talks');
  if (config.workload === 'compute') await new Promise((resolve) => setTimeout(resolve, config.measureUs / 1000));
  const throughput = throughputOf(spec);
  const metrics: MetricRow[] = [
    { name: 'throughput', component: 'server', value: throughput, unit: 'requests/s' },
    { name: 'latency.p99', component: 'server', value: 1e6 / throughput, unit: 'us' },
  ];
  const quantiles = { p50: 1, p90: 2, p95: 2, p99: 3, p999: 3 };
  const shape = {
    samples: 3,
    mean: 2,
    stdev: 1,
    min: 1,
    max: 3,
    quantiles,
    buckets: [
      [1, 1],
      [2, 1],
      [3, 1],
    ] as const,
  };
  return {
    spec,
    fingerprint: `${spec.replication.toString(16).padStart(16, '0')}/tcpv`,
    events: Math.round(throughput),
    warmup: [{ name: 'server.completed', value: 12, unit: 'count', doc: 'Requests completed' }],
    measure: [
      { name: 'server.completed', value: Math.round(throughput / 10), unit: 'count', doc: 'Requests completed' },
    ],
    histograms: [{ name: 'server.latency', unit: 'cycles', doc: 'Time from arrival to completion', ...shape }],
    metrics,
    semantics: { transitions: { skm1: 1 }, refused: { skm1EPERM: 1 }, violations: {} },
  };
}
