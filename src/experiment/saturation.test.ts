import { describe, expect, it } from 'vitest';
import type { RunResult, RunSpec } from '../archive/rows.ts';
import { saturate } from './saturation.ts';

const SEARCH = { low: 1000, high: 100_000, limitUs: 500, tolerance: 0.01 };
const spec = (capacity: number): RunSpec => ({ config: { params: { capacity } } }) as unknown as RunSpec;

function metric(name: string, value: number): RunResult['metrics'][number] {
  return { name, value, component: 'server', unit: '' };
}

/** A server whose p99 is that of M/M/1: ln 100 over what is left of its capacity. */
async function runAll(specs: readonly RunSpec[]): Promise<RunResult[]> {
  return specs.map(({ config: { params } }) => {
    const [rate, capacity] = [Number(params['ratePerSecond']), Number(params['capacity'])];
    const p99 = rate < capacity ? (Math.log(100) / (capacity - rate)) * 1e6 : 1e9;
    return { metrics: [metric('latency.p99', p99), metric('throughput', Math.min(rate, capacity))] };
  }) as unknown as RunResult[];
}

describe('the search for saturation', () => {
  it('finds the rate at which the p99 of M/M/1 reaches 500 us, within its tolerance of 1 %, in 11 runs', async () => {
    const [found] = await saturate([spec(40_000)], SEARCH, runAll);
    const exact = 40_000 - Math.log(100) / 500e-6;

    expect(found.rate).toBeLessThanOrEqual(exact);
    expect(found.rate).toBeGreaterThan(exact / 1.01);
    expect(found.p99Us).toBeLessThanOrEqual(500);
    expect([found.runs, found.isBounded]).toEqual([11, true]);
  });

  it('searches servers side by side as it would each alone', async () => {
    const capacities = [15_000, 40_000, 90_000];
    const together = await saturate(capacities.map(spec), SEARCH, runAll);
    const alone = await Promise.all(capacities.map((capacity) => saturate([spec(capacity)], SEARCH, runAll)));

    expect(together).toEqual(alone.flat());
  });

  it('ends at neighbouring whole rates when the tolerance is finer than they are apart', async () => {
    const [found] = await saturate([spec(40_000)], { ...SEARCH, tolerance: 1e-9 }, runAll);

    expect(found.rate).toBe(Math.floor(40_000 - Math.log(100) / 500e-6));
  });

  it('says when the highest rate holds, and when not even the lowest does', async () => {
    const [fast, slow] = await saturate([spec(1e6), spec(900)], SEARCH, runAll);

    expect([fast.rate, fast.isBounded]).toEqual([100_000, false]);
    expect([slow.rate, slow.runs, slow.isBounded]).toEqual([0, 1, false]);
  });
});
