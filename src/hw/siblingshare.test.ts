import { describe, expect, it } from 'vitest';
import { bareMachine } from '../../test/model/support.ts';
import { metric, runOf } from '../../test/model/runs.ts';
import { LINES_PER_PAGE } from '../sim/units.ts';
import { Domain } from './cpi.ts';
import { FrontEnd } from './frontend.ts';
import { Level } from './level.ts';
import { MissRun, stallsUnder, type OverlapSpec } from './missrun.ts';
import { PageFlag, PageTable } from './pagetable.ts';
import { northwood } from './profiles/northwood.ts';
import { toy } from './profiles/toy.ts';
import { ownShare, type SiblingShare } from './siblingshare.ts';

const PAGES = 64;
const { entries } = toy.itlb;
const LATENCY = 400;

/** Cycles of translation when a thread fetches from so many pages again after its sibling has fetched from as many others as its TLB of code has entries. */
function refetching(itlb: SiblingShare, pages: number): number {
  const { machine } = bareMachine({ cores: 1, smt: true, profile: { ...toy, smt: { ...toy.smt!, itlb } } });
  const table = new PageTable(0, PAGES, () => machine.allocateFrames(1));
  const frame = machine.allocateFrames(PAGES);
  for (let vpn = 0; vpn < PAGES; vpn++) table.map(vpn, frame + vpn, PageFlag.Write);
  const [first, second] = machine.cores;
  for (const core of [first, second]) core.memory.loadSpace(table, 1, false);
  const walk = (core: typeof first, from: number, count: number): void => {
    for (let page = from; page < from + count; page++) core.memory.fetch(page * (LINES_PER_PAGE + 1), 1);
  };
  for (let round = 0; round < 2; round++) walk(first, 0, pages);
  walk(second, 32, entries);
  const before = first.tlbs.walks;
  const start = first.now;
  // The caches hold all of these lines, which lie in different sets: what takes time now are look-ups in the second level of the TLB.
  walk(first, 0, pages);
  expect(first.tlbs.walks).toBe(before);
  return first.now - start;
}

describe('the TLB of code of two hardware threads', () => {
  it('loses all 16 entries to a sibling that fetches from 16 pages where they share it, none where each has its own', () => {
    expect(refetching('shared', entries)).toBe(entries * toy.stlb.hit.value);
    expect(refetching('replicated', entries)).toBe(0);
  });

  it('keeps 8 pages of a thread, but not 16, where each has half', () => {
    expect(refetching('halved', entries / 2)).toBe(0);
    expect(refetching('halved', entries)).toBe(entries * toy.stlb.hit.value);
  });

  it('is halved by its sets, or by its ways where it has one set', () => {
    expect(ownShare('halved', { sets: 32, ways: 4 })).toEqual({ sets: 16, ways: 4 });
    expect(ownShare('halved', { sets: 1, ways: 64 })).toEqual({ sets: 1, ways: 32 });
    expect(ownShare('shared', { sets: 1, ways: 64 })).toBeUndefined();
  });
});

describe('branches that carry the thread that met them', () => {
  const branches = { sets: 1, ways: 2, missed: 100 };
  const costs = (isTagged: boolean): number[] => {
    const uops = { sets: 1, ways: 1, user: 0, kernel: 0 };
    const first = new FrontEnd({ branches: { ...branches, isTagged }, uops, returns: 0 });
    const second = first.sibling();
    return [first, second, first, second].map((thread) => thread.fetch(1, Domain.User));
  };

  it('are unknown to the sibling, which meets each of them for itself', () => {
    expect(costs(false)).toEqual([100, 0, 0, 0]);
    expect(costs(true)).toEqual([100, 100, 0, 0]);
  });
});

/** Share of throughput that the second threads of northwood add. */
function gain(workload: string): number {
  const at = { machine: 'northwood', workload, kpti: false, syncWindow: 1000, warmupUs: 5000, measureUs: 10_000 };
  const [alone, both] = [false, true].map((smt) => metric(runOf({ ...at, smt }), 'throughput'));
  return both / alone - 1;
}

describe('two threads of northwood', () => {
  it('serve 25 to 33 % more requests of java-nio (16 to 28 % is published for servers) and 10 to 17 % more of java-compute', () => {
    expect(gain('java-nio')).toBeGreaterThan(0.25);
    expect(gain('java-nio')).toBeLessThan(0.33);
    expect(gain('java-compute')).toBeGreaterThan(0.1);
    expect(gain('java-compute')).toBeLessThan(0.17);
  }, 60_000);
});

describe('the buffers of the Pentium 4', () => {
  it('have room for four missed lines on northwood, of which a thread beside another has two and a half: 16 from memory stall 4 and 6.4 latencies', () => {
    const { l2, llc, remote, dram, fills, lineCycles } = northwood.overlap.data;
    const numbers = [l2, llc, remote, dram, fills, lineCycles].map(({ value }) => value);
    const names = ['l2', 'llc', 'remote', 'dram', 'fills', 'lineCycles'] as const;
    const overlap = Object.fromEntries(names.map((name, i) => [name, numbers[i]])) as unknown as OverlapSpec;
    const stalls = [false, true].map((isHalved) => {
      const run = new MissRun(stallsUnder(overlap));
      run.isHalved = isHalved;
      run.begin();
      run.miss(Level.Dram, LATENCY, 16);
      return run.stall / LATENCY;
    });

    expect(fills.range[1]).toBe(4);
    expect(stalls[0]).toBeCloseTo(4, 6);
    expect(stalls[1]).toBeCloseTo(6.4, 6);
  });
});
