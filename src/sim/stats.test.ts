import { describe, expect, it } from 'vitest';
import { StatsRegistry, type Unit } from './stats.ts';

function sample(): { stats: StatsRegistry; loads: number; cpi: number } {
  const stats = new StatsRegistry(8);
  const loads = stats.counter('core0.loads', 'count', 'Loads retired');
  const cpi = stats.vector('core0.cpi', ['base', 'dram'], 'cycles', 'Cycles by cause');
  return { stats, loads, cpi };
}

/** Layout hash of a registry of these counters. */
function hashOf(...counters: readonly [name: string, unit: Unit][]): string {
  const stats = new StatsRegistry();
  for (const [name, unit] of counters) stats.counter(name, unit, 'x');
  stats.seal();
  return stats.layoutHash;
}

describe('StatsRegistry', () => {
  it('gives vectors consecutive ids and rows sorted by name', () => {
    const { stats, loads, cpi } = sample();
    stats.values[loads] += 3;
    stats.values[cpi + 1] += 200;
    expect(stats.rows(stats.snapshot())).toEqual([
      { name: 'core0.cpi.base', value: 0, unit: 'cycles', doc: 'Cycles by cause' },
      { name: 'core0.cpi.dram', value: 200, unit: 'cycles', doc: 'Cycles by cause' },
      { name: 'core0.loads', value: 3, unit: 'count', doc: 'Loads retired' },
    ]);
  });

  it('gives by the difference of two snapshots what was counted between them', () => {
    const { stats, loads } = sample();
    stats.values[loads] = 5;
    const warm = stats.snapshot();
    stats.values[loads] = 12;
    expect(stats.snapshot().minus(warm).values[loads]).toBe(7);
    expect(warm.values[loads]).toBe(5);
  });

  it('has the same layout hash whatever the order of registration, another one for another unit', () => {
    expect(hashOf(['a', 'count'], ['b', 'count'])).toBe(hashOf(['b', 'count'], ['a', 'count']));
    expect(hashOf(['a', 'count'])).not.toBe(hashOf(['a', 'cycles']));
  });

  it('refuses a 9th counter in a registry of 8, a name twice, a bad name, an empty description and anything after seal', () => {
    const { stats } = sample();
    stats.vector('more', ['1', '2', '3', '4', '5'], 'count', 'Fill');
    expect(() => stats.counter('over', 'count', 'x')).toThrow(/full at 8/);
    expect(() => sample().stats.counter('core0.loads', 'count', 'x')).toThrow(/registered twice/);
    expect(() => sample().stats.counter('Core[0].loads', 'count', 'x')).toThrow(/not a dotted lower-camel path/);
    expect(() => sample().stats.vector('syscalls', ['read me'], 'count', 'x')).toThrow(/label "read me"/);
    expect(() => sample().stats.counter('quiet', 'count', ' ')).toThrow(/no description/);
    stats.seal();
    expect(() => stats.histogram('late', 'ns', 'x')).toThrow(/after seal/);
  });

  it('refuses to tell its layout hash before seal', () => {
    expect(() => sample().stats.layoutHash).toThrow(/before seal/);
  });

  it('summarises histograms sorted by name and empties them on reset', () => {
    const { stats } = sample();
    const latency = stats.histogram('request.latency', 'cycles', 'Arrival to response');
    stats.histogram('disk.wait', 'cycles', 'Queue time');
    for (let i = 1; i <= 40; i++) latency.record(i);
    const [disk, request] = stats.histogramRows();
    expect([disk.name, request.name]).toEqual(['disk.wait', 'request.latency']);
    expect([request.samples, request.mean, request.quantiles.p50, request.quantiles.p95, request.max]).toEqual([
      40, 20.5, 20, 38, 40,
    ]);
    stats.resetHistograms();
    expect(stats.histogramRows()[1].samples).toBe(0);
  });
});
