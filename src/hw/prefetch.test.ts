import { describe, expect, it } from 'vitest';
import { flatMemory } from '../../test/model/flatmemory.ts';
import { HierarchyProbe } from '../../test/model/hierarchyprobe.ts';
import { openStream } from '../sim/rng.ts';
import { KiB, LINE_BYTES, LINES_PER_PAGE, MiB } from '../sim/units.ts';
import { Dram } from './dram.ts';
import { Hierarchy, Level, type HierarchySpec } from './hierarchy.ts';
import { Prefetch } from './prefetched.ts';
import { makePrefetcher, type PrefetcherName, type PrefetchSpec } from './prefetchers.ts';

const [L2, LLC, DRAM] = [10, 40, 100];
const SCAN = MiB / LINE_BYTES;
const LINES = 1 << 16;

const specOf = (prefetcher: PrefetcherName, numbers: Partial<PrefetchSpec> = {}): PrefetchSpec => ({
  prefetcher,
  degree: 2,
  distance: 20,
  streams: 16,
  outstanding: 32,
  ...numbers,
});

function hierarchySpec(first?: PrefetchSpec, second?: PrefetchSpec): HierarchySpec {
  return {
    cores: 2,
    l1i: { sets: 64, ways: 8 },
    l1d: { sets: 64, ways: 8, ...(first && { prefetch: first }) },
    l2: { sets: 512, ways: 8, latency: L2, ...(second && { prefetch: second }) },
    llc: { sets: 4096, ways: 16, latency: LLC, inclusion: 'inclusive' },
    remoteLatency: 50,
    lines: LINES,
  };
}

const probeOf = (first?: PrefetchSpec, second?: PrefetchSpec): HierarchyProbe =>
  new HierarchyProbe(hierarchySpec(first, second), DRAM);

/** Reads lines in turn with `pause` cycles between; how many of them came from memory. */
function fromMemory(probe: HierarchyProbe, lines: Iterable<number>, pause = 1000): number {
  let misses = 0;
  for (const line of lines) {
    probe.now += pause;
    if (probe.read(0, line).level === Level.Dram) misses++;
  }
  return misses;
}

const scan = (count: number): number[] => Array.from({ length: count }, (_, line) => line);
const count = ({ hierarchy }: HierarchyProbe, which: number): number => hierarchy.prefetches![which];

/** Lines that a prefetcher wants after each of some misses. */
function wanted(spec: PrefetchSpec, misses: readonly number[]): number[][] {
  const prefetcher = makePrefetcher(spec);
  return misses.map((line) => {
    prefetcher.observe(line, true);
    return Array.from({ length: prefetcher.count }, (_, i) => prefetcher.next + i * prefetcher.step);
  });
}

describe('a scan of 1 MiB', () => {
  it.each([1, 3, 7])('misses once in degree %i and one lines behind the next-line prefetcher', (degree) => {
    const probe = probeOf(undefined, specOf('nextLine', { degree }));

    expect(fromMemory(probe, scan(SCAN))).toBe(SCAN / (degree + 1));
    expect(count(probe, Prefetch.Useful)).toBe((SCAN * degree) / (degree + 1));
    expect(count(probe, Prefetch.Late)).toBe(0);
  });

  it('misses once in each of its 256 pages when the prefetch is tagged, twice when a stream is trained', () => {
    expect(fromMemory(probeOf(undefined, specOf('taggedNextLine')), scan(SCAN))).toBe(SCAN / LINES_PER_PAGE);
    expect(fromMemory(probeOf(undefined, specOf('stream')), scan(SCAN))).toBe((2 * SCAN) / LINES_PER_PAGE);
    expect(fromMemory(probeOf(undefined, specOf('stream')), scan(SCAN).reverse())).toBe((2 * SCAN) / LINES_PER_PAGE);
  });

  it('misses in every other line of a pair, once a page where the first level asks for what is next, and always without', () => {
    expect(fromMemory(probeOf(undefined, specOf('adjacentLine')), scan(SCAN))).toBe(SCAN / 2);
    expect(fromMemory(probeOf(specOf('taggedNextLine')), scan(SCAN))).toBe(SCAN / LINES_PER_PAGE);
    expect(fromMemory(probeOf(), scan(SCAN))).toBe(SCAN);
  });
});

describe('random access', () => {
  const rng = openStream(1, 0, 'prefetch');
  const lines = Array.from({ length: 20_000 }, () => rng.below(LINES));

  it('to 4 MiB makes a stream ask for less than a line in 20 reads', () => {
    const probe = probeOf(undefined, specOf('stream'));
    fromMemory(probe, lines);

    expect(count(probe, Prefetch.Issued)).toBeLessThan(lines.length / 20);
  });

  it('to 4 MiB wastes most of what comes with each miss as its pair', () => {
    const probe = probeOf(undefined, specOf('adjacentLine'));
    fromMemory(probe, lines);

    expect(count(probe, Prefetch.Issued)).toBeGreaterThan(lines.length / 2);
    expect(count(probe, Prefetch.Useless)).toBeGreaterThan(count(probe, Prefetch.Useful));
  });
});

