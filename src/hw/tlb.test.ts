import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flatMemory } from '../../test/model/flatmemory.ts';
import { Dram } from './dram.ts';
import { Hierarchy } from './hierarchy.ts';
import { frameOf, KERNEL_VPN, PageFlag, PageTable } from './pagetable.ts';
import type { CacheSpec, TlbSpec } from './profile.ts';
import { toy } from './profiles/toy.ts';
import { Tlbs } from './tlb.ts';

const L1_HIT = 0;
const STLB_HIT = toy.stlb.hit.value;
const CACHED = 0;
const MEMORY = toy.llc.latency.value + toy.dramLatencyNs.value;
const DTLB_SETS = toy.dtlb.entries / toy.dtlb.ways;

const FRAMES = 64;
const USER_PAGES = 2048;
const KERNEL_PAGES = 1024;
const LARGE = 512;
const DATA = PageFlag.Write;
/** First pages of two large kernel pages: of both halves of the kernel's table. */
const TEXT = KERNEL_VPN;
const HEAP = KERNEL_VPN + LARGE;

const geometry = ({ entries, ways }: Pick<TlbSpec, 'entries' | 'ways'>) => ({ sets: entries / ways, ways });
const WALKER = { levels: 2, cache: geometry(toy.walker), loadToUse: 0 };
const linesOf = ({ sizeBytes, ways }: CacheSpec) => ({ sets: sizeBytes / 64 / ways, ways });

/** The TLBs of one toy core, with a user and a kernel page table; memory has unlimited bandwidth. */
class Probe {
  readonly tlbs: Tlbs;
  readonly #user: PageTable;
  readonly #kernel: PageTable;
  readonly #hierarchy: Hierarchy;
  #now = 0;

  constructor() {
    let frame = 1;
    const allocate = (): number => frame++;
    this.#user = new PageTable(0, USER_PAGES, allocate);
    this.#kernel = new PageTable(KERNEL_VPN, KERNEL_PAGES, allocate);
    for (let vpn = 0; vpn < USER_PAGES; vpn++) this.#user.map(vpn, vpn, DATA);
    const { l1i, l1d, l2, llc, itlb, dtlb, largeTlb, stlb } = toy;
    this.#hierarchy = new Hierarchy(
      {
        cores: 1,
        l1i: linesOf(l1i),
        l1d: linesOf(l1d),
        l2: { ...linesOf(l2), latency: l2.latency.value },
        llc: { ...linesOf(llc), latency: llc.latency.value, inclusion: 'inclusive' },
        remoteLatency: toy.remoteCycles.value,
        lines: FRAMES * 64,
      },
      new Dram(flatMemory(toy.dramLatencyNs.value)),
    );
    const [i, d, large, second] = [itlb, dtlb, largeTlb, stlb].map(geometry);
    this.tlbs = new Tlbs(
      0,
      { itlb: i, dtlb: d, large, stlb: second, stlbHit: STLB_HIT, walker: WALKER },
      this.#hierarchy,
    );
  }

  /** Maps a kernel page, or the 512 of a large one, with these flags. */
  mapKernel(vpn: number, pages: number, flags: number): this {
    if (pages === LARGE) this.#kernel.mapLarge(vpn, 0, flags);
    else this.#kernel.map(vpn, 0, flags);
    return this;
  }

  /** Maps a user page anew. */
  remap(vpn: number, frame: number): void {
    this.#user.map(vpn, frame, DATA);
  }

  /** Cycles of a data access to a page. */
  read(vpn: number, tag = 1): number {
    return this.#translate(vpn, tag, false);
  }

  /** Cycles of an instruction fetch from a page. */
  fetch(vpn: number, tag = 1): number {
    return this.#translate(vpn, tag, true);
  }

  /** Pushes the directory entry of a user page out of L1, into L2: reads as many lines of its set as L1 has ways. */
  coolDirectory(vpn: number): void {
    const { sets, ways } = linesOf(toy.l1d);
    const line = this.#user.frames.line(vpn, 1);
    for (let i = 1; i <= ways; i++) {
      this.#hierarchy.at.now = this.#now;
      this.#now += this.#hierarchy.read(0, line + i * sets);
    }
  }

  #translate(vpn: number, tag: number, isFetch: boolean): number {
    const table = vpn >= KERNEL_VPN ? this.#kernel : this.#user;
    this.tlbs.at.now = this.#now;
    const cycles = this.tlbs.translate(table, vpn, tag, isFetch);
    this.#now += cycles;
    return cycles;
  }
}

