import { describe, expect, it } from 'vitest';
import { flatMemory } from '../../../test/model/flatmemory.ts';
import { openStream } from '../../sim/rng.ts';
import { StatsRegistry } from '../../sim/stats.ts';
import { Domain } from '../cpi.ts';
import { FrontEnd, type FrontEndSpec } from '../frontend.ts';
import { Hierarchy } from '../hierarchy.ts';
import { Ledger } from '../ledger.ts';
import { ServedCounts } from '../servedcounts.ts';
import { ExactLines } from './exactlines.ts';
import { MissRun, stallsUnder, type OverlapSpec } from '../missrun.ts';
import type { Lines } from './lines.ts';
import { LineSample } from './linesample.ts';
import { SampledDram } from './sampleddram.ts';
import { SampledLines } from './sampledlines.ts';

const LINES = 1 << 16;
const CORES = 2;

/** Caches of the sizes of a small server core with one of `every` sets; memory without a queue. */
function hierarchyOf(every: number): Hierarchy {
  const [first, l2, llc] = [64, 256, 1024].map((sets) => ({ sets: sets / every, ways: 8 }));
  return new Hierarchy(
    {
      cores: CORES,
      l1i: first,
      l1d: first,
      l2: { ...l2, latency: 10 },
      llc: { ...llc, latency: 40, inclusion: 'inclusive' },
      remoteLatency: 60,
      lines: LINES / every,
    },
    new SampledDram(flatMemory(100), every),
  );
}

/** A front end of 512 lines. */
const FRONT_END: FrontEndSpec = {
  branches: { sets: 128, ways: 4, missed: 12 },
  uops: { sets: 16, ways: 4, user: 2, kernel: 1 },
  returns: 0,
};

/** The lines of two cores, what they count, and the time they take. */
function systemOf(
  makeLines: (hierarchy: Hierarchy) => (owner: ConstructorParameters<typeof ExactLines>[0]) => Lines,
  every: number,
  overlap: OverlapSpec,
) {
  const stats = new StatsRegistry();
  const linesOf = makeLines(hierarchyOf(every));
  const cores = [0, 1].map((core) => {
    const ledger = new Ledger(`core${core}`, stats);
    ledger.domain = Domain.User;
    const served = new ServedCounts(`core${core}`, ledger, stats);
    const frontEnd = new FrontEnd(FRONT_END);
    const [data, fetch] = [new MissRun(stallsUnder(overlap)), new MissRun(stallsUnder(overlap))];
    return { ledger, lines: linesOf({ core, thread: 0, ledger, served, data, fetch, frontEnd }) };
  });
  const served = (): Record<string, number> =>
    Object.fromEntries(
      stats
        .rows(stats.snapshot())
        .filter(({ name }) => name.includes('.served.'))
        .map(({ name, value }) => [name, value]),
    );
  return { cores, served, times: () => cores.map(({ ledger }) => ledger.now) };
}

type System = ReturnType<typeof systemOf>;
const NONE: OverlapSpec = { l2: 1, llc: 1, remote: 1, dram: 1, fills: 1, lineCycles: 0 };
/** Powers of two, so that shares of a latency are exact; as far as cores go. */
const FAR: OverlapSpec = { l2: 4, llc: 2, remote: 2, dram: 2, fills: 8, lineCycles: 2 };
const exact = (overlap = NONE): System =>
  systemOf((hierarchy) => (owner) => new ExactLines(owner, hierarchy), 1, overlap);
const sampled = (every: number, overlap = NONE): System =>
  systemOf((hierarchy) => (owner) => new SampledLines(owner, hierarchy, new LineSample(every)), every, overlap);

/** Random runs within pages: code at the bottom, then shared data, written now and then. */
function work({ cores }: System, operations: number): void {
  const rng = openStream(7, 0, 'lines');
  for (let i = 0; i < operations; i++) {
    const { lines } = cores[rng.below(CORES)];
    const page = rng.below(40) * 64;
    const from = rng.below(48);
    const to = from + 1 + rng.below(64 - from);
    const kind = rng.below(4);
    if (kind === 0) lines.fetch(page + from, page + to);
    else lines.touch((1 << 12) + page + from, (1 << 12) + page + to, kind === 3);
  }
}

/** Time that 4096 cold lines take in runs of so many, of ExactLines and of a sample. */
function timesOfRuns(length: number): readonly number[] {
  return [exact(FAR), sampled(8, FAR)].map(({ cores, times }) => {
    for (let line = 0; line < 4096; line += length) cores[0].lines.touch(line, line + length, false);
    return times()[0];
  });
}

describe('SampledLines', () => {
  it.each([NONE, FAR])(
    'with all lines in the sample counts and charges what ExactLines does, to the cycle: %o',
    (overlap) => {
      const [reference, all] = [exact(overlap), sampled(1, overlap)];
      for (const system of [reference, all]) work(system, 3000);

      expect(all.served()).toEqual(reference.served());
      expect(all.times()).toEqual(reference.times());
      expect(Math.min(...all.times())).toBeGreaterThan(10_000);
    },
  );

  it('with one line of 8 is within 2 % of the time and 5 % of the misses of every level', () => {
    const [reference, eighth] = [exact(), sampled(8)];
    for (const system of [reference, eighth]) work(system, 40_000);

    const [times, misses] = [reference.times(), Object.entries(reference.served()).filter(([, count]) => count > 1000)];
    expect(misses.length).toBeGreaterThan(4);
    eighth.times().forEach((time, core) => expect(Math.abs(time / times[core] - 1)).toBeLessThan(0.02));
    for (const [name, count] of misses) expect(Math.abs(eighth.served()[name] / count - 1), name).toBeLessThan(0.05);
  });

  it('with one line of 8 and misses that overlap is within 4 % of the time, though only parts of these runs miss', () => {
    const [reference, eighth] = [exact(FAR), sampled(8, FAR)];
    for (const system of [reference, eighth]) work(system, 40_000);

    const times = reference.times();
    eighth.times().forEach((time, core) => expect(Math.abs(time / times[core] - 1)).toBeLessThan(0.04));
  });

  it('charges single lines, written one after the other, on average for all of them: 512 cold stores wait 512 x 140', () => {
    const { cores, times, served } = sampled(8);
    for (let line = 0; line < 512; line++) cores[0].lines.touch(line, line + 1, true);

    expect(served()['core0.served.dramUser']).toBeGreaterThan(500);
    expect(times()[0] / (512 * 140)).toBeCloseTo(1, 1);
  });

  it('charges runs as runs: cold ones of 1, 4, 8 and 32 lines take the time of ExactLines, to 5 %', () => {
    for (const length of [1, 4, 8, 32]) {
      const [reference, eighth] = timesOfRuns(length);
      expect(reference).toBe((4096 / length) * 140 * Math.max(0.5, length / 8));
      expect(Math.abs(eighth / reference - 1), `${length} lines`).toBeLessThan(0.05);
    }
  });

  it('does not let small data outside the sample pile up: a thousand hits beside it leave a miss that stands for itself twice and for 16 samples of 8 at most', () => {
    const sample = new LineSample(8);
    const unsampled = [...Array(8).keys()].find((line) => !sample.has(line))!;
    const inSample = [...Array(8).keys()].find((line) => sample.has(line))!;
    const { cores, served } = sampled(8);
    for (let i = 0; i < 1000; i++) cores[0].lines.touch(unsampled, unsampled + 1, false);

    cores[0].lines.touch(inSample, inSample + 1, false);

    expect(served()['core0.served.dramUser']).toBe(2 + 16 * 8);
  });
});
