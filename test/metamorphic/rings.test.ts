import { expect, it } from 'vitest';
import { servers } from '../../src/workloads/servers/index.ts';
import { metric, runOf } from '../model/runs.ts';

/** Share of its rate that a server may lose to a ring which gains it nothing: posting and looking at entries. */
const LOSS = 0.1;

function rate(workload: string, policy: string): number {
  return metric(runOf({ machine: 'skylake-sp', workload, policy, warmupUs: 2000, measureUs: 4000 }), 'throughput');
}

it.each(Object.keys(servers))(
  '%s serves as before when calls gather in a ring, as it waits for results it needs',
  (workload) => {
    const least = (1 - LOSS) * rate(workload, 'baseline');

    expect(rate(workload, 'io_uring')).toBeGreaterThan(least);
    expect(rate(workload, 'flexsc')).toBeGreaterThan(least);
  },
);
