import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flatMemory } from '../../test/model/flatmemory.ts';
import { HierarchyProbe } from '../../test/model/hierarchyprobe.ts';
import { NaiveHierarchy } from '../../test/model/naivehierarchy.ts';
import { Dram } from './dram.ts';
import { Hierarchy, Level, type HierarchySpec } from './hierarchy.ts';
import { INCLUSIONS, type InclusionName } from './inclusion.ts';
import type { HomingName } from './memorynodes.ts';
import { PREFETCH_LABELS } from './prefetched.ts';
import { PREFETCHER_NAMES, type PrefetchSpec } from './prefetchers.ts';
import { DramCount } from './rowbuffers.ts';
import { TrafficCount, TRAFFIC_LABELS } from './traffic.ts';

const [L2, LLC, CLEAN, REMOTE, HOP, DRAM] = [10, 40, 45, 50, 70, 100];
const KINDS = ['read', 'write', 'fetch'] as const;
/** Two pages of twelve lines, so that every store overflows and pages have different homes. */
const LINES = [...Array(24).keys()].map((i) => (i % 12) + 64 * Math.floor(i / 12));

interface Shape {
  readonly inclusion: InclusionName;
  readonly forwards: boolean;
  readonly cores?: number;
  readonly perSocket?: number;
  readonly homing?: HomingName;
  readonly first?: PrefetchSpec;
  readonly second?: PrefetchSpec;
}

/** Stores so small that everything gets evicted: L1 of 2, L2 of 4, last level of 8 lines. */
function specOf(shape: Shape): HierarchySpec {
  const { inclusion, forwards, cores = 4, perSocket = cores, homing = 'firstTouch', first, second } = shape;
  return {
    cores,
    l1i: { sets: 1, ways: 2 },
    l1d: { sets: 1, ways: 2, ...(first && { prefetch: first }) },
    l2: { sets: 2, ways: 2, latency: L2, ...(second && { prefetch: second }) },
    llc: { sets: 2, ways: 4, latency: LLC, inclusion },
    remoteLatency: REMOTE,
    ...(forwards ? { cleanLatency: CLEAN } : {}),
    sockets: { coresPerSocket: perSocket, hop: HOP, homing },
    lines: 128,
  };
}

/** What differs between directory and caches: L1 within L2, sharers, state M, inclusion; all that was counted. */
function differences(
  { hierarchy }: HierarchyProbe,
  naive: NaiveHierarchy,
  { inclusion }: Shape,
  cores: readonly number[],
) {
  const wrong: string[] = [];
  const claim = (isTrue: boolean, what: string): number => (isTrue ? 0 : wrong.push(what));
  for (const line of LINES) {
    const sharers = hierarchy.sharersOf(line);
    claim(String(sharers) === String(naive.sharersOf(line)), `sharers of ${line}: ${String(sharers)}`);
    for (const core of cores) {
      const inL1 = hierarchy.l1dOf(core).has(line) || hierarchy.l1iOf(core).has(line);
      claim(inL1 === (naive.l1d[core].has(line) || naive.l1i[core].has(line)), `line ${line} in L1 of ${core}`);
      claim(!inL1 || sharers.includes(core), `line ${line} is in L1 but not in L2 of core ${core}`);
      claim(hierarchy.owns(core, line) === (naive.states[core].get(line) === 'M'), `state of ${line} in ${core}`);
    }
  }
  const counts = TRAFFIC_LABELS.map((label) => naive.counts[label]);
  claim(
    String([...hierarchy.traffic]) === String(counts),
    `counted ${String(hierarchy.traffic)}, not ${String(counts)}`,
  );
  const prefetches = PREFETCH_LABELS.map((label) => naive.prefetch.counts[label]);
  const counted = [...(hierarchy.prefetches ?? PREFETCH_LABELS.map(() => 0))];
  claim(String(counted) === String(prefetches), `prefetched ${String(counted)}, not ${String(prefetches)}`);
  if (inclusion === 'exclusive') for (const line of LINES) claim(!isTwice(naive, line), `line ${line} is in L2 and L3`);
  return wrong;
}

function isTwice(naive: NaiveHierarchy, line: number): boolean {
  const perSocket = naive.l2.length / naive.llc.length;
  return naive.sharersOf(line).some((core) => naive.llc[Math.floor(core / perSocket)].has(line));
}

