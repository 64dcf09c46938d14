import { describe, expect, it } from 'vitest';
import { counter, metric, runOf } from './runs.ts';

/** 30 ms of bursts of hundreds of requests within 0.15 ms, on a ring of so many segments; every run is audited. */
function bursts(rxRing: number) {
  const params = {
    arrivals: 'mmpp',
    connections: 512,
    ratePerSecond: 30_000,
    burstRatio: 100,
    burstShare: 0.01,
    burstMs: 0.15,
  };
  const machine = { workload: 'java-nio', machine: 'skylake-sp', profile: { rxRing } };
  return runOf({ ...machine, params, warmupUs: 5000, measureUs: 30_000 });
}

describe('a server under bursts', () => {
  it('loses nothing with a ring of 8160 segments', () => {
    const result = bursts(8160);

    expect(metric(result, 'network.dropped')).toBe(0);
    expect(counter(result, 'nic.received')).toBeGreaterThan(300);
  });

  it('loses requests with a ring of 16, which are under way until they are sent again: fewer are answered in 30 ms', () => {
    const [ample, scarce] = [8160, 16].map(bursts);
    const lost = metric(scarce, 'network.dropped');

    expect(lost).toBeGreaterThan(50);
    expect(counter(scarce, 'nic.resent')).toBeLessThanOrEqual(lost);
    expect(metric(scarce, 'throughput')).toBeLessThan(metric(ample, 'throughput'));
  });
});
