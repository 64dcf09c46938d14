import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/archive/rows.ts';
import { counter, runOf } from './runs.ts';

/** 16 cores that make a million calls a second each, whose kernel lines all of them share. */
function served(syncWindow: number): RunResult {
  return runOf({
    machine: 'skylake-sp',
    workload: 'call-graph',
    cores: 16,
    fidelity: 'interval',
    warmupUs: 500,
    measureUs: 500,
    syncWindow,
    params: { syscallsPerMs: 2000, service: 'pread64' },
  });
}

function remote({ measure }: RunResult): number {
  return measure.reduce((sum, { name, value }) => (name.includes('.served.remote') ? sum + value : sum), 0);
}

describe('16 cores in groups', () => {
  const exact = served(0);

  it('serve as many requests, and miss as many lines that others have, within 1 %, as one by one to the cycle', () => {
    const grouped = served(1000);
    expect(counter(grouped, 'server.completed') / counter(exact, 'server.completed')).toBeCloseTo(1, 2);
    expect(remote(grouped) / remote(exact)).toBeGreaterThan(0.99);
    expect(remote(grouped) / remote(exact)).toBeLessThan(1.01);
  });

  it('would miss less than half of these lines if each core were as far ahead by itself, by 17 000 cycles', () => {
    expect(remote(served(17_000)) / remote(exact)).toBeLessThan(0.5);
  });
});