describe('translation of small pages', () => {
  it('adds 0 cycles on an L1 TLB hit', () => {
    const probe = new Probe();
    probe.read(8);

    expect(probe.read(8)).toBe(L1_HIT);
  });

  it('adds 5 cycles on an STLB hit: after four younger pages of the same dTLB set, and for the first fetch of a page read before', () => {
    const probe = new Probe();
    for (let i = 0; i <= toy.dtlb.ways; i++) probe.read(8 + i * DTLB_SETS);

    expect(probe.read(8)).toBe(STLB_HIT);
    expect(probe.fetch(8)).toBe(STLB_HIT);
    expect(probe.fetch(8)).toBe(L1_HIT);
  });

  it('walks through the caches: 5 + 140 for the entry + 140 for the directory at first', () => {
    const probe = new Probe();

    expect(probe.read(8)).toBe(STLB_HIT + MEMORY + MEMORY);
    expect(probe.tlbs.walks).toBe(1);
  });

  it('walks cheaply nearby: 5 for the next page, whose entry shares the line; 5 + 140 for a page 8 further', () => {
    const probe = new Probe();
    probe.read(8);

    expect(probe.read(9)).toBe(STLB_HIT + CACHED);
    expect(probe.read(16)).toBe(STLB_HIT + MEMORY);
  });

  it('walks into another page table at 5 + 140 + 0: the directory entry is a neighbour of the one read before', () => {
    const probe = new Probe();
    probe.read(8);

    expect(probe.read(8 + LARGE)).toBe(STLB_HIT + MEMORY + CACHED);
  });

  it('covers 128 pages with the STLB: a second pass over 128 costs 5 each, over 160 pages 32 sets of 5 walk again', () => {
    const [fits, exceeds] = [new Probe(), new Probe()];
    for (let vpn = 0; vpn < 128; vpn++) fits.read(vpn);
    for (let vpn = 0; vpn < 160; vpn++) exceeds.read(vpn);

    const again = Array.from({ length: 128 }, (_, vpn) => fits.read(vpn));
    for (let vpn = 0; vpn < 160; vpn++) exceeds.read(vpn);

    expect(new Set(again)).toEqual(new Set([STLB_HIT]));
    expect([fits.tlbs.walks, exceeds.tlbs.walks]).toEqual([128, 160 + 160]);
  });
});