describe('what is asked for', () => {
  it.each(['nextLine', 'taggedNextLine', 'adjacentLine', 'stream'] as const)(
    '%s never crosses the page, wherever in 64 lines and in which direction the misses go',
    (name) => {
      const spec = specOf(name, { degree: 63, distance: 63 });
      const page = 5;
      const up = Array.from({ length: LINES_PER_PAGE }, (_, i) => page * LINES_PER_PAGE + i);
      const asked = [...wanted(spec, up), ...wanted(spec, up.toReversed())].flat();

      expect(asked.length).toBeGreaterThan(0);
      expect(asked.filter((line) => Math.floor(line / LINES_PER_PAGE) !== page)).toEqual([]);
    },
  );

  it('a stream begins with the second neighbour, asks for two lines at a time, stays 5 ahead and skips what was asked for', () => {
    const spec = specOf('stream', { distance: 5 });

    expect(wanted(spec, [10, 11, 12, 13, 14])).toEqual([[], [12, 13], [14, 15], [16, 17], [18, 19]]);
    expect(wanted(spec, [10, 11, 12, 13, 14, 15, 16, 17]).slice(5)).toEqual([[20], [21], [22]]);
    expect(wanted(spec, [30, 29, 28])).toEqual([[], [28, 27], [26, 25]]);
  });

  it('a stream that turns is learnt anew; a third page takes the place of the one of two that was used longest ago', () => {
    expect(wanted(specOf('stream'), [10, 11, 10, 9])).toEqual([[], [12, 13], [9, 8], [7, 6]]);
    expect(wanted(specOf('stream', { streams: 2 }), [0, 64, 1, 128, 65, 2])).toEqual([[], [], [2, 3], [], [], []]);
  });
});

describe('a prefetched line', () => {
  it('that is wanted 30 of the 140 cycles after it was asked for keeps its user waiting for 110, and is late', () => {
    const probe = probeOf(undefined, specOf('nextLine'));
    probe.read(0, 0);
    probe.now = 30;

    expect(probe.read(0, 1)).toEqual({ cycles: LLC + DRAM - 30, level: Level.L2 });
    expect([Prefetch.Useful, Prefetch.Late].map((which) => count(probe, which))).toEqual([1, 1]);
  });

  it('for the first level costs nothing once it is there', () => {
    const probe = probeOf(specOf('nextLine'));
    probe.read(0, 0);
    probe.now = LLC + DRAM;

    expect(probe.read(0, 1)).toEqual({ cycles: 0, level: Level.L1 });
  });

  it('is dropped when another core holds it alone, so that nobody loses what he wrote', () => {
    const probe = probeOf(specOf('nextLine', { degree: 1 }), specOf('nextLine', { degree: 1 }));
    probe.write(1, 63); // the last of its page: nothing is asked for
    probe.read(0, 62);

    expect([count(probe, Prefetch.Issued), count(probe, Prefetch.Dropped)]).toEqual([0, 2]);
    expect(probe.hierarchy.owns(1, 63)).toBe(true);
  });

  it('is useless when it is evicted unused: of 2 x 4096 lines that nobody reads, all but those that 256 KiB hold', () => {
    const probe = probeOf(undefined, specOf('nextLine', { degree: 1 }));
    fromMemory(
      probe,
      scan(8192).map((line) => 2 * line),
    );

    const inL2 = (256 * KiB) / LINE_BYTES / 2;
    expect(count(probe, Prefetch.Issued)).toBe(8192);
    expect(count(probe, Prefetch.Useless)).toBe(8192 - inL2);
  });

  it('is one of at most 4 under way: of 7 more behind a miss 3 are not asked for', () => {
    const probe = probeOf(undefined, specOf('nextLine', { degree: 7, outstanding: 4 }));
    probe.read(0, 0);

    expect([count(probe, Prefetch.Issued), count(probe, Prefetch.Dropped)]).toEqual([4, 3]);
  });

  it('takes its share of bandwidth: behind 3 prefetches of 20 cycles each, the next miss waits 80 cycles', () => {
    const dram = new Dram(flatMemory(DRAM, 20));
    const hierarchy = new Hierarchy(hierarchySpec(undefined, specOf('nextLine', { degree: 3 })), dram);
    hierarchy.dataMiss(0, 0, false, false);

    expect(hierarchy.dataMiss(0, 100, false, false)).toBe(LLC + DRAM + 4 * 20);
  });
});
