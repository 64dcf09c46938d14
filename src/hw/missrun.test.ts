import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Level } from './level.ts';
import { MissRun, stallsUnder, type OverlapSpec } from './missrun.ts';

const OVERLAP: OverlapSpec = { l2: 4, llc: 2.5, remote: 2, dram: 1.6, fills: 10, lineCycles: 0 };
const CHASED: OverlapSpec = { l2: 1, llc: 1, remote: 1, dram: 1, fills: 1, lineCycles: 5 };
const LATENCY = 200;

/** Cycles that a miss adds. */
function stallOf(run: MissRun, level: number, latency: number, lines: number): number {
  run.miss(level, latency, lines);
  return run.stall;
}

/** Stalls of misses of one run, one after the other. */
function stallsOf(overlap: OverlapSpec, levels: readonly number[], lines = 1): number[] {
  const run = new MissRun(stallsUnder(overlap));
  run.begin();
  return levels.map((level) => stallOf(run, level, LATENCY, lines));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const repeat = (level: number, n: number): number[] => Array.from({ length: n }, () => level);

describe('MissRun', () => {
  it('charges a lone miss its latency by the overlap of its level: 50 from L2, 80, 100, and 125 from memory', () => {
    const lone = [Level.L2, Level.Llc, Level.Remote, Level.Dram].map((level) => stallsOf(OVERLAP, [level])[0]);

    expect(lone).toEqual([50, 80, 100, 125]);
  });

  it('hides 5 misses behind the first one, and lets the 64 of a page come at the pace of 10 buffers: 64 x 200 / 10', () => {
    expect(sum(stallsOf(OVERLAP, repeat(Level.Dram, 6)))).toBeCloseTo(125);
    expect(sum(stallsOf(OVERLAP, repeat(Level.Dram, 64)))).toBeCloseTo(64 * 20);
  });

  it('costs latency x max(1 / lone, n / fills) for n alike misses, in one or in parts', () => {
    const level = fc.constantFrom(Level.L2, Level.Llc, Level.Remote, Level.Dram);
    fc.assert(
      fc.property(level, fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 8 }), (served, n, parts) => {
        const lone = [0, OVERLAP.l2, OVERLAP.llc, OVERLAP.remote, OVERLAP.dram][served];

        expect(sum(stallsOf(OVERLAP, repeat(served, n * parts), 1 / parts))).toBeCloseTo(
          LATENCY * Math.max(1 / lone, n / OVERLAP.fills),
        );
      }),
    );
  });

  it('lets lines of the second level come no faster than their way is wide: 40 of 10 cycles in 40 x 2.5, alone in 2', () => {
    const run = new MissRun(stallsUnder({ ...OVERLAP, l2: 4, lineCycles: 2.5 }));
    const stalls = Array.from({ length: 40 }, () => stallOf(run, Level.L2, 10, 1));

    expect(stalls[0]).toBe(2.5);
    expect(sum(stalls)).toBeCloseTo(40 * 2.5);
    run.begin();
    expect(stallOf(run, Level.L2, 8, 1)).toBe(2);
  });

  it('hides a near miss behind a far one, and not a far one behind nine near ones', () => {
    expect(stallsOf(OVERLAP, [Level.Dram, Level.L2])).toEqual([125, 0]);
    expect(stallsOf(OVERLAP, [...repeat(Level.L2, 9), Level.Dram])[9]).toBe(125);
  });

  it('charges each miss in full where nothing overlaps, as when pointers are chased', () => {
    expect(stallsOf(CHASED, [Level.L2, Level.Dram, Level.Dram, Level.Llc])).toEqual(repeat(LATENCY, 4));
  });

  it('halves the other misses in flight while a sibling has half of the window: 80 of 200 cycles with 4 are left of 50', () => {
    const run = new MissRun(stallsUnder({ ...OVERLAP, fills: 4 }));
    const stalls = [false, true].map((isHalved) => {
      run.isHalved = isHalved;
      run.begin();
      return [1, 2, 3].map(() => Math.round(stallOf(run, Level.L2, LATENCY, 1)));
    });

    expect(stalls).toEqual([repeat(50, 3), repeat(80, 3)]);
  });

  it('begins each run anew: the first miss of the second one costs as much as that of the first', () => {
    const run = new MissRun(stallsUnder(OVERLAP));
    const first = [1, 2].map(() => stallOf(run, Level.Dram, LATENCY, 1));
    run.begin();

    expect([...first, stallOf(run, Level.Dram, LATENCY, 1)]).toEqual([125, 0, 125]);
  });
});