describe('tags', () => {
  it('keep address spaces apart: the same page of space 2 is walked though space 1 has it, and both stay', () => {
    const probe = new Probe();
    probe.read(8, 1);

    expect(probe.tlbs.holds(8, 2)).toBe(false);
    expect(probe.read(8, 2)).toBe(STLB_HIT + CACHED + CACHED);
    expect(probe.tlbs.walks).toBe(2);
    expect([probe.read(8, 1), probe.read(8, 2)]).toEqual([L1_HIT, L1_HIT]);
  });

  it('do not matter for global pages: space 2 hits at 0 cycles what space 1 translated', () => {
    const probe = new Probe().mapKernel(TEXT, 1, PageFlag.Global);
    probe.read(TEXT, 1);

    expect(probe.read(TEXT, 2)).toBe(L1_HIT);
  });

  it('flushTag(1) drops all pages of space 1, small and large, and none of space 2 or global ones', () => {
    const probe = new Probe().mapKernel(TEXT, LARGE, PageFlag.Global).mapKernel(HEAP, LARGE, 0);
    for (const tag of [1, 2]) for (const vpn of [8, 9, TEXT, HEAP]) probe.read(vpn, tag);
    const before = probe.tlbs.walks;

    probe.tlbs.flushTag(1);

    expect([8, 9, TEXT, HEAP].map((vpn) => probe.read(vpn, 2))).toEqual([0, 0, 0, 0]);
    expect(probe.read(TEXT, 1)).toBe(L1_HIT);
    expect(probe.tlbs.walks).toBe(before);
    for (const vpn of [8, 9, HEAP]) probe.read(vpn, 1);
    expect(probe.tlbs.walks).toBe(before + 3);
  });

  it('flushTag makes the next walk read the directory again: 5 + 0 + 0 from warm caches, counted as a walk', () => {
    const probe = new Probe();
    probe.read(8, 1);

    probe.tlbs.flushTag(1);

    expect(probe.read(8, 1)).toBe(STLB_HIT + CACHED + CACHED);
    expect(probe.tlbs.walks).toBe(2);
  });
});

describe('the walk cache', () => {
  const DIRECTORY_IN_L2 = toy.l2.latency.value;

  it('saves the directory: a walk beside an earlier one costs 5 though the directory entry has gone to L2', () => {
    const probe = new Probe();
    probe.read(8);

    probe.coolDirectory(8);

    expect(probe.read(9)).toBe(STLB_HIT + CACHED);
  });

  it.each(['flushTag', 'invalidatePage'] as const)('is emptied by %s: the same walk costs 5 + 10', (drop) => {
    const probe = new Probe();
    probe.read(8);

    probe.coolDirectory(8);
    if (drop === 'flushTag') probe.tlbs.flushTag(1);
    else probe.tlbs.invalidatePage(8, 1);

    expect(probe.read(9)).toBe(STLB_HIT + CACHED + DIRECTORY_IN_L2);
  });
});

describe('invalidatePage', () => {
  it('drops one page of one space: its neighbour and the other space still hit', () => {
    const probe = new Probe();
    for (const tag of [1, 2]) for (const vpn of [8, 9]) probe.read(vpn, tag);

    probe.tlbs.invalidatePage(8, 1);

    expect([probe.tlbs.holds(8, 1), probe.tlbs.holds(9, 1), probe.tlbs.holds(8, 2)]).toEqual([false, true, true]);
  });

  it('drops a kernel page whether it is global or, under split page tables, tagged (INVLPG does both)', () => {
    const probe = new Probe().mapKernel(TEXT, 1, PageFlag.Global).mapKernel(TEXT + 1, 1, 0);
    probe.read(TEXT, 1);
    probe.read(TEXT + 1, 1);

    probe.tlbs.invalidatePage(TEXT, 1);
    probe.tlbs.invalidatePage(TEXT + 1, 1);

    expect([probe.tlbs.holds(TEXT, 0), probe.tlbs.holds(TEXT + 1, 1)]).toEqual([false, false]);
  });
});

/** Pages held of [small, large, global large] under tags 1 and 2 after each was read under both. */
function heldAfter(drop: (tlbs: Tlbs) => void): boolean[] {
  const probe = new Probe().mapKernel(TEXT, LARGE, PageFlag.Global).mapKernel(HEAP, LARGE, 0);
  for (const tag of [1, 2]) for (const vpn of [8, HEAP, TEXT]) probe.read(vpn, tag);
  drop(probe.tlbs);
  return [probe.tlbs.holds(8, 1), probe.tlbs.holds(8, 2), probe.tlbs.holds(HEAP, 1), probe.tlbs.holds(HEAP, 2)].concat(
    probe.tlbs.holds(TEXT, 0),
  );
}