function agree(shape: Shape, cores: readonly number[], length: number, runs: number): void {
  const pause = fc.nat(100);
  const access = fc.tuple(fc.constantFrom(...KINDS), fc.constantFrom(...cores), fc.constantFrom(...LINES), pause);
  fc.assert(
    fc.property(fc.array(access, { maxLength: length, size: 'max' }), (accesses) => {
      const probe = new HierarchyProbe(specOf(shape), DRAM);
      const naive = new NaiveHierarchy(specOf(shape), DRAM);
      for (const [kind, core, line, cycles] of accesses) {
        probe.now = naive.now += cycles;
        const [seen, expected] = [probe[kind](core, line), naive[kind](core, line)];
        const wrong = differences(probe, naive, shape, cores);
        if (wrong.length > 0 || seen.cycles !== expected.cycles || seen.level !== expected.level)
          expect({ ...seen, wrong }).toEqual({ ...expected, wrong: [] });
      }
    }),
    { numRuns: runs },
  );
}

const names = Object.keys(INCLUSIONS) as InclusionName[];
const shapes = names.flatMap((inclusion) => [true, false].map((forwards) => ({ inclusion, forwards })));

describe.each(shapes)('$inclusion last level, clean lines forwarded: $forwards', (shape) => {
  it('agrees after each of 200 random accesses of 4 cores with MESI read off the contents of the caches', () => {
    agree(shape, [0, 1, 2, 3], 200, 30);
  });

  it.each(['firstTouch', 'interleave'] as const)('agrees so on two sockets with pages homed by %s', (homing) => {
    agree({ ...shape, perSocket: 2, homing }, [0, 1, 2, 3], 200, 30);
  });

  it('agrees so among 256 cores of two sockets, from both sides of every border between words of sharers', () => {
    agree({ ...shape, cores: 256, perSocket: 128 }, [0, 31, 32, 33, 63, 64, 127, 128, 223, 224, 255], 120, 5);
  });
});

const prefetchers = PREFETCHER_NAMES.map((prefetcher): PrefetchSpec => ({
  prefetcher,
  degree: 2,
  distance: 5,
  streams: 2,
  outstanding: 3,
}));

describe.each(prefetchers)('prefetch by $prefetcher', (prefetch) => {
  it.each(shapes)(
    'agrees with $inclusion, forwards $forwards: of second level, first, and both, on one and two sockets',
    (shape) => {
      agree({ ...shape, second: prefetch }, [0, 1, 2, 3], 200, 10);
      agree({ ...shape, first: prefetch }, [0, 1], 200, 10);
      for (const second of prefetchers) agree({ ...shape, first: prefetch, second, perSocket: 2 }, [0, 1, 2], 200, 5);
    },
  );

  it('agrees on 400 accesses of one core, which are prefetched most', () => {
    for (const second of prefetchers) agree({ ...shapes[0], first: prefetch, second }, [0], 400, 10);
  });
});

const make = (inclusion: InclusionName = 'inclusive', forwards = true): HierarchyProbe =>
  new HierarchyProbe(specOf({ inclusion, forwards }), DRAM);

describe('states', () => {
  it('E to M is silent: a read and a write of an unshared line cost 140 cycles and no more traffic', () => {
    const probe = make();

    expect(probe.read(0, 1).cycles + probe.write(0, 1).cycles).toBe(LLC + DRAM);
    expect([...probe.hierarchy.traffic].every((count) => count === 0)).toBe(true);
  });

  it('S to M costs a round to the other sharers, or one to the directory when they are gone', () => {
    const probe = make();
    for (const core of [0, 1, 2]) probe.read(core, 1);

    expect(probe.write(0, 1)).toEqual({ cycles: REMOTE, level: Level.Remote });
    expect([probe.count(TrafficCount.Upgrades), probe.count(TrafficCount.Invalidations)]).toEqual([1, 2]);

    probe.read(1, 1);
    for (const line of [3, 5]) probe.read(1, line); // pushes line 1 out of the two ways of core 1
    expect(probe.write(0, 1)).toEqual({ cycles: LLC, level: Level.Llc });
  });

  it('a line that another core alone holds is looked for there: 45 cycles clean, 50 modified, then 40 for a third', () => {
    const probe = make();
    probe.read(0, 1);
    probe.write(0, 2);

    expect([probe.read(1, 1).cycles, probe.read(1, 2).cycles]).toEqual([CLEAN, REMOTE]);
    expect([probe.read(2, 1).cycles, probe.read(2, 2).cycles]).toEqual([LLC, LLC]);
  });

  it.each(['nonInclusive', 'exclusive'] as const)(
    '%s: what another core holds clean and the last level lacks comes from that core at 45 cycles, not from memory at 140',
    (inclusion) => {
      const probe = make(inclusion);
      probe.fetch(0, 1);

      expect(probe.fetch(1, 1)).toEqual({ cycles: CLEAN, level: Level.Remote });
      expect(probe.count(TrafficCount.CleanTransfers)).toBe(1);
      expect(make(inclusion, false).fetch(0, 1).cycles).toBe(LLC + DRAM);
    },
  );
});

