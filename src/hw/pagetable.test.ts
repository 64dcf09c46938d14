import { describe, expect, it } from 'vitest';
import { frameIn, MIXED, PageFlag, PageTable } from './pagetable.ts';

const PAGES = 2048;
const LARGE = 512;
const RIGHTS = PageFlag.Write | PageFlag.NoExec;

/** An empty table of 2048 user pages; frames of its own tables begin at 100 000. */
function tableOf(): PageTable {
  let frame = 100_000;
  return new PageTable(0, PAGES, () => frame++);
}

const framesOf = (table: PageTable): number[] =>
  Array.from({ length: PAGES }, (_, vpn) => (table.entry(vpn) === 0 ? -1 : frameIn(table.entry(vpn), vpn)));

describe('a large page of user space', () => {
  it('maps 512 pages on 512 consecutive frames', () => {
    const table = tableOf();
    table.mapLarge(LARGE, 4 * LARGE, RIGHTS);

    const frames = framesOf(table);

    expect(frames.slice(LARGE, 2 * LARGE)).toEqual(Array.from({ length: LARGE }, (_, i) => 4 * LARGE + i));
    expect(frames.filter((frame) => frame >= 0)).toHaveLength(LARGE);
  });

  it.each([
    [LARGE + 1, 2 * LARGE],
    [LARGE, 2 * LARGE + 8],
  ])('is refused at page %i on frame %i, as both must be multiples of 512', (vpn, frame) => {
    expect(() => tableOf().mapLarge(vpn, frame, RIGHTS)).toThrow(
      `a large page at ${vpn} on frame ${frame}; both must be multiples of 512`,
    );
  });

  it.each([
    ['protect', (table: PageTable) => table.protect(700, 0, PageFlag.Write)],
    ['unmap', (table: PageTable) => table.unmap(700)],
    ['map', (table: PageTable) => table.map(700, 9, RIGHTS)],
  ] as const)('is split by %s of one of its pages: the other 511 stay on their frames, small', (_name, change) => {
    const table = tableOf();
    table.mapLarge(LARGE, 4 * LARGE, RIGHTS);
    const before = framesOf(table);

    change(table);

    const others = Array.from({ length: PAGES }, (_, vpn) => vpn).filter((vpn) => vpn !== 700);
    expect(others.map((vpn) => framesOf(table)[vpn])).toEqual(others.map((vpn) => before[vpn]));
    const large = others.filter((vpn) => (table.entry(vpn) & PageFlag.Large) !== 0);
    expect(large).toEqual([]);
    expect(table.kind).toBe(MIXED);
  });

  it('takes the place of 512 small ones', () => {
    const table = tableOf();
    for (let vpn = 0; vpn < LARGE; vpn++) table.map(vpn, 3000 + vpn, RIGHTS);

    table.mapLarge(0, LARGE, RIGHTS);

    expect([frameIn(table.entry(0), 0), frameIn(table.entry(511), 511)]).toEqual([LARGE, LARGE + 511]);
  });
});

describe('a page table', () => {
  it('changes flags of a mapped page, and refuses to do so of page 5 that is absent', () => {
    const table = tableOf();
    table.map(4, 7, RIGHTS);

    table.protect(4, PageFlag.KernelTrust, PageFlag.Write);

    expect(table.entry(4) & 63).toBe(PageFlag.Present | PageFlag.NoExec | PageFlag.KernelTrust);
    expect(() => table.protect(5, PageFlag.Write, 0)).toThrow('page 5 is not mapped and cannot be protected');
  });
});
