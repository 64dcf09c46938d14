import { describe, expect, it } from 'vitest';
import { assemble, type Assembly } from '../../src/experiment/assemble.ts';
import { audit } from '../../src/experiment/audit.ts';
import { NativeEngine } from '../../src/sim/nativeengine.ts';
import { workloads } from '../../src/workloads/index.ts';
import { javaCompute } from '../../src/workloads/javacompute.ts';
import type { Workload } from '../../src/workloads/workload.ts';
import { runOf, specOf } from './runs.ts';

/** 10 ms of skylake-sp. */
const END = 21e6;

/** A server of two cores after 10 ms, not yet audited. */
function afterAWhile(): Assembly {
  const engine = new NativeEngine();
  const assembly = assemble(
    specOf({ workload: 'java-nio', machine: 'skylake-sp', cores: 2, policy: 'kernelmode', params: { thinkUs: 500 } }),
    engine,
  );
  assembly.requests.restart();
  engine.runUntil(END);
  for (const core of assembly.machine.cores) core.settle(END);
  assembly.requests.settle(END);
  assembly.machine.publish();
  return assembly;
}

/** What a tampering with a run is told. */
function toldOf(tamper: (assembly: Assembly) => void): string {
  const assembly = afterAWhile();
  tamper(assembly);
  try {
    audit(assembly, { end: END + 1e6, underWay: 0 });
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing';
}

/** Adds to one counter, found by its name. */
const alter = (name: string, by: number) => (assembly: Assembly) => {
  const { stats } = assembly;
  const before = stats.rows(stats.snapshot());
  const index = stats.values.findIndex((_, i) => {
    stats.values[i] += by;
    const changed = stats.rows(stats.snapshot()).find((row, at) => row.value !== before[at].value)?.name;
    if (changed !== name) stats.values[i] -= by;
    return changed === name;
  });
  expect(index).toBeGreaterThanOrEqual(0);
};

describe('the audit of a run', () => {
  it('finds nothing wrong in 10 ms of a server of two cores, in which requests, sleeps and interrupts occurred', () => {
    const { requests, kernel } = afterAWhile();

    expect(toldOf(() => {})).toBe('nothing');
    expect(Math.min(requests.completed, requests.underWay, kernel.scheduler.times.sleeps)).toBeGreaterThan(1);
  });

  it.each([
    ['a cycle in no bucket', alter('core1.cpi.userBase', 1), /CPI buckets sum to \d+ cycles, the clock says \d+/],
    ['a request that was never due', alter('server.completed', 1), /requests begun, \d+ completed, \d+ under way/],
    ['a sleeper that nobody woke', alter('kernel.sched.wakeups', 1), /\d+ times, \d+ were woken and \d+ are asleep/],
    ['a cycle in which a thread was in no state', alter('kernel.threads.running', -1), /asleep \d+ cycles of \d+/],
    [
      'threads that ran longer than there was anything to run on',
      (assembly: Assembly) => {
        alter('kernel.threads.running', 1e9)(assembly);
        alter('kernel.threads.sleeping', -1e9)(assembly);
      },
      /threads ran \d+ cycles, cores were busy \d+/,
    ],
    [
      'a message that nobody delivered',
      alter('nic.received', 1),
      /\d+ messages arrived, \d+ were delivered and \d+ wait/,
    ],
    [
      'a lost message that nobody sends again',
      ({ machine: { nic } }: Assembly) => (nic.losses as { dropped: number }).dropped++,
      /1 messages were lost, 0 were sent again, 0 wait/,
    ],
    ['an invariant that was broken', alter('semantics.violations.I1', 1), /invariant I1 1 times/],
    [
      'an interrupt that got lost',
      ({ machine }: Assembly) => machine.apic.sendIpi(0, END),
      /1 interrupts between processors were sent but not delivered/,
    ],
    [
      'latencies of twice the time',
      ({ requests }: Assembly) => {
        for (let i = requests.latency.samples; i > 0; i--) requests.latency.record(requests.latency.mean);
      },
      /request cycles were under way, latencies say/,
    ],
  ])('reports %s', (_what, tamper, message) => {
    expect(toldOf(tamper)).toMatch(message);
  });
});

describe('a run', () => {
  const broken: Workload = {
    ...javaCompute,
    build(context, params) {
      return javaCompute.build({ ...context, begin: () => {} }, params);
    },
  };

  it.each([2000, 0])(
    'with a warm-up of %i us fails when its workload completes requests that were never due',
    (warmupUs) => {
      Object.assign(workloads, { broken });
      try {
        expect(() => runOf({ workload: 'broken', warmupUs, measureUs: 2000 })).toThrow(
          /0 requests begun, \d+ completed, -\d+ under way/,
        );
      } finally {
        delete (workloads as Record<string, Workload>)['broken'];
      }
    },
  );
});
