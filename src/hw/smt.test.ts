import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NaiveHierarchy } from '../../test/model/naivehierarchy.ts';
import { bareMachine, type BareMachine, type ToyOptions } from '../../test/model/support.ts';
import type { Core } from './core.ts';
import { Domain } from './cpi.ts';
import { FrontEnd } from './frontend.ts';
import type { HierarchySpec } from './hierarchy.ts';
import { LEVEL_NAMES } from './level.ts';
import { invalidate } from './invalidation.ts';
import { Op, OpStream } from './opstream.ts';
import { PageFlag, PageTable } from './pagetable.ts';
import { toy } from './profiles/toy.ts';
import { sourced, type CacheSpec, type MachineProfile } from './profile.ts';

const LINES_PER_PAGE = 64;
const PAGES = 64;
const DATA = 8 * LINES_PER_PAGE;
const GAIN = toy.smt!.throughput.value;

/** Every logical CPU in the same address space of 64 pages, with user work to do. */
function userMachine(options: ToyOptions): BareMachine {
  const bare = bareMachine(options);
  const { machine } = bare;
  const table = new PageTable(0, PAGES, () => machine.allocateFrames(1));
  const frame = machine.allocateFrames(PAGES);
  for (let vpn = 0; vpn < PAGES; vpn++) table.map(vpn, frame + vpn, PageFlag.Write);
  for (const core of machine.cores) {
    core.memory.loadSpace(table, 1, false);
    core.domain = Domain.User;
  }
  return bare;
}

type Operation = readonly [op: number, a: number, b: number, c?: number];
const compute: Operation = [Op.Execute, LINES_PER_PAGE, 1, 1000];

/** Lets CPUs do so many times what is given for each, from time 0 on; returns when each had done its own. */
function finish({ engine, machine }: BareMachine, works: readonly (readonly [Operation, times: number])[]): number[] {
  for (const [cpu, [[op, a, b, c = 0], times]] of works.entries()) {
    const stream = new OpStream(16);
    for (let i = 0; i < times; i++) stream.push(op, a, b, c);
    machine.cores[cpu].stream = stream;
    machine.cores[cpu].raise(0, 0);
  }
  engine.runUntil(1e9);
  return works.map((_, cpu) => machine.cores[cpu].now);
}

function twice<T>(value: T): readonly T[] {
  return [value, value];
}

function bucket({ stats }: BareMachine, name: string): number {
  return stats.rows(stats.snapshot()).find((row) => row.name === name)?.value ?? 0;
}

const smt = { cores: 1, smt: true, syncWindow: 1000 };

const replaying = (share: number): MachineProfile => ({
  ...toy,
  smt: { ...toy.smt!, replay: sourced(share, [0, 1], 'assumed', 'test') },
});

/** How much longer a thread computes beside one that always waits for memory. */
function slowdownBesideWaits(profile: MachineProfile): number {
  const bare = userMachine({ ...smt, profile });
  const stride = 5; // no line twice in the same set soon, none in the first level when it comes again
  const machine = bare.machine.cores[1];
  const stream = new OpStream(16);
  for (let i = 0; i < 20_000; i++) stream.push(Op.Load, DATA + ((i * stride) % (40 * LINES_PER_PAGE)), 1, 0);
  machine.stream = stream;
  machine.raise(0, 0);
  const [end] = finish(bare, [[compute, 100]]);
  return end / 100_000;
}

