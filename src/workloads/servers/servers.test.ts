import { describe, expect, it } from 'vitest';
import { counter, metric, runOf, type Settings } from '../../../test/model/runs.ts';
import { machines } from '../../hw/profiles/index.ts';
import type { RunResult } from '../../archive/rows.ts';
import { servers } from './index.ts';

/** A server: whether it is managed, the calls of a request as its program makes them, and of a connection with one request under TLS. */
interface Row {
  readonly kind: 'managed' | 'native';
  readonly params?: Settings['params'];
  readonly measureUs?: number;
  /** Requests a second of open load; that of `OPEN` if absent. */
  readonly ratePerSecond?: number;
  /** Over which policies are compared; one if absent. */
  readonly seeds?: readonly number[];
  readonly calls: Readonly<Record<string, number>>;
  /** Absent where clients never open connections. */
  readonly oneShot?: Readonly<Record<string, number>>;
}

const ROWS: Readonly<Record<string, Row>> = {
  'thread-per-request': {
    kind: 'managed',
    calls: { read: 1, write: 1 },
    oneShot: { accept4: 1, clone: 1, read: 2, write: 2, close: 1, exit: 1 },
  },
  'event-loop': { kind: 'managed', calls: { read: 1, write: 1 }, oneShot: { accept4: 1, epoll_add: 1, close: 1 } },
  'virtual-threads': {
    kind: 'managed',
    // The read that finds nothing, the poller armed, the read that finds the request.
    calls: { read: 2, epoll_mod: 1, write: 1 },
    oneShot: { accept4: 1, write: 2, close: 1 },
  },
  'tomcat-pool': {
    kind: 'managed',
    calls: { epoll_add: 1, epoll_del: 1 },
    oneShot: { accept4: 1, close: 1, epoll_add: 2, epoll_del: 2 },
  },
  'kafka-log': {
    kind: 'managed',
    params: { readShare: 0, syncBatches: 1 },
    // 800 requests a run.
    measureUs: 24_000,
    // Half as many: at 20 000 dearer crossings fill the core, and one look at the sockets serves more requests.
    ratePerSecond: 10_000,
    calls: { pwrite64: 1, fsync: 1, epoll_del: 1, epoll_add: 1, epoll_mod: 1 },
    oneShot: { accept4: 1, close: 1, pwrite64: 1, epoll_add: 2 },
  },
  'cassandra-mix': {
    kind: 'managed',
    // All requests alike, for they are long and few in the window.
    params: { readShare: 1, memtableShare: 0, cachedShare: 1 },
    measureUs: 32_000,
    // 900 requests a run, whose number varies by 1 % among seeds.
    seeds: [1, 2],
    calls: { pread64: 2 },
    oneShot: { accept4: 1, close: 1, epoll_add: 1 },
  },
  redis: {
    kind: 'native',
    calls: { read: 1, write: 1 },
    oneShot: { epoll_add: 1, write: 2, close: 1 },
  },
  nginx: {
    kind: 'native',
    calls: { recvfrom: 1, openat: 1, fstat: 1, writev: 1, sendfile: 1, close: 1, write: 1 },
    oneShot: { accept4: 1, read: 1, recvfrom: 1, pread64: 1, close: 2 },
  },
  memcached: {
    kind: 'native',
    calls: { read: 1, sendmsg: 1 },
    oneShot: { accept4: 1, sendmsg: 1, close: 1 },
  },
};

const MACHINE = 'skylake-sp';
/** Little work beside the calls, so that few milliseconds tell policies apart; parameters that a server does not have are left out. */
const LIGHT = { connections: 24, requestInstructions: 2000, tlsHandshakeInstructions: 20_000 };
const OPEN = { connections: 32, arrivals: 'open', ratePerSecond: 20_000 };
const SHORT = { machine: MACHINE, warmupUs: 1000, measureUs: 6000, syncWindow: 1000 };
const CROSSINGS = ['crossingHardware', 'crossingSoftware', 'crossingPageTable', 'check'];

function ran(workload: string, settings: Partial<Settings>): RunResult {
  const params = Object.entries({ ...LIGHT, ...ROWS[workload].params, ...settings.params });
  const own = params.filter(([name]) => Object.hasOwn(servers[workload].params, name));
  const { measureUs = SHORT.measureUs } = ROWS[workload];
  return runOf({ ...SHORT, measureUs, ...settings, workload, params: Object.fromEntries(own) });
}

const throughput = (result: RunResult): number => metric(result, 'throughput');

/** Mean throughput of a server under a policy over its seeds. */
function mean(workload: string, policy: string): number {
  const runs = (ROWS[workload].seeds ?? [1]).map((seed) => throughput(ran(workload, { policy, seed })));
  return runs.reduce((sum, value) => sum + value, 0) / runs.length;
}

function crossingCycles(workload: string, scale: number): number {
  const costs = Object.entries(machines[MACHINE].cost).map(
    ([step, { value }]) => [`cost.${step}`, value * scale] as const,
  );
  const { ratePerSecond = OPEN.ratePerSecond } = ROWS[workload];
  const result = ran(workload, {
    params: { ...OPEN, ratePerSecond },
    profile: Object.fromEntries(costs),
    policy: 'baseline',
  });
  return CROSSINGS.reduce((sum, part) => sum + counter(result, `core0.cpi.${part}`), 0);
}

function callsOf(result: RunResult, names: readonly string[]): number[] {
  return names.map((name) => metric(result, `callsPerRequest.${name}`));
}

/** Expects rates within a tenth of a call: requests that are under way at either end of the window. */
function expectCalls(result: RunResult, calls: Readonly<Record<string, number>>): void {
  const names = Object.keys(calls);
  const found = callsOf(result, names);
  for (const [i, name] of names.entries()) expect(found[i], name).toBeGreaterThan(0.9 * calls[name]);
  for (const [i, name] of names.entries()) expect(found[i], name).toBeLessThan(1.1 * calls[name] + 0.02);
}

it('has a row here for every server', () => {
  expect(Object.keys(ROWS)).toEqual(Object.keys(servers));
});

describe.each(Object.entries(ROWS))('%s', (name, { kind, calls, oneShot }) => {
  const baseline = ran(name, { policy: 'baseline' });
  const kernelmode = ran(name, { policy: 'kernelmode' });

  it('makes the calls of its program, under baseline and in kernel mode', () => {
    expectCalls(baseline, calls);
    expectCalls(kernelmode, calls);
  });

  it('gains in kernel mode, by no more than crossings without any cost', () => {
    expect(mean(name, 'kernelmode')).toBeGreaterThan(mean(name, 'baseline'));
    expect(mean(name, 'free')).toBeGreaterThan(0.99 * mean(name, 'kernelmode'));
  });

  it(`${kind === 'managed' ? 'gains as much' : 'gains nothing'} where single pages are trusted`, () => {
    const bypage = mean(name, 'bypage');
    const expected = mean(name, kind === 'managed' ? 'kernelmode' : 'baseline');
    // Threads start by other ways in, so that a few milliseconds of a managed server are not alike to the request.
    expect(Math.abs(bypage / expected - 1)).toBeLessThan(kind === 'managed' ? 0.02 : 1e-9);
  });

  it('spends twice the time in crossings that cost twice as much', () => {
    const ratio = crossingCycles(name, 2) / crossingCycles(name, 1);
    expect(Math.abs(ratio / 2 - 1)).toBeLessThan(0.05);
  });

  it.runIf(oneShot !== undefined)('serves connections with one request each, under TLS', () => {
    expectCalls(ran(name, { params: { connections: 8, connectionRequests: 1, tls: true } }), oneShot!);
  });
});
