import { describe, expect, it } from 'vitest';
import { metric, runOf } from '../../../test/model/runs.ts';
import { bootToy, processOf, sys, type ToySystem } from '../../../test/model/toysystem.ts';
import { Nr, Op, type CallName, type FileSpec, type Program, type ThreadEnv } from '../abi.ts';
import { findPolicy } from '../policies/find.ts';
import type { Policy } from '../policy.ts';

const FILES: readonly FileSpec[] = [{ kind: 'pagecache', pages: 8 }, { kind: 'eventfd' }];
const SQPOLL = findPolicy('io_uring-sqpoll')!;

/** The policy whose pollers sleep after so many ns. */
function idleAfter(idleNs: number, cpu: 'any' | 'last' = 'any'): Policy {
  const { service } = SQPOLL;
  if (service.kind !== 'polled') throw new TypeError('the policy has no poller');
  return { ...SQPOLL, service: { ...service, idleNs, cpu } };
}

function boot(program: Program, policy = SQPOLL, cores = 2): ToySystem {
  const system = bootToy([processOf([program], { files: FILES })], { policy, cores });
  system.engine.runUntil(4e6);
  for (const core of system.machine.cores) core.settle(4e6);
  return system;
}

function push(env: ThreadEnv, name: CallName, a = 0, b = 0, c = 0): void {
  env.stream.push(Op.Syscall, a, b, c, Nr[name]);
}

/** So many reads, each after work of 2000 instructions, and nothing more. */
const readTimes = (count: number, instructions = 2000): Program =>
  function* (env) {
    for (let i = 0; i < count; i++) {
      push(env, 'pread64', 0, 64, i);
      env.stream.push(Op.Execute, env.lineOf('native'), 1, instructions);
      yield;
    }
  };

const crossings = ({ value }: ToySystem, core: number): number =>
  ['crossingHardware', 'crossingSoftware', 'crossingPageTable'].reduce(
    (sum, part) => sum + value(`core${core}.cpi.${part}`),
    0,
  );

/** What polling gains on so many cores for one thread that makes 1000 reads a millisecond. */
function gain(cores: number): number {
  const params = { threads: 1, syscallsPerMs: 1000 };
  const served = (policy: string): number =>
    metric(runOf({ workload: 'call-graph', cores, policy, warmupUs: 500, measureUs: 1500, params }), 'throughput');
  return served('io_uring-sqpoll') / served('baseline') - 1;
}

describe('a polled ring', () => {
  it('performs 20 reads, for which the thread enters the kernel once, to wake the poller', () => {
    const system = boot(readTimes(20));

    expect(system.value('kernel.calls.pread64')).toBe(20);
    expect(system.value('kernel.calls.io_uring_enter')).toBe(1);
  });

  it('takes 20 steps of posting from a thread for 20 more reads, and no crossing', () => {
    const [few, many] = [5, 25].map((count) => crossings(boot(readTimes(count)), 0));

    expect(many - few).toBe(20 * 10);
  });

  it('is drained, in order, before a call that may not wait: 3 calls on a counter leave it as they would one by one', () => {
    const results: number[] = [];
    const { value } = boot(function* (env) {
      push(env, 'write', 1, 8);
      push(env, 'write', 1, 8);
      push(env, 'read', 1, 8);
      results.push(yield* sys(env, 'getppid'));
      push(env, 'write', 1, 8);
      results.push(yield* sys(env, 'epoll_wait', 0, 1, 0));
    });

    expect(['write', 'read', 'getppid', 'epoll_wait'].map((name) => value(`kernel.calls.${name}`))).toEqual([
      3, 1, 1, 1,
    ]);
    expect(results).toHaveLength(2);
  });

  it('that is full makes its thread wait until it is drained: all of 200 reads are performed', () => {
    const { value } = boot(readTimes(200, 1));

    expect(value('kernel.calls.pread64')).toBe(200);
    expect(value('kernel.calls.io_uring_enter')).toBeGreaterThan(1);
  });

  it('has a poller that sleeps after its idle time, so that each of 5 reads far apart wakes it, and its core idles', () => {
    const sleepy = boot(readTimes(5, 100_000), idleAfter(100));
    const awake = boot(readTimes(5, 100_000), idleAfter(1e9));

    expect(sleepy.value('kernel.calls.io_uring_enter')).toBe(5);
    expect(awake.value('kernel.calls.io_uring_enter')).toBe(1);
    expect(sleepy.value('core1.cpi.idle')).toBeGreaterThan(3e6);
    expect(awake.value('core1.cpi.idle')).toBeLessThan(1e6);
  });

  it('costs nothing where no thread submits: there is no poller', () => {
    const system = boot(function* (env) {
      for (let i = 0; i < 10; i++) yield* sys(env, 'getppid');
    });

    expect(system.value('kernel.calls.sq_poll')).toBe(0);
    expect(system.kernel.scheduler.times.threads).toHaveLength(1);
  });

  it('may be pinned: the poller runs on the last of 4 CPUs', () => {
    const system = boot(readTimes(50), idleAfter(1e9, 'last'), 4);
    const poller = system.kernel.scheduler.times.threads.find(({ name }) => name.startsWith('sqpoll'));

    expect(poller?.lastCore).toBe(3);
    expect(system.value('core3.cpi.idle')).toBeLessThan(system.value('core2.cpi.idle'));
  });

  it('is worth its core and no more: with one thread it gains on two cores, and loses on one', () => {
    expect(gain(2)).toBeGreaterThan(0.1);
    expect(gain(1)).toBeLessThan(-0.05);
  });
});
