import { describe, expect, it } from 'vitest';
import type { RunConfig, RunResult } from '../../src/archive/rows.ts';
import { catalogue } from '../../src/experiment/names.ts';
import { measurements } from '../../src/experiment/expand.ts';
import { readStudyFile } from '../../src/experiment/node/readstudy.ts';
import { loadStudy } from '../../src/experiment/study.ts';
import { machines } from '../../src/hw/profiles/index.ts';
import { policies } from '../../src/kernel/policies/index.ts';
import { OPERATIONS } from '../../src/workloads/micro/index.ts';
import { counter, metric, runOf } from './runs.ts';

const STUDY = loadStudy('experiments/micro/lmbench.yaml', readStudyFile, { catalogue });
/** Rows of its table: operations with their sizes, those of one machine under one policy. */
const ROWS = measurements(STUDY, catalogue)
  .map(({ config }) => config)
  .filter(({ machine, policy }) => machine === 'genoa-vm' && policy === 'baseline');
/** Rows of which one operation takes a fraction of a millisecond on every machine. */
const SHORT = ROWS.filter(
  ({ params: { operation, processes } }) => processes === 2 && !/exec|shell/.test(`${operation}`),
);

const MACHINES = Object.keys(machines);
const POLICIES = Object.keys(policies);

/** Operations that a row completes, and threads that the literal reading ends for a fault at CPL 0. */
function outcome(row: RunConfig, machine: string, policy: string): { completed: number; killed: number } {
  const cores = Math.min(row.cores, machines[machine].maxCores);
  const at = (measureUs: number) => {
    const run = runOf({ ...row, machine, policy, cores, warmupUs: 50, measureUs, syncWindow: 1000 });
    const killed = run.warmup.concat(run.measure).filter(({ name }) => name === 'semantics.transitions.killed');
    return { completed: counter(run, 'server.completed'), killed: killed.reduce((sum, { value }) => sum + value, 0) };
  };
  const first = at(300);
  return first.completed + first.killed > 0 ? first : at(5000);
}

function latency(machine: string, policy: string, operation: string): number {
  const setting = { workload: 'micro', machine, policy, params: { operation } };
  return metric(runOf({ ...setting, kpti: false, warmupUs: 50, measureUs: 200 }), 'latency.mean');
}

describe('the study of lmbench', () => {
  it('has each kind of row: calls, vDSO, files, polls, signals, faults, mappings, hand-overs, rings of 2 to 16, processes', () => {
    const named = new Set(ROWS.map(({ params }) => params['operation']));
    const wanted =
      'null vdso clock read-null write-null read write stat open-close select poll epoll signal-install signal page-fault protection-fault mmap shootdown futex thread unix tcp ring ring-self fork exec shell';
    const rings = ROWS.filter(({ params }) => params['operation'] === 'ring');

    expect(named).toEqual(new Set(wanted.split(' ')));
    expect([...named].filter((name) => !Object.hasOwn(OPERATIONS, String(name)))).toEqual([]);
    expect(rings.map(({ params }) => [params['processes'], params['pages']])).toEqual([
      [2, 0],
      [2, 4],
      [2, 16],
      [8, 4],
      [8, 16],
      [16, 4],
      [16, 16],
    ]);
    expect(STUDY.vary['policy']).toContain('baseline+int80');
  });

  it.each(MACHINES)('runs on %s under a quarter of the policies, each with another row', (machine) => {
    const offset = MACHINES.indexOf(machine);
    const share = POLICIES.filter((_, i) => i % 4 === offset % 4);
    const idle = share.filter((policy, i) => {
      const { completed, killed } = outcome(SHORT[(offset * 6 + i) % SHORT.length], machine, policy);
      return completed + killed === 0;
    });

    expect(idle).toEqual([]);
  });

  it('ends a thread that writes to a read-only page at CPL 0, but under FAULTC, where the fault is a signal', () => {
    const row = ROWS.find(({ params }) => params['operation'] === 'protection-fault')!;
    const killed = ['baseline', 'kernelmode', 'bypage', 'bypage-hardened'].map((policy) => {
      const found = outcome(row, 'toy', policy);
      return [policy, found.killed, found.completed > 0];
    });

    expect(killed).toEqual([
      ['baseline', 0, true],
      ['kernelmode', 1, false],
      ['bypage', 1, false],
      ['bypage-hardened', 0, true],
    ]);
  });

  it('finds a call by INT 0x80 slower than the null call, and the vDSO faster than the call, with SYSENTER, SYSCALL and FRED', () => {
    for (const machine of ['northwood', 'genoa-vm', 'fred']) {
      const gate = latency(machine, 'baseline+int80', 'null');
      expect([machine, gate > latency(machine, 'baseline', 'null')]).toEqual([machine, true]);
      const clock = latency(machine, 'baseline', 'clock');
      expect([machine, clock > latency(machine, 'baseline+vdso', 'clock')]).toEqual([machine, true]);
    }
  });
});

function writing(operation: string, cores: number): RunResult {
  return runOf({ workload: 'micro', machine: 'toy', cores, params: { operation }, warmupUs: 50, measureUs: 500 });
}

describe('two threads that write', () => {
  it('to one line from two cores take a transfer of 50 cycles each time: false sharing', () => {
    const [shared, own] = [writing('line-shared', 2), writing('line-own', 2)];

    expect(metric(shared, 'latency.mean') - metric(own, 'latency.mean')).toBeCloseTo(0.05, 2);
    expect(metric(shared, 'served.remoteUser')).toBeGreaterThan(1.9);
    expect(metric(own, 'served.remoteUser')).toBe(0);
  });

  it('from one core never do', () => {
    expect(metric(writing('line-shared', 1), 'served.remoteUser')).toBe(0);
  });
});