describe('issue slots', () => {
  const [alone] = finish(userMachine(smt), [[compute, 1000]]);

  it('two computing threads on one core do 1.25 times the work of one, on two cores 2 times', () => {
    const shared = finish(userMachine(smt), twice([compute, 1000]));
    const apart = finish(userMachine({ cores: 2, syncWindow: 1000 }), twice([compute, 1000]));

    for (const end of shared) expect((2 * alone) / end).toBeCloseTo(GAIN, 2);
    for (const end of apart) expect((2 * alone) / end).toBeCloseTo(2, 2);
  });

  it.each([0, 1000, 10_000])('are shared alike with a window of %i cycles', (syncWindow) => {
    const [first, second] = finish(userMachine({ ...smt, syncWindow }), twice([compute, 1000]));
    expect((2 * alone) / Math.max(first, second)).toBeCloseTo(GAIN, 1);
  });

  it('are shared alike by the siblings of each of 8 cores, though 16 CPUs take turns in groups', () => {
    const ends = finish(
      userMachine({ ...smt, cores: 8 }),
      Array.from({ length: 16 }, () => [compute, 1000] as const),
    );
    for (const end of ends) expect((2 * alone) / end).toBeCloseTo(GAIN, 1);
  });

  it('a thread whose sibling is halted takes no cycle longer than on a machine without siblings', () => {
    expect(alone).toBe(finish(userMachine({ cores: 1, syncWindow: 1000 }), [[compute, 1000]])[0]);
  });

  it('a thread runs at full speed again once its sibling has halted', () => {
    const bare = userMachine(smt);
    const [long, short] = finish(bare, [
      [compute, 1000],
      [compute, 100],
    ]);
    // While the short one runs, both lose 100 x 1000 x (2 / 1.25 - 1) cycles.
    expect(short / (100_000 * (2 / GAIN))).toBeCloseTo(1, 1);
    expect((long - alone) / (100_000 * (2 / GAIN - 1))).toBeCloseTo(1, 1);
  });

  it('a thread that always waits for memory leaves all slots to its sibling, and none of them if it replays all the while', () => {
    expect(slowdownBesideWaits(toy)).toBeLessThan(1.06);
    expect(slowdownBesideWaits(replaying(0))).toBe(slowdownBesideWaits(toy));
    expect(slowdownBesideWaits(replaying(0.5))).toBeCloseTo(1 / (1 - 0.5 * (1 - GAIN / 2)), 1);
    expect(slowdownBesideWaits(replaying(1))).toBeCloseTo(2 / GAIN, 1);
  });

  it('waits go to a bucket of their own, and buckets sum to the clock of each logical CPU', () => {
    const bare = userMachine(smt);
    finish(bare, twice([compute, 500]));
    for (const core of bare.machine.cores) {
      expect(core.ledger.accounted()).toBe(core.now);
      expect(bucket(bare, `${core.name}.cpi.smt`) / bucket(bare, `${core.name}.cpi.userBase`)).toBeCloseTo(0.6, 2);
    }
    expect(bare.machine.cores.map(({ name }) => name)).toEqual(['core0', 'core0t1']);
  });

  it('halves the window: with an overlap of 3, data stalls take 3 / 2 times as long while the sibling runs', () => {
    const three = sourced(3, [3, 3], 'assumed', 'test');
    const data = {
      l2: three,
      llc: three,
      remote: three,
      dram: three,
      fills: three,
      lineCycles: toy.overlap.data.lineCycles,
    };
    const profile = { ...toy, overlap: { ...toy.overlap, data } };
    const stalls = (works: number): number => {
      const bare = userMachine({ ...smt, profile });
      for (const core of bare.machine.cores.slice(0, works)) {
        const stream = new OpStream(16);
        for (let i = 0; i < 4000; i++) {
          stream.push(Op.Execute, LINES_PER_PAGE, 1, 10);
          stream.push(Op.Load, DATA + (i % 4) * 10 * LINES_PER_PAGE + ((i >> 2) % 4) * 16 + core.id, 1, 0);
        }
        core.stream = stream;
        core.raise(0, 0);
      }
      bare.engine.runUntil(1e9);
      return bucket(bare, 'core0.cpi.userData') / bucket(bare, 'core0.served.l2User');
    };
    expect(stalls(2) / stalls(1)).toBeCloseTo(1.5, 1);
  });
});

/** Lines of the first level of data. */
const L1_LINES = toy.l1d.sizeBytes / 64;

describe('a shared front end', () => {
  it('gives a branch that one thread has seen to both, micro-operations only to their own, which compete for the ways', () => {
    const way = { sets: 1, ways: 2 };
    const first = new FrontEnd({ branches: { ...way, missed: 100 }, uops: { ...way, user: 7, kernel: 7 }, returns: 0 });
    const second = first.sibling();
    const costs = [first, second, first, second].map((thread) => thread.fetch(1, Domain.User));
    expect(costs).toEqual([107, 7, 0, 0]);
    second.fetch(2, Domain.User);
    expect(first.fetch(1, Domain.User)).toBe(7);
  });
});