/** Cycles of 100 writes by turns, of two cores. */
function cost(probe: HierarchyProbe, lines: readonly [number, number]): number {
  let cycles = 0;
  for (let i = 0; i < 100; i++) cycles += probe.write(i % 2, lines[i % 2]).cycles;
  return cycles;
}

describe('false sharing', () => {
  it('two cores that write one line by turns pay a transfer each time; on two lines they pay twice at all', () => {
    const [one, two] = [0, 1].map(() => new HierarchyProbe(specOf({ inclusion: 'inclusive', forwards: true }), DRAM));

    expect(cost(one, [1, 1])).toBe(LLC + DRAM + 99 * REMOTE);
    expect(cost(two, [1, 2])).toBe(2 * (LLC + DRAM));
    expect([one.count(TrafficCount.Invalidations), two.count(TrafficCount.Invalidations)]).toEqual([99, 0]);
    expect([one.count(TrafficCount.DirtyTransfers), two.count(TrafficCount.DirtyTransfers)]).toEqual([99, 0]);
  });
});

describe('dirty lines', () => {
  it.each(names)('%s: 64 written lines of one set reach memory once each, but those still in caches', (inclusion) => {
    const probe = new HierarchyProbe(specOf({ inclusion, forwards: true }), DRAM);
    const small = inclusion === 'inclusive' ? 4 : 4 + 2; // ways of the last level, and of L2 beside it
    for (let i = 0; i < 64; i++) probe.write(0, 2 * i);
    for (let i = 0; i < 64; i++) probe.read(1, 2 * i);

    expect(probe.count(TrafficCount.MemoryWrites)).toBeGreaterThanOrEqual(64 - small);
    expect(probe.count(TrafficCount.MemoryWrites)).toBeLessThanOrEqual(64);
  });

  it('take their share of bandwidth: a line read when a buffered write-back goes on the bus waits its 7 cycles', () => {
    const dram = new Dram(flatMemory(DRAM, 7));
    const hierarchy = new Hierarchy(specOf({ inclusion: 'inclusive', forwards: true, cores: 1 }), dram);
    for (let i = 0; i < 8; i++) {
      hierarchy.at.now = DRAM * i;
      hierarchy.dataMiss(0, 2 * i, true, false);
    }

    // The fifth line on evicts a dirty one of the four ways, which is written when the line has come: as the next one is read.
    expect(hierarchy.traffic[TrafficCount.MemoryWrites]).toBe(4);
    expect(dram.counts[DramCount.Writes]).toBe(4);
    expect(dram.counts[DramCount.Waited]).toBe(3 * 7);
  });
});

const onTwo = (homing: HomingName = 'firstTouch'): HierarchyProbe =>
  new HierarchyProbe(specOf({ inclusion: 'inclusive', forwards: true, perSocket: 2, homing }), DRAM);

describe('two sockets', () => {
  it('a page first read on socket 0 is 70 cycles farther for socket 1; interleaved, page 1 is far for socket 0', () => {
    const probe = onTwo();
    probe.read(0, 1);

    expect(probe.read(2, 2)).toEqual({ cycles: LLC + DRAM + HOP, level: Level.Dram });
    expect(probe.count(TrafficCount.FarReads)).toBe(1);
    expect(onTwo('interleave').read(0, 65).cycles).toBe(LLC + DRAM + HOP);
  });

  it('a line of the other socket comes 70 cycles later than one of the own: 115 clean, 120 modified, 110 from its last level', () => {
    const probe = onTwo();
    probe.read(0, 1);
    probe.write(0, 2);
    probe.read(0, 3);
    for (const line of [5, 7]) probe.read(0, line); // pushes lines 1 and 3 out of L2

    expect([probe.read(2, 2).cycles, probe.read(2, 7).cycles, probe.read(2, 1).cycles]).toEqual([
      REMOTE + HOP,
      CLEAN + HOP,
      LLC + HOP,
    ]);
    expect(probe.count(TrafficCount.FarTransfers)).toBe(3);
  });
});
