import { describe, expect, it } from 'vitest';
import { metric, runOf, type Settings } from '../../../test/model/runs.ts';
import { Transport } from '../transport.ts';
import { servers } from './index.ts';

const NAMES = Object.keys(servers);
const LIGHT = { connections: 24, requestInstructions: 2000 };
const SHORT = { machine: 'skylake-sp', warmupUs: 1000, measureUs: 5000, syncWindow: 1000 };

function ran(workload: string, params: Settings['params'], settings: Partial<Settings> = {}) {
  const known = Object.entries({ ...LIGHT, ...params }).filter(([name]) =>
    Object.hasOwn(servers[workload].params, name),
  );
  const result = runOf({ ...SHORT, ...settings, workload, params: Object.fromEntries(known) });
  const calls = (name: string): number => metric(result, `callsPerRequest.${name}`);
  return { result, calls, throughput: metric(result, 'throughput') };
}

/** Requests a second of an event loop under TLS relative to those without. */
function shareUnderTls(replyBytes: number): number {
  return ran('event-loop', { tls: true, replyBytes }).throughput / ran('event-loop', { replyBytes }).throughput;
}

describe('every server', () => {
  it.each(NAMES)('%s serves what clients ask for in bursts, with skewed keys and sizes of a lognormal law', (name) => {
    const load = { arrivals: 'mmpp', ratePerSecond: 8000, connections: 64, keySkew: 0.9, payload: 'lognormal' };
    const { throughput } = ran(name, { ...load, burstMs: 0.2 }, { measureUs: 10_000 });
    // Some 80 requests in bursts: an index of dispersion of 3 makes a standard error of a fifth.
    expect(throughput).toBeGreaterThan(8000 * 0.5);
    expect(throughput).toBeLessThan(8000 * 1.6);
  });

  it.each(['event-loop', 'redis', 'nginx'])('%s goes on beside a hostile thread and wild writes', (name) => {
    const attack = '0:procmem A; 0:ENTER A; 0:step';
    const { result, throughput } = ran(
      name,
      { attack, wildPerSecond: 10_000 },
      { policy: 'bypage-hardened', measureUs: 20_000 },
    );
    expect(throughput).toBeGreaterThan(0);
    expect(result.semantics.attack!.rounds).toBeGreaterThan(0);
  });

  it('gives the same run for the same seed: of all nine, on two cores', () => {
    for (const name of NAMES) {
      const prints = [1, 2].map(() => ran(name, { connections: 8 }, { cores: 2, measureUs: 500 }).result.fingerprint);
      expect(prints[0], name).toBe(prints[1]);
    }
  });
});

describe('TLS', () => {
  it('adds 22 bytes to each record of 16 KiB, and takes 2 instructions a byte and 1500 a record', () => {
    const transport = new Transport({ tls: true, tlsByteInstructions: 2, tlsRecordInstructions: 1500 });
    expect([1, 16_384, 16_385].map((bytes) => transport.sealed(bytes) - bytes)).toEqual([22, 22, 44]);
    expect(transport.cryptInstructions(20_000)).toBe(43_000);
  });

  it('makes the replies of an event loop dearer by the more the larger they are', () => {
    expect(shareUnderTls(16_384)).toBeLessThan(shareUnderTls(256));
    expect(shareUnderTls(256)).toBeLessThan(1);
  });
});

describe('a database behind a socket', () => {
  const queries = { databaseCalls: 2, connections: 8 };

  it('on the same machine is asked twice a request: 3 reads and writes of the server, 2 of the database', () => {
    const { calls } = ran('thread-per-request', { ...queries, databaseInstructions: 1000 });
    expect(calls('read')).toBeCloseTo(5, 0);
    expect(calls('write')).toBeCloseTo(5, 0);
  });

  it('far away bounds the server: 4 connections and 200 us give at most 10000 requests of 2 queries a second', () => {
    const far = { ...queries, database: 'remote', databaseConnections: 4, databaseUs: 200 };
    const { throughput, calls } = ran('tomcat-pool', far, { measureUs: 20_000 });
    expect(throughput).toBeLessThan(10_000 * 1.15);
    expect(throughput).toBeGreaterThan(10_000 * 0.7);
    expect(calls('write')).toBeGreaterThan(2.9);
  });

  it('far away leaves clients as slow as they are: 8 that read 1 MB/s take 2 ms for each reply of 2 KiB, and queries no longer', () => {
    const slow = { ...queries, database: 'remote', databaseUs: 100, readMBps: 1 };
    const { throughput } = ran('tomcat-pool', slow, { measureUs: 40_000 });
    // 2.05 ms to read, 0.2 for two queries, at most as much again for the rest; queries of 200 bytes read as slowly would take 0.4 more.
    expect(throughput).toBeLessThan(8 / 2.248e-3);
    expect(throughput).toBeGreaterThan(8 / 2.6e-3);
  });

  it('does not hold up the carriers of virtual threads: 32 requests wait at once on one core', () => {
    const far = { connections: 32, databaseCalls: 1, database: 'remote', databaseConnections: 32, databaseUs: 1000 };
    const { throughput } = ran('virtual-threads', far, { measureUs: 20_000 });
    // One carrier that slept for each query would serve 1000 a second.
    expect(throughput).toBeGreaterThan(20_000);
  });
});

describe('workers of nginx', () => {
  it('share the pages that they serve: 64 of them find room beside each other, which 26 with 4 MiB each would not', () => {
    const { throughput } = ran('nginx', { workers: 64, connections: 64 }, { cores: 4 });
    expect(throughput).toBeGreaterThan(0);
  });

  it('find pages that others have read before in the caches: 16 that read 64 lines a request wait for memory for 10 of them, not for 26', () => {
    const read = { tls: true, tlsHandshakeInstructions: 1000, replyBytes: 4096, keySkew: 1.5, accessLog: false };
    const { result } = ran('nginx', { ...read, workers: 16, connections: 32 }, { cores: 2, measureUs: 3000 });
    expect(metric(result, 'served.dramKernel')).toBeLessThan(15);
    expect(metric(result, 'served.dramKernel')).toBeGreaterThan(5);
  });
});

describe('what parameters save', () => {
  it('pipelining of 16 requests: redis reads and writes a sixteenth as often', () => {
    const { calls } = ran('redis', { pipeline: 16 });
    expect(calls('read')).toBeCloseTo(1 / 16, 2);
    expect(calls('write')).toBeCloseTo(1 / 16, 2);
  });

  it('open_file_cache: nginx opens, asks and closes nothing', () => {
    const { calls } = ran('nginx', { openFileCache: true });
    expect(['openat', 'fstat', 'close'].map(calls)).toEqual([0, 0, 0]);
  });

  it('2048 item locks in place of one: memcached hardly ever waits in the kernel for one', () => {
    const cores = { cores: 4, measureUs: 3000 };
    const [one, many] = [1, 2048].map((itemLocks) =>
      ran('memcached', { itemLocks, connections: 48 }, cores).calls('futex_wait'),
    );
    expect(one).toBeGreaterThan(10 * many);
  });

  it('no sync a batch: a producer of Kafka alone waits at least 5 us less for each', () => {
    const [never, always] = [0, 1].map((syncBatches) =>
      ran('kafka-log', { readShare: 0, syncBatches, connections: 1 }, { measureUs: 10_000 }),
    );
    expect([never.calls('fsync'), Math.round(always.calls('fsync'))]).toEqual([0, 1]);
    expect(metric(always.result, 'latency.p50') - metric(never.result, 'latency.p50')).toBeGreaterThan(5);
  });
});