/** Misses of the first level of CPU 0 in ten rounds, in each of which another CPU reads four times its size. */
function missesBeside(other: number): number {
  const bare = userMachine({ cores: 2, smt: true });
  const [victim] = bare.machine.cores;
  for (let round = 0; round < 10; round++) {
    victim.memory.touch(DATA, 8, false);
    bare.machine.cores[other].memory.touch(DATA + LINES_PER_PAGE, 4 * L1_LINES, false);
  }
  return bucket(bare, 'core0.served.l2User');
}

function readPages(core: Core, from: number, pages: number): void {
  for (let page = from; page < from + pages; page++) core.memory.touch(page * LINES_PER_PAGE, 1, false);
}

/** Walks of CPU 0, which reads 16 pages, then again after another CPU has read 32. */
function walksBeside(other: number): number {
  const bare = userMachine({ cores: 2, smt: true, profile: { ...toy, stlb: { ...toy.stlb, entries: 16 } } });
  const [victim] = bare.machine.cores;
  readPages(victim, 0, 16);
  readPages(bare.machine.cores[other], 16, 32);
  readPages(victim, 0, 16);
  return victim.tlbs.walks;
}

/** Transfers of modified lines and invalidations when CPU 0 and another write a line in turns. */
function trafficBetween(other: number): number[] {
  const { machine, stats } = userMachine({ cores: 2, smt: true });
  for (let round = 0; round < 10; round++) for (const cpu of [0, other]) machine.cores[cpu].memory.touch(DATA, 1, true);
  machine.publish();
  const rows = stats.rows(stats.snapshot());
  return ['dirtyTransfers', 'invalidations'].map(
    (label) => rows.find(({ name }) => name === `memory.traffic.${label}`)!.value,
  );
}

/** Misses of each thread of a core when both walk through the same 64 lines of code in turns, ten times. */
function codeMisses(tagsCode: boolean, lines: number): number[] {
  const { machine, stats } = userMachine({ ...smt, profile: { ...toy, smt: { ...toy.smt!, tagsCode } } });
  for (let round = 0; round < 10; round++) for (const core of machine.cores) core.memory.fetch(LINES_PER_PAGE, lines);
  const rows = stats.rows(stats.snapshot());
  return machine.cores.map(({ name }) =>
    rows.filter((row) => row.name.startsWith(`${name}.served.`)).reduce((sum, { value }) => sum + value, 0),
  );
}

describe('code in the first level', () => {
  const all = toy.l1i.sizeBytes / 64;

  it('serves both threads, whoever brought it; where lines carry their thread, each brings its own', () => {
    expect(codeMisses(false, all / 2)).toEqual([all / 2, 0]);
    expect(codeMisses(true, all / 2)).toEqual([all / 2, all / 2]);
  });

  it('of which one thread needs all leaves nothing to the other where lines carry their thread: all of 10 rounds miss', () => {
    expect(codeMisses(false, all)).toEqual([all, 0]);
    expect(codeMisses(true, all)).toEqual([10 * all, 10 * all]);
  });

  it('leaves for both threads when another core writes it', () => {
    const { machine } = userMachine({ cores: 2, smt: true, profile: { ...toy, smt: { ...toy.smt!, tagsCode: true } } });
    const [first, other, second] = machine.cores;
    const costs = (): number[] =>
      [first, second].map((core) => {
        const before = core.now;
        core.memory.fetch(LINES_PER_PAGE, 1);
        return core.now - before;
      });
    costs();
    expect(costs()).toEqual([0, 0]);
    other.memory.touch(LINES_PER_PAGE, 1, true);
    for (const cost of costs()) expect(cost).toBeGreaterThan(0);
  });
});

