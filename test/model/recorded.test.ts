import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { counter, runOf, type Settings } from './runs.ts';

/** Calls per request of a recorded server under strace, one value for each of three runs (test/data/README.md). */
function recorded(server: string, call: string): number[] {
  const rows = readFileSync('test/data/servers/calls.csv', 'utf8').trim().split('\n').slice(1);
  return rows
    .map((row) => row.split(','))
    .filter(([, name, , , syscall]) => name === server && syscall === call)
    .map(([, , , , , perRequest]) => Number(perRequest));
}

/** As recorded: the server on one processor of the host, four keep-alive connections in a closed loop. */
const CONNECTIONS = 4;
const HOST = { machine: 'genoa-vm', kpti: false, params: { connections: CONNECTIONS }, measureUs: 10_000 } as const;

/** Calls of the model, by the names of Linux. */
const MODEL_CALLS: Readonly<Record<string, readonly string[]>> = {
  epoll_ctl: ['epoll_add', 'epoll_del'],
  futex: ['futex_wait', 'futex_wake'],
};

/** Sums over a run for each seed. */
function modelled(
  settings: Settings,
  seeds: readonly number[] = [1],
): {
  perRequest(call: string): number;
  calls(call: string): number;
  completed: number;
} {
  const results = seeds.map((seed) => runOf({ ...settings, seed }));
  const sum = (name: string): number => results.reduce((total, result) => total + counter(result, name), 0);
  const completed = sum('server.completed');
  const calls = (call: string): number =>
    (MODEL_CALLS[call] ?? [call]).reduce((total, name) => total + sum(`kernel.calls.${name}`), 0);
  return { completed, calls, perRequest: (call) => calls(call) / completed };
}

describe('java-http', () => {
  // Who wins the races of its threads decides how often it waits: 0.90 to 0.95 times a request among the seeds of one model.
  const seeds = [1, 2, 3, 4];
  const model = modelled({ ...HOST, workload: 'java-http' }, seeds);

  it.each([
    ['fcntl', 4],
    ['epoll_ctl', 2],
    ['pread64', 1],
  ])(
    'makes %s %i times for every request, as recorded: only requests under way at both ends are counted in part',
    (call, times) => {
      for (const value of recorded('jdkhttp17-fixed4', call)) expect(Math.abs(value - times)).toBeLessThan(0.002);
      expect(Math.abs(model.calls(call) - times * model.completed)).toBeLessThanOrEqual(
        times * CONNECTIONS * seeds.length,
      );
      expect(model.completed).toBeGreaterThan(200);
    },
  );

  it('wakes and waits on futexes as often as recorded: within the range of the three runs, widened by a tenth', () => {
    const runs = recorded('jdkhttp17-fixed4', 'futex');

    expect(model.perRequest('futex')).toBeGreaterThan(Math.min(...runs) * 0.9);
    expect(model.perRequest('futex')).toBeLessThan(Math.max(...runs) * 1.1);
  });

  it.each(['epoll_wait', 'read', 'write'])(
    'makes %s, which depends on load, less often than recorded under strace, by less than half a call',
    (call) => {
      const least = Math.min(...recorded('jdkhttp17-fixed4', call));

      expect(model.perRequest(call)).toBeLessThan(least);
      expect(model.perRequest(call)).toBeGreaterThan(least - 0.5);
    },
  );
});

describe('java-nio', () => {
  const model = modelled({ ...HOST, workload: 'java-nio' });

  it.each([
    ['write', 2],
    ['read', 1],
    ['pread64', 1],
  ])('makes %s %i times for every request, as recorded', (call, times) => {
    for (const value of recorded('nio17-1', call)) expect(Math.abs(value - times)).toBeLessThan(0.002);
    expect(Math.abs(model.calls(call) - times * model.completed)).toBeLessThanOrEqual(times * CONNECTIONS);
    expect(model.completed).toBeGreaterThan(500);
  });

  it('waits once for every three requests: 0.33, within a tenth of the recorded 0.36 to 0.45', () => {
    const runs = recorded('nio17-1', 'epoll_wait');

    expect(model.perRequest('epoll_wait')).toBeGreaterThan(Math.min(...runs) * 0.9);
    expect(model.perRequest('epoll_wait')).toBeLessThan(Math.max(...runs) * 1.1);
  });
});
