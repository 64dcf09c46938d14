import { describe, expect, it } from 'vitest';
import { HierarchyProbe } from '../../test/model/hierarchyprobe.ts';
import { Level, type HierarchySpec } from './hierarchy.ts';
import type { InclusionName } from './inclusion.ts';
import { toy } from './profiles/toy.ts';

const L1 = 0;
const L2 = toy.l2.latency.value;
const LLC = toy.llc.latency.value;
const REMOTE = toy.remoteCycles.value;
const DRAM = toy.dramLatencyNs.value; // the clock runs at 1 GHz
const LINES = 128;

/** Toy latencies over stores so small that everything gets evicted: L1 of 2, L2 of 4, last level of 8 lines. */
function specOf(inclusion: InclusionName, cores = 3): HierarchySpec {
  return {
    cores,
    l1i: { sets: 1, ways: 2 },
    l1d: { sets: 1, ways: 2 },
    l2: { sets: 2, ways: 2, latency: L2 },
    llc: { sets: 2, ways: 4, latency: LLC, inclusion },
    remoteLatency: REMOTE,
    lines: LINES,
  };
}

function inclusive(): HierarchyProbe {
  return new HierarchyProbe(specOf('inclusive'), DRAM);
}
function victimCache(): HierarchyProbe {
  return new HierarchyProbe(specOf('nonInclusive'), DRAM);
}

describe('latencies on toy numbers', () => {
  it('serves a line from memory at 40 + 100, then from L1 at 0 cycles', () => {
    const probe = inclusive();

    expect(probe.read(0, 1)).toEqual({ cycles: LLC + DRAM, level: Level.Dram });
    expect(probe.read(0, 1)).toEqual({ cycles: L1, level: Level.L1 });
  });

  it('serves from L2 at 10 cycles what two younger lines pushed out of the two ways of L1', () => {
    const probe = inclusive();
    for (const line of [1, 2, 3]) probe.read(0, line);

    expect(probe.read(0, 1)).toEqual({ cycles: L2, level: Level.L2 });
  });

  it('serves from the last level at 40 cycles what another core brought there', () => {
    const probe = inclusive();
    probe.read(0, 1);

    expect(probe.read(1, 1)).toEqual({ cycles: LLC, level: Level.Llc });
  });

  it('serves a line that another core holds modified at 50 cycles, once: then both share it', () => {
    const probe = inclusive();
    probe.write(0, 1);

    expect(probe.read(1, 1)).toEqual({ cycles: REMOTE, level: Level.Remote });
    expect(probe.read(0, 1)).toEqual({ cycles: L1, level: Level.L1 });
    expect(probe.read(2, 1)).toEqual({ cycles: LLC, level: Level.Llc });
  });

  it('takes a line that another core holds modified for writing at 50 cycles: one transfer brings and invalidates it', () => {
    const probe = inclusive();
    probe.write(0, 1);

    expect(probe.write(1, 1)).toEqual({ cycles: REMOTE, level: Level.Remote });
    expect(probe.hierarchy.sharersOf(1)).toEqual([1]);
  });

  it('keeps instructions and data apart in L1 and together in L2: a fetched line is read at 10 cycles', () => {
    const probe = inclusive();
    probe.fetch(0, 1);

    expect(probe.fetch(0, 1).cycles).toBe(L1);
    expect(probe.read(0, 1)).toEqual({ cycles: L2, level: Level.L2 });
  });

  it('reads the table of a page walk through L1: 140 cycles at first, 0 again', () => {
    const { hierarchy } = inclusive();

    expect(hierarchy.read(0, 1)).toBe(LLC + DRAM);
    expect(hierarchy.read(0, 1)).toBe(L1);
  });
});

describe('writes', () => {
  it('to an unshared line in L1 cost nothing, and the core owns it from then on', () => {
    const probe = inclusive();
    probe.read(0, 1);

    expect(probe.hierarchy.owns(0, 1)).toBe(false);
    expect(probe.write(0, 1).cycles).toBe(L1);
    expect(probe.hierarchy.owns(0, 1)).toBe(true);
  });

  it('to a shared line cost one round of 50 cycles and take it from the two other cores', () => {
    const probe = inclusive();
    for (const core of [0, 1, 2]) probe.read(core, 1);

    expect(probe.write(0, 1)).toEqual({ cycles: REMOTE, level: Level.Remote });

    expect(probe.hierarchy.sharersOf(1)).toEqual([0]);
    expect([1, 2].filter((core) => probe.hierarchy.l1dOf(core).has(1))).toEqual([]);
  });

  it('that miss wait for the longer of line and invalidations: 50 cycles from the last level, 140 from memory', () => {
    const shared = inclusive();
    shared.read(1, 1);
    expect(shared.write(0, 1)).toEqual({ cycles: Math.max(LLC, REMOTE), level: Level.Llc });

    const beside = victimCache();
    beside.read(1, 1);
    expect(beside.write(0, 1)).toEqual({ cycles: Math.max(LLC + DRAM, REMOTE), level: Level.Dram });
  });
});

describe('more cores than bits of a word', () => {
  it('are kept apart: 64 and 32 read, 0 takes nothing from them; 64 writes, only 32 loses the line', () => {
    const probe = new HierarchyProbe(specOf('inclusive', 65), DRAM);
    for (const core of [64, 32]) probe.read(core, 1);
    probe.read(0, 3);

    expect(probe.write(0, 3)).toEqual({ cycles: 0, level: Level.L1 });
    expect(probe.write(64, 1)).toEqual({ cycles: REMOTE, level: Level.Remote });

    expect([0, 32, 64].filter((core) => probe.hierarchy.l1dOf(core).has(1))).toEqual([64]);
    expect(probe.hierarchy.owns(64, 1)).toBe(true);
  });
});

describe('the last level', () => {
  it('inclusive: evicting a line takes it from every core (back-invalidation), which then waits 140 cycles', () => {
    const probe = inclusive();
    probe.read(0, 0);
    probe.read(1, 0);
    // Lines 2, 4, 6 and 8 share the 4 ways of line 0's set; core 2 reads them, so only the last level is under pressure.
    for (const line of [2, 4, 6, 8]) probe.read(2, line);

    expect(probe.hierarchy.sharersOf(0)).toEqual([]);
    expect(probe.hierarchy.l1dOf(0).has(0)).toBe(false);
    expect(probe.read(1, 0)).toEqual({ cycles: LLC + DRAM, level: Level.Dram });
  });

  it('victim cache: holds what L2 evicted, at 40 cycles, and nothing that never left an L2', () => {
    const probe = victimCache();
    for (const line of [0, 2, 4]) probe.read(0, line); // 2 ways: line 0 is evicted

    expect(probe.read(1, 0)).toEqual({ cycles: LLC, level: Level.Llc });
    expect(probe.read(1, 4)).toEqual({ cycles: LLC + DRAM, level: Level.Dram });
  });

  it('victim cache: 9 lines of one set that pass its 4 ways invalidate nobody', () => {
    const probe = victimCache();
    probe.read(0, 0);

    for (let line = 2; line <= 18; line += 2) probe.read(1, line);

    expect(probe.read(0, 0)).toEqual({ cycles: L1, level: Level.L1 });
  });
});