describe('shared caches and TLBs', () => {
  it('a thrashing sibling evicts lines from the first level; a thread on another core does not', () => {
    expect([missesBeside(2), missesBeside(1)]).toEqual([9 * 8, 0]);
  });

  it('siblings compete for the ways of the TLBs: 32 pages of one push out the 16 of the other', () => {
    expect([walksBeside(2), walksBeside(1)]).toEqual([32, 16]);
  });

  it('siblings neither use nor drop entries of each other, even of one address space', () => {
    const { machine } = userMachine(smt);
    const [first, second] = machine.cores;
    first.memory.touch(DATA, 1, false);
    expect([first, second].map(({ tlbs }) => tlbs.holds(8, 1))).toEqual([true, false]);

    second.memory.touch(DATA, 1, false);
    expect([first, second].map(({ tlbs }) => tlbs.walks)).toEqual([1, 1]);

    invalidate(machine, second, 'invpcidAll', 0, 0);
    expect([first, second].map(({ tlbs }) => tlbs.holds(8, 1))).toEqual([true, false]);
    invalidate(machine, first, 'cr3Reload', 0, 1);
    expect(first.tlbs.holds(8, 1)).toBe(false);
  });

  it('siblings write one line in turns without any transfer; cores pay for each', () => {
    expect(trafficBetween(2)).toEqual([0, 0]);
    expect(trafficBetween(1)[0]).toBeGreaterThan(9);
  });
});

/** Caches so small that one page overflows them all. */
const tiny = (sets: number, ways: number, cache: CacheSpec): CacheSpec => ({
  ...cache,
  sizeBytes: sets * ways * 64,
  ways,
});
const TINY: MachineProfile = {
  ...toy,
  l1i: tiny(1, 2, toy.l1i),
  l1d: tiny(1, 2, toy.l1d),
  l2: tiny(2, 2, toy.l2),
  llc: { ...toy.llc, ...tiny(2, 8, toy.llc) },
};
const NAIVE: HierarchySpec = {
  cores: 2,
  l1i: { sets: 1, ways: 2 },
  l1d: { sets: 1, ways: 2 },
  l2: { sets: 2, ways: 2, latency: 10 },
  llc: { sets: 2, ways: 8, latency: 40, inclusion: 'inclusive' },
  remoteLatency: 50,
  lines: 1 << 24,
};
const KINDS = ['read', 'write', 'fetch'] as const;

describe('random traffic of two cores with siblings', () => {
  it('is served at every step by the level that MESI without siblings says of the cores, however small the caches', () => {
    const access = fc.tuple(fc.constantFrom(...KINDS), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 23 }));
    fc.assert(
      fc.property(fc.array(access, { maxLength: 200, size: 'max' }), (accesses) => {
        const bare = userMachine({ cores: 2, smt: true, profile: TINY });
        const naive = new NaiveHierarchy(NAIVE, 100);
        const step = (kind: (typeof KINDS)[number], cpu: number, line: number): string[] => {
          const before = servedBy(bare, cpu);
          const { memory } = bare.machine.cores[cpu];
          if (kind === 'fetch') memory.fetch(DATA + line, 1);
          else memory.touch(DATA + line, 1, kind === 'write');
          const level = naive[kind](bare.machine.topology.coreOf(cpu), line).level;
          const seen = servedBy(bare, cpu).findIndex((count, i) => count > before[i]);
          return [LEVEL_NAMES[Math.max(seen, 0)], LEVEL_NAMES[level]];
        };
        // Page tables, walked once by each CPU, are pushed out of all caches before anything is compared.
        for (let cpu = 0; cpu < 4; cpu++) {
          for (const kind of KINDS) for (let line = 24; line < 64; line++) step(kind, cpu, line);
        }
        for (const [kind, cpu, line] of accesses) {
          const [seen, expected] = step(kind, cpu, line);
          expect(`${kind} ${line} by ${cpu}: ${seen}`).toBe(`${kind} ${line} by ${cpu}: ${expected}`);
        }
      }),
      { numRuns: 15 },
    );
  });
});

/** Misses of a CPU so far by level. */
function servedBy({ stats, machine }: BareMachine, cpu: number): number[] {
  const rows = stats.rows(stats.snapshot());
  const of = (label: string): number =>
    rows.find(({ name }) => name === `${machine.cores[cpu].name}.served.${label}User`)!.value;
  return LEVEL_NAMES.map(of);
}
