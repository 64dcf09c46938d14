import { describe, expect, it } from 'vitest';
import { flatMemory } from '../../test/model/flatmemory.ts';
import { Dram } from './dram.ts';
import { Hierarchy } from './hierarchy.ts';
import type { NestedTables } from './nested.ts';
import { TABLE_BITS, TableFrames } from './tableframes.ts';
import { Walker } from './walker.ts';

const L1 = 4;
const L2 = 10;
const MEMORY = 140;
const FRAMES = 4096;
const TAG = 1;
/** Frame of the data; far from those of the tables. */
const DATA = 3600;

const hierarchy = (): Hierarchy =>
  new Hierarchy(
    {
      cores: 1,
      l1i: { sets: 16, ways: 4 },
      l1d: { sets: 16, ways: 4 },
      l2: { sets: 64, ways: 8, latency: L2 - L1 },
      llc: { sets: 1024, ways: 16, latency: 40 - L1, inclusion: 'inclusive' },
      remoteLatency: 50,
      lines: FRAMES * 64,
    },
    new Dram(flatMemory(100)),
  );

/** Geometry of the walk cache and, for a virtual machine, of the host's tables. */
interface Options {
  readonly ways?: number;
  readonly host?: { readonly leaf: number; readonly ways: number; readonly hit?: number };
}

/** A walker of four levels with the tables of 1024 pages, each table in a frame of another 2 MiB. */
class Probe {
  readonly walker: Walker;
  readonly tables: TableFrames;

  constructor({ ways = 16, host }: Options = {}) {
    let table = 1;
    this.tables = new TableFrames(0, 1024, () => table++ << TABLE_BITS);
    this.tables.provide(0);
    this.tables.provide(512);
    const spec = { levels: 4, cache: { sets: 1, ways }, loadToUse: L1 };
    this.walker = new Walker(0, spec, hierarchy(), host && hostTables(host));
  }

  /** References and cycles of a walk. */
  walk(vpn: number, leaf = 0): { references: number; cycles: number } {
    const before = this.walker.references;
    const cycles = this.walker.walk(this.tables, vpn, TAG, leaf, DATA + vpn);
    return { references: this.walker.references - before, cycles };
  }
}

function hostTables({ leaf, ways, hit = 0 }: NonNullable<Options['host']>): NestedTables {
  let frame = 3000;
  const tables = new TableFrames(0, FRAMES, () => frame++);
  for (let page = 0; page < FRAMES; page += 1 << TABLE_BITS) tables.provide(page);
  return { tables, leaf, cache: { sets: 1, ways }, hit };
}

describe('a walk on bare metal', () => {
  it('reads four tables at first, each from memory for 140 cycles', () => {
    expect(new Probe().walk(8)).toEqual({ references: 4, cycles: 4 * MEMORY });
  });

  it('of a neighbour reads one line, which costs the 4 cycles of a load that hits L1d', () => {
    const probe = new Probe();
    probe.walk(8);

    expect(probe.walk(9)).toEqual({ references: 1, cycles: L1 });
  });

  it('under another directory entry reads two tables; that of a large page beside them one', () => {
    const probe = new Probe();
    probe.walk(8);

    expect(probe.walk(512).references).toBe(2);
    expect(probe.walk(8, 1).references).toBe(1);
  });

  it('of the same page after its address space was dropped reads four lines again, 4 x 4 cycles', () => {
    const probe = new Probe();
    probe.walk(8);
    probe.walker.dropTag(TAG);

    expect(probe.walk(8)).toEqual({ references: 4, cycles: 4 * L1 });
  });

  it('of the same page number in another part of the address space reads four tables of its own', () => {
    const probe = new Probe();
    probe.walk(8);
    let frame = 2048;
    const other = new TableFrames(0, 1024, () => frame++, 1);
    other.provide(0);
    const before = probe.walker.references;
    probe.walker.walk(other, 8, TAG, 0, DATA + 8);

    expect(probe.walker.references - before).toBe(4);
    expect(probe.walk(8).references).toBe(1);
  });

  it('keeps what it knows when another address space is dropped', () => {
    const probe = new Probe();
    probe.walk(8);
    probe.walker.dropTag(TAG + 1);

    expect(probe.walk(8).references).toBe(1);
  });
});

describe('a nested walk', () => {
  it('makes 24 references when nothing is cached: 4 x (4 + 1) for the tables and 4 for the page', () => {
    // One way keeps no entry of use to the next frame, as each table lies in another 2 MiB.
    expect(new Probe({ host: { leaf: 0, ways: 1 } }).walk(8).references).toBe(24);
  });

  it('makes 19 when the host uses pages of 2 MiB: 4 x (3 + 1) + 3', () => {
    expect(new Probe({ host: { leaf: 1, ways: 1 } }).walk(8).references).toBe(19);
  });

  it('with a nested TLB of 64 entries makes 11: 3 + 1 for the first table, 1 + 1 for each of three others, 1 for the page', () => {
    const { references } = new Probe({ host: { leaf: 1, ways: 64 } }).walk(8);

    // The host's upper two levels are shared by all frames.
    expect(references).toBe(4 + 3 * 2 + 1);
  });

  it('of a neighbour costs what it costs on bare metal once those of the host are cached: one line, 4 cycles', () => {
    const probe = new Probe({ host: { leaf: 1, ways: 64 } });
    probe.walk(8);

    expect(probe.walk(9)).toEqual({ references: 1, cycles: L1 });
  });

  it("takes 5 x 7 cycles longer, 4 for the tables and 1 for the page, where a look-up of the host's entries takes 7", () => {
    const probe = new Probe({ host: { leaf: 1, ways: 64, hit: 7 } });
    probe.walk(8);
    probe.walker.clear();

    expect(probe.walk(8)).toEqual({ references: 4, cycles: 4 * L1 + 5 * 7 });
  });

  it('keeps the entries of the host when the guest drops its own', () => {
    const probe = new Probe({ host: { leaf: 1, ways: 64 } });
    probe.walk(8);
    probe.walker.clear();

    expect(probe.walk(8)).toEqual({ references: 4, cycles: 4 * L1 });
  });
});
