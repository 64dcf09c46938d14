import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KiB, MiB } from '../sim/units.ts';
import { latencyCurve, type PageSize } from './chase.ts';
import { genoaVm } from './profiles/genoavm.ts';
import { northwood } from './profiles/northwood.ts';
import { skylakeSp2s } from './profiles/skylakesp.ts';
import { toy } from './profiles/toy.ts';

/** Rows of the recorded host: page size, bytes of the working set, ns a load in its fastest run. */
const recorded = readFileSync('test/data/memory/chase.csv', 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','))
  .map(([pages, bytes, , fastest]) => ({ pages, bytes: Number(bytes), ns: Number(fastest) }));

const PAGE_SIZES: Readonly<Record<string, PageSize>> = { '4K': 'small', '2M': 'large' };

/** Relative deviations from the recorded host beyond 10 %, by bytes of the set. */
function misses(pages: string): (readonly [bytes: number, percent: number])[] {
  const rows = recorded.filter((row) => row.pages === pages && row.bytes < 50e6);
  const sets = rows.map(({ bytes }) => Math.floor(bytes / 64) * 64);
  return latencyCurve(genoaVm, PAGE_SIZES[pages], sets)
    .map(({ cycles }, i) => [rows[i].bytes, Math.round((cycles / 3.68 / rows[i].ns - 1) * 100)] as const)
    .filter(([, percent]) => Math.abs(percent) > 10);
}

const { l2, llc } = skylakeSp2s;
/** A sixteenth of the caches, so that a small set is beyond them. */
const small = { ...skylakeSp2s, l2: { ...l2, sizeBytes: 64 * KiB }, llc: { ...llc, sizeBytes: llc.sizeBytes / 16 } };

describe('the latency curve', () => {
  it('of toy is 0 cycles up to 4 KiB, 10 up to 32, 40 up to 1 MiB and 140 beyond, with large pages', () => {
    const sets = [1 * KiB, 4 * KiB, 8 * KiB, 32 * KiB, 64 * KiB, 1 * MiB, 2 * MiB, 4 * MiB];
    const cycles = latencyCurve(toy, 'large', sets).map((point) => Math.round(point.cycles));

    expect(cycles).toEqual([0, 0, 10, 10, 40, 40, 140, 140]);
  });

  it('of small pages rises where the TLBs of toy end: 16 pages free, 128 pages for 5 cycles, then walks', () => {
    const [free, hit, walked] = latencyCurve(toy, 'small', [64 * KiB, 512 * KiB, 1 * MiB]).map((point) => point.cycles);

    expect(free).toBeLessThan(41);
    expect(hit).toBeGreaterThan(43);
    expect(hit).toBeLessThan(46);
    expect(walked).toBeGreaterThan(46);
  });

  it('of northwood ends at the 141 ns that lmbench measured in memory', () => {
    // Far more than the 128 KiB that row buffers hold.
    const [, beyond] = latencyCurve(northwood, 'large', [256 * KiB, 32 * MiB]);

    expect(Math.round((beyond.cycles / northwood.clockHz.value) * 1e9)).toBe(141);
  });

  it('of genoa-vm lies within 10 % of the recorded host at each of nine stable sets of 4 KiB pages', () => {
    expect(recorded.filter(({ pages, bytes }) => pages === '4K' && bytes < 50e6)).toHaveLength(9);
    expect(misses('4K')).toEqual([]);
  });

  it('of genoa-vm does so with 2 MiB pages, but for two sets near the end of a level: 724 KiB and 11 MiB', () => {
    expect(recorded.filter(({ pages, bytes }) => pages === '2M' && bytes < 50e6)).toHaveLength(14);
    // The host's levels end gradually, as its caches are shared and hashed; those of the model end at their size.
    expect(misses('2M')).toEqual([
      [741440, -42],
      [11863232, 21],
    ]);
  });

  it('of skylake-sp-2s, with a sixteenth of its caches, ends at 89 to 95 ns in local memory and 50 ns later in that of the other socket', () => {
    const [local, remote] = (['local', 'remote'] as const).map((place) => {
      const [, beyond] = latencyCurve(small, 'large', [1 * MiB, 8 * MiB], place);
      return Math.round((beyond.cycles / small.clockHz.value) * 1e9);
    });

    expect(local).toBeGreaterThanOrEqual(89);
    expect(local).toBeLessThanOrEqual(95);
    expect(remote - local).toBe(50);
  });

  it.each(['large', 'small'] as const)(
    'moves by less than 3 % when caches prefetch, as no load of it follows its neighbour: %s pages',
    (pages) => {
      const sets = [16 * KiB, 48 * KiB, 512 * KiB, 1 * MiB, 4 * MiB];
      const [off, on] = [0, 1].map((value) =>
        latencyCurve({ ...small, prefetching: { ...small.prefetching!, value } }, pages, sets).map(
          ({ cycles }) => cycles,
        ),
      );

      expect(on.filter((cycles, i) => Math.abs(cycles / off[i] - 1) > 0.03)).toEqual([]);
    },
  );

  it('is the same each time', () => {
    expect(latencyCurve(toy, 'small')).toEqual(latencyCurve(toy, 'small'));
  });
});