describe('instructions that drop translations', () => {
  it.each([
    ['INVLPG of a small page', (tlbs: Tlbs) => tlbs.invalidatePage(8, 1), [false, true, true, true, true]],
    ['INVLPG inside a large page', (tlbs: Tlbs) => tlbs.invalidatePage(HEAP + 77, 1), [true, true, false, true, true]],
    ['INVLPG inside a global page', (tlbs: Tlbs) => tlbs.invalidatePage(TEXT + 5, 1), [true, true, true, true, false]],
    ['INVPCID 0 of a small page', (tlbs: Tlbs) => tlbs.invalidateTagged(8, 2), [true, false, true, true, true]],
    ['INVPCID 0 in a global page', (tlbs: Tlbs) => tlbs.invalidateTagged(TEXT, 1), [true, true, true, true, true]],
    ['INVPCID 1', (tlbs: Tlbs) => tlbs.flushTag(1), [false, true, false, true, true]],
    ['INVPCID 3', (tlbs: Tlbs) => tlbs.flushNonGlobal(), [false, false, false, false, true]],
    ['INVPCID 2', (tlbs: Tlbs) => tlbs.flushAll(), [false, false, false, false, false]],
  ] as const)('%s: small page of space 1, of 2, large page of 1, of 2, global page', (_name, drop, held) => {
    expect(heldAfter(drop)).toEqual(held);
  });

  it('do not follow a change of the table by themselves: the old frame is used until INVLPG', () => {
    const probe = new Probe();
    probe.read(8);
    const old = probe.tlbs.entry;
    probe.remap(8, 40);

    probe.read(8);
    expect(probe.tlbs.entry).toBe(old);
    probe.tlbs.invalidatePage(8, 1);
    probe.read(8);
    expect(frameOf(probe.tlbs.entry)).toBe(40);
  });
});

describe('large pages', () => {
  it('need one entry for 512 small pages: 5 + 140 for the directory entry, then 0 cycles for the last of them', () => {
    const probe = new Probe().mapKernel(TEXT, LARGE, PageFlag.Global);

    expect(probe.read(TEXT)).toBe(STLB_HIT + MEMORY);
    expect(probe.read(TEXT + LARGE - 1)).toBe(L1_HIT);
  });

  it('have an L1 TLB of their own: 16 pages of 2 MiB in 8 entries leave a small page at 0 cycles', () => {
    const probe = new Probe().mapKernel(TEXT, LARGE, 0).mapKernel(HEAP, LARGE, 0);
    probe.read(8);

    for (let tag = 2; tag < 10; tag++) for (const vpn of [TEXT, HEAP]) probe.read(vpn, tag);

    expect(probe.read(8)).toBe(L1_HIT);
    expect(probe.read(TEXT, 2)).toBe(STLB_HIT);
  });
});

const tag = fc.integer({ min: 1, max: 3 });
const vpn = fc.integer({ min: 0, max: 40 });
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ act: fc.constantFrom('read' as const, 'fetch' as const), vpn, tag }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('invalidatePage' as const), vpn, tag }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('flushTag' as const), vpn, tag }) },
);

/** Keeps the set of translations that may be held: all used since they were last dropped. */
function note(used: Set<string>, act: string, space: number, page: number): void {
  if (act === 'invalidatePage') used.delete(`${space}:${page}`);
  else if (act !== 'flushTag') used.add(`${space}:${page}`);
  else for (const key of used) if (key.startsWith(`${space}:`)) used.delete(key);
}

describe('a translation', () => {
  it('is held only if it was used since it was last dropped, in random sequences of 200 operations', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const probe = new Probe();
        const used = new Set<string>();
        for (const { act, vpn: page, tag: space } of steps) {
          if (act === 'flushTag') probe.tlbs.flushTag(space);
          else if (act === 'invalidatePage') probe.tlbs.invalidatePage(page, space);
          else probe[act](page, space);
          note(used, act, space, page);
        }
        const stale = [1, 2, 3].flatMap((space) =>
          Array.from({ length: 41 }, (_, page) => page).filter(
            (page) => probe.tlbs.holds(page, space) && !used.has(`${space}:${page}`),
          ),
        );
        expect(stale).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
