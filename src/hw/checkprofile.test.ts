import { describe, expect, it } from 'vitest';
import { checkProfile, sourcedLeaves } from './checkprofile.ts';
import { sourced, STEPS, type FrontEndProfile, type MachineProfile } from './profile.ts';
import { machines } from './profiles/index.ts';
import { toy } from './profiles/toy.ts';

const exact = (value: number) => sourced(value, [value, value], 'assumed', 'test');
const pathsOf = (profile: MachineProfile): string[] => checkProfile(profile).map(({ path }) => path);

describe('checkProfile', () => {
  it.each(Object.keys(machines))('finds nothing wrong with the shipped machine %s', (name) => {
    expect(checkProfile(machines[name])).toEqual([]);
  });

  it('lists eight mistakes of one profile at once, each by its dotted path', () => {
    const wrong: MachineProfile = {
      ...toy,
      userCpi: sourced(2, [0.5, 1], 'assumed', 'test'),
      ipiNs: exact(-1),
      wireNs: exact(NaN),
      l1d: { ...toy.l1d, ways: 3 },
      l2: { ...toy.l2, latency: exact(90) },
      stlb: { ...toy.stlb, entries: 0 },
      dtlb: { ...toy.dtlb, ways: 5 },
      cost: { ...toy.cost, iret: sourced(1, [1, 1], 'assumed', ' ') },
    };

    expect(pathsOf(wrong).sort()).toEqual(
      ['userCpi', 'ipiNs', 'wireNs', 'wireNs', 'l1d', 'llc.latency', 'stlb', 'dtlb', 'cost.iret'].sort(),
    );
  });

  it('names the numbers: a value outside its range, 48 sets, and a level slower than the one beyond it', () => {
    const wrong: MachineProfile = {
      ...toy,
      userCpi: sourced(2, [0.5, 1], 'assumed', 'test'),
      l1i: { ...toy.l1i, sizeBytes: 4096 * 3 },
      l2: { ...toy.l2, latency: exact(40) },
    };

    expect(checkProfile(wrong)).toEqual([
      { path: 'userCpi', message: 'is 2, outside its own range 0.5 to 1' },
      { path: 'l1i', message: 'has 192 entries in 4 ways, that is 48 sets; sets must be a power of two' },
      { path: 'llc.latency', message: 'is 40 cycles, not more than the 40 of l2' },
    ]);
  });

  it('names ways that are none beside a size that is no whole number of lines', () => {
    const wrong = { ...toy, l2: { ...toy.l2, sizeBytes: 30_000, ways: 0 } };

    expect(checkProfile(wrong)).toEqual([
      { path: 'l2.sizeBytes', message: 'is 30000; it must be whole lines of 64 bytes' },
      { path: 'l2.ways', message: 'is 0; it must be a whole number above 0' },
    ]);
  });

  it('lists all that is wrong with prefetchers at once: an unknown name with the nearest, 0 lines, half a line, lines beyond the page, a place that has none', () => {
    const prefetch = {
      prefetcher: 'stream',
      degree: exact(2),
      distance: exact(20),
      streams: exact(32),
      outstanding: exact(16),
      source: 'test',
    } as const;
    const wrong = {
      ...toy,
      l1i: { ...toy.l1i, prefetch },
      l1d: { ...toy.l1d, prefetch: { ...prefetch, prefetcher: 'streem', degree: exact(0), source: '' } },
      l2: { ...toy.l2, prefetch: { ...prefetch, degree: exact(65), distance: exact(64), streams: exact(0.5) } },
      llc: { ...toy.llc, replacement: 'srip' },
    };

    expect(checkProfile({ ...toy, l2: { ...toy.l2, prefetch } })).toEqual([]);
    expect(checkProfile(wrong).map(({ path, message }) => `${path} ${message}`)).toEqual([
      'l1i.prefetch is not modelled here; l1d and l2 may prefetch',
      'l1d.prefetch.prefetcher is streem; it must be one of none, nextLine, taggedNextLine, adjacentLine, stream (nearest: stream)',
      'l1d.prefetch.degree is 0; it must be a whole number from 1 to 63',
      'l1d.prefetch has no source',
      'l2.prefetch.degree is 65; it must be a whole number from 1 to 63',
      'l2.prefetch.distance is 64; it must be a whole number from 1 to 63',
      'l2.prefetch.streams is 0.5; it must be a whole number from 1 to 256',
      'l2.prefetch.degree is 65, beyond the distance of 64',
      'llc.replacement is srip; it must be one of lru, treePlru, srrip, random (nearest: srrip)',
    ]);
  });

  it('lists what is wrong with hardware threads: seven mistakes, and none where a share of replays is left out', () => {
    const share = sourced(0.5, [0, 1.5], 'assumed', 'test');
    const smt = {
      threadsPerCore: 3,
      throughput: share,
      replay: share,
      tagsCode: 'yes',
      tagsBranches: 1,
      itlb: 'half',
      source: '',
    };

    expect(checkProfile({ ...toy, smt: toy.smt! })).toEqual([]);
    expect(checkProfile({ ...toy, smt }).map(({ path, message }) => `${path} ${message}`)).toEqual([
      'smt.threadsPerCore is 3; it must be 2',
      'smt.throughput ranges over 0,1.5; it must stay from 1 to 2',
      'smt.replay ranges over 0,1.5; it must stay from 0 to 1',
      'smt.tagsCode is yes; it must be true or false',
      'smt.tagsBranches is 1; it must be true or false',
      'smt.itlb is half; it must be one of shared, halved, replicated (nearest: halved)',
      'smt has no source of its number of threads',
    ]);
  });

  it('names a number without a source', () => {
    const wrong = { ...toy, cost: { ...toy.cost, verw: sourced(10, [1, 20], 'assumed', '') } };

    expect(checkProfile(wrong)).toEqual([{ path: 'cost.verw', message: 'has no source' }]);
  });

  it('refuses zero where cycles are divided by it or time would stand still, in the value and at the end of its range, and a range that is none: five mistakes', () => {
    const zen = machines['zen4'];
    const { branches, uops, returnCycles } = zen.frontEnd as FrontEndProfile;
    const wrong = {
      ...zen,
      clockHz: exact(0),
      dramBytesPerNs: sourced(20, [0, 40], 'assumed', 'a round number'),
      userCpi: { ...exact(1), range: [1] },
      kernelCpi: exact(0),
      frontEnd: { branches, uops: { ...(uops as object), decodeWidth: exact(0) }, returnCycles },
    };

    expect(checkProfile(wrong).map(({ path, message }) => `${path} ${message}`)).toEqual([
      'clockHz must be above 0, as its range must',
      'userCpi has no range of two numbers',
      'kernelCpi must be above 0, as its range must',
      'dramBytesPerNs must be above 0, as its range must',
      'frontEnd.uops.decodeWidth must be above 0, as its range must',
    ]);
  });

  it('refuses more cores than a line of the directory can name: 511', () => {
    expect(checkProfile({ ...toy, maxCores: 511 })).toEqual([]);
    expect(checkProfile({ ...toy, maxCores: 512 })).toEqual([
      { path: 'maxCores', message: 'is 512; at most 511 are modelled' },
    ]);
  });

  it('lists what a file got wrong, whatever it holds: twelve mistakes from a missing part to a step that is none', () => {
    const { l2, ...rest } = toy;
    const { iret, ...cost } = toy.cost;
    const wrong = {
      ...rest,
      color: 'red',
      pcid: 'yes',
      maxCores: 0,
      entry: 'sysenterr',
      features: ['kpti', 'retpoline'],
      l1d: { ...toy.l1d, source: undefined, ways: 7 },
      llc: { ...toy.llc, sizeBytes: 1000, latency: { ...toy.llc.latency, source: undefined } },
      wireNs: 10,
      cost: { ...cost, teleport: exact(1) },
    };

    expect([l2.ways, iret.value]).toEqual([8, 10]);
    expect(checkProfile(wrong).map(({ path, message }) => `${path} ${message}`)).toEqual([
      'maxCores is 0; it must be a whole number above 0',
      'l1d has no source of its geometry',
      'l1d has 64 entries in 7 ways; the ways must divide the entries',
      'l2 is missing',
      'llc.sizeBytes is 1000; it must be whole lines of 64 bytes',
      'llc.latency has no source',
      'pcid is yes; it must be true or false',
      'wireNs must be a number with value, range, confidence and source',
      'entry is sysenterr; it must be one of int80, sysenter, syscall, fred (nearest: sysenter)',
      expect.stringMatching(/^features\.1 is retpoline; it must be one of kpti, ibrs, /) as string,
      'cost.teleport is no primitive step',
      'color is no part of a machine profile',
    ]);
  });

  it('lists what is wrong with the behaviour of caches and with sockets: seven mistakes, each by its path', () => {
    const wrong = {
      ...toy,
      l1d: { ...toy.l1d, replacement: 'mru', hashed: 'yes' },
      llc: { ...toy.llc, inclusion: 'both', sizeBytes: 64 * 1024 * 12, ways: 12, replacement: 'treePlru' },
      sockets: { coresPerSocket: 0, homing: 'near', hopNs: exact(50), source: '' },
    };

    expect(pathsOf(wrong as unknown as MachineProfile)).toEqual([
      'l1d.replacement',
      'l1d.hashed',
      'llc.ways',
      'llc.inclusion',
      'sockets.coresPerSocket',
      'sockets.homing',
      'sockets',
    ]);
  });

  it('lists what is wrong with memory: nine mistakes, each by its path', () => {
    const dram = {
      channels: 1.5,
      banks: 12,
      rowBytes: 32,
      mapping: 'byLine',
      hashed: 1,
      pages: 'ajar',
      casNs: { ...exact(10), source: undefined },
      rcdNs: exact(10),
      rpNs: exact(-1),
      idleNs: exact(0),
    };

    expect(checkProfile({ ...toy, dram }).map(({ path, message }) => `${path} ${message}`)).toEqual([
      'dram has no source of its geometry',
      'dram.channels is 1.5; it must be a whole number above 0',
      'dram.banks is 12; it must be a power of two',
      'dram.rowBytes is 32; a row holds at least a line of 64 bytes',
      'dram.mapping is byLine; it must be one of lineInterleaved, rowInterleaved',
      'dram.hashed is 1; it must be true or false',
      'dram.pages is ajar; it must be one of open, timed, closed',
      'dram.casNs has no source',
      'dram.rpNs is -1; it must be a finite number, at least 0',
    ]);
  });

  it('refuses a latency of memory that is less than that of its devices: 25 ns for tRCD 10, tCL 10 and, of open pages, tRP 10', () => {
    const short = { ...toy, dramLatencyNs: exact(25) };

    expect(checkProfile(short)).toEqual([]);
    expect(checkProfile({ ...short, dram: { ...toy.dram, pages: 'open' } })).toEqual([
      { path: 'dramLatencyNs', message: 'is 25, less than the 30 ns of the devices of dram' },
    ]);
  });

  it('lists what is wrong with overlap: a level without it, one below 1, and no part for fetch', () => {
    const { llc, ...data } = toy.overlap.data;

    expect(llc.value).toBe(1);
    expect(checkProfile({ ...toy, overlap: { data: { ...data, dram: exact(0.5) } } })).toEqual([
      { path: 'overlap.data.llc', message: 'must be a number with value, range, confidence and source' },
      { path: 'overlap.data.dram', message: 'is below 1, which is no overlap at all' },
      { path: 'overlap.fetch', message: 'must hold l2, llc, remote, dram, fills, lineCycles' },
    ]);
  });

  it.each([undefined, null, 7, 'skylake', []])('says that %s is no machine profile', (value) => {
    expect(checkProfile(value)).toEqual([{ path: '', message: 'is no machine profile' }]);
  });

  it('misses the cost of each step that the machine can take, and of no other: IRET on toy, nothing for SYSENTER', () => {
    const { iret, sysenterInstr, verw, ...cost } = toy.cost;

    expect([iret, sysenterInstr, verw].map(({ value }) => value)).toEqual([10, 10, 10]);
    expect(checkProfile({ ...toy, cost })).toEqual([{ path: 'cost.iret', message: 'is missing: IRET to CPL 3' }]);
    expect(pathsOf({ ...toy, cost, features: ['mds'] })).toEqual(['cost.iret', 'cost.verw']);
  });

  it('refuses a second level of TLB that is faster than the first', () => {
    expect(checkProfile({ ...toy, dtlb: { ...toy.dtlb, hit: exact(9) } })).toEqual([
      { path: 'stlb.hit', message: 'is 5 cycles, less than the 9 of dtlb' },
    ]);
  });
});

describe('sourcedLeaves', () => {
  it('finds the price of each of the primitive steps and every cache latency, by path', () => {
    const paths = sourcedLeaves(toy).map(([path]) => path);

    expect(paths.filter((path) => path.startsWith('cost.'))).toEqual(Object.keys(STEPS).map((step) => `cost.${step}`));
    expect(paths).toEqual(expect.arrayContaining(['l1i.latency', 'llc.latency', 'stlb.hit', 'clockHz', 'wireNs']));
  });

  it('gives each shipped number a range around its value and one of four confidences', () => {
    const leaves = Object.values(machines).flatMap((machine) => sourcedLeaves(machine));
    const odd = leaves.filter(
      ([, { value, range, confidence }]) =>
        !(range[0] <= value && value <= range[1]) ||
        !['seen', 'second-hand', 'recalled', 'assumed'].includes(confidence),
    );

    expect(leaves.length).toBeGreaterThan(100);
    expect(odd).toEqual([]);
  });
});
