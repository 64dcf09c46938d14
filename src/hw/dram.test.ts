import { Moment } from './moment.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flatMemory } from '../../test/model/flatmemory.ts';
import { exponential } from '../sim/distributions.ts';
import { openStream } from '../sim/rng.ts';
import { Dram } from './dram.ts';
import { DRAM_LABELS, DramCount, type DramSpec } from './rowbuffers.ts';

const LATENCY = 100;
const TRANSFER = 7;
const LINES = 1 << 22;

/** Rows of 16 lines in 4 banks on each of 2 channels; tCL 10, tRCD 11, tRP 12 of the 100 cycles of a random read. */
const SPEC: DramSpec = {
  channels: 2,
  banks: 4,
  rowBytes: 1024,
  mapping: 'rowInterleaved',
  pages: 'open',
  latency: LATENCY,
  transfer: TRANSFER,
  cas: 10,
  rcd: 11,
  rp: 12,
  idle: 500,
};
const HIT = LATENCY - 11 - 12;
const MISS = LATENCY - 12;

/** Four lone reads; with 2 channels of 4 banks and rows of 16 lines the next row of the same bank is 128 lines on. */
function times(spec: DramSpec): number[] {
  const dram = new Dram(spec);
  return [0, 2, 128, 0].map((line, i) => dram.read(line, new Moment(1000 * i)));
}

function countsOf({ counts }: Dram): Record<string, number> {
  return Object.fromEntries(DRAM_LABELS.map((label, i) => [label, counts[i]]));
}

/** Lindley's recursion unrolled: request i starts when the longest chain of transfers that leads to it has ended. */
function startOf(arrivals: readonly number[], i: number): number {
  return Math.max(...arrivals.slice(0, i + 1).map((arrival, j) => arrival + (i - j) * TRANSFER));
}

/** Mean wait of Poisson reads at random lines, one every `gap` cycles, and its standard error by batch means. */
function waitOf(spec: DramSpec, gap: number): { mean: number; error: number } {
  const [BATCHES, PER_BATCH] = [40, 10_000];
  const dram = new Dram(spec);
  const rng = openStream(1, 0, 'dram');
  let now = 0;
  const means = Array.from({ length: BATCHES }, () => {
    const before = dram.counts[DramCount.Waited];
    for (let i = 0; i < PER_BATCH; i++) dram.read(rng.below(LINES), new Moment((now += exponential(rng, gap))));
    return (dram.counts[DramCount.Waited] - before) / PER_BATCH;
  });
  const mean = means.reduce((sum, x) => sum + x, 0) / BATCHES;
  const variance = means.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (BATCHES - 1);
  return { mean, error: Math.sqrt(variance / BATCHES) };
}

/** Pollaczek and Khinchine for a fixed service time. */
const md1 = (service: number, use: number): number => (service * use) / (2 * (1 - use));

describe('Dram', () => {
  it('answers after 100 cycles when bank and bus are free', () => {
    const dram = new Dram(flatMemory(LATENCY, TRANSFER));

    expect([0, 7, 1000].map((now) => dram.read(0, new Moment(now)))).toEqual([LATENCY, LATENCY, LATENCY]);
    expect(dram.counts[DramCount.Waited]).toBe(0);
  });

  it('makes the k-th of ten lines asked for at once wait k transfers of 7 cycles, 315 in all', () => {
    const dram = new Dram(flatMemory(LATENCY, TRANSFER));
    const k = Array.from({ length: 10 }, (_, i) => i);

    expect(k.map(() => dram.read(0, new Moment(50)))).toEqual(k.map((i) => LATENCY + i * TRANSFER));

    expect(dram.counts[DramCount.Waited]).toBe(((10 * 9) / 2) * TRANSFER);
  });

  it('starts each transfer where the longest chain of transfers before it ends, whatever the arrivals', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 60, size: 'max' }), (gaps) => {
        const dram = new Dram(flatMemory(LATENCY, TRANSFER));
        let now = 0;
        const arrivals = gaps.map((gap) => (now += gap));

        const ends = arrivals.map((arrival) => arrival + dram.read(0, new Moment(arrival)));

        expect(ends).toEqual(arrivals.map((_, i) => startOf(arrivals, i) + LATENCY));
      }),
    );
  });

  it('lets no core wait for a later read of a core that is 1000 cycles ahead', () => {
    const dram = new Dram({ ...SPEC, pages: 'closed' });
    dram.read(0, new Moment(1000));

    expect(dram.read(0, new Moment(0))).toBe(LATENCY);
    expect(dram.counts[DramCount.Waited]).toBe(0);
  });

  it('takes a write when a read of the same time is answered: nobody waits but who reads then', () => {
    const dram = new Dram(flatMemory(LATENCY, TRANSFER));
    dram.write(0, new Moment(0));

    expect([0, LATENCY, LATENCY + 100].map((now) => dram.read(0, new Moment(now)))).toEqual([
      LATENCY,
      LATENCY + TRANSFER,
      LATENCY,
    ]);
    expect(countsOf(dram)).toMatchObject({ reads: 3, writes: 1, waited: TRANSFER });
  });
});

describe('row buffers', () => {
  it('make a read 88 cycles where no row is open, 77 of the open row, 100 of another; 100 always with closed pages', () => {
    expect(times(SPEC)).toEqual([MISS, HIT, LATENCY, LATENCY]);
    expect(times({ ...SPEC, pages: 'closed' })).toEqual([LATENCY, LATENCY, LATENCY, LATENCY]);
  });

  it('left for 500 cycles are closed where pages are timed: 100 cycles after 501, 89 at once, 112 of another row at once', () => {
    const dram = new Dram({ ...SPEC, pages: 'timed' });

    expect([0, 501, 1001].map((now) => dram.read(0, new Moment(now)))).toEqual([LATENCY, LATENCY, LATENCY - 11]);
    expect([dram.read(128, new Moment(1101)), dram.read(0, new Moment(1800))]).toEqual([LATENCY + 12, LATENCY]);
    expect(countsOf(dram)).toMatchObject({ rowHits: 1, rowMisses: 3, rowConflicts: 1 });
  });

  it('hit in 15 of 16 lines of a stream: 4096 lines open 256 rows, of which 248 are in conflict with 8', () => {
    const dram = new Dram(SPEC);
    for (let line = 0; line < 4096; line++) dram.read(line, new Moment(1000 * line));

    expect(countsOf(dram)).toMatchObject({ reads: 4096, rowHits: 3840, rowMisses: 8, rowConflicts: 248 });
  });

  it('line by line over banks, hit as often: 16 rows stay open at once', () => {
    const dram = new Dram({ ...SPEC, mapping: 'lineInterleaved' });
    for (let line = 0; line < 4096; line++) dram.read(line, new Moment(1000 * line));

    expect(countsOf(dram)).toMatchObject({ rowHits: 3840, rowMisses: 8, rowConflicts: 248 });
  });

  it('conflict at each of 1000 reads by turns in two rows of a bank; hashed, in none after the first two', () => {
    const [plain, hashed] = [false, true].map((isHashed) => {
      const dram = new Dram({ ...SPEC, hashed: isHashed });
      for (let i = 0; i < 1000; i++) dram.read(i % 2 === 0 ? 0 : 128, new Moment(1000 * i));
      return countsOf(dram);
    });

    expect(plain).toMatchObject({ rowHits: 0, rowMisses: 1, rowConflicts: 999 });
    expect(hashed).toMatchObject({ rowHits: 998, rowMisses: 2, rowConflicts: 0 });
  });

  it('keep a bank for tRP + tRCD + tCL: of reads in conflict asked for at once the k-th waits 33 k cycles', () => {
    const dram = new Dram(SPEC);
    dram.read(0, new Moment(0));

    expect([1, 2, 3].map((k) => dram.read(128 * k, new Moment(1000)))).toEqual([LATENCY, LATENCY + 33, LATENCY + 66]);
  });
});

describe('bandwidth', () => {
  it.each([1, 2, 3])(
    'of %i channels is one line each in 7 cycles, and no more, of a stream asked for at once',
    (channels) => {
      const dram = new Dram({ ...SPEC, channels, banks: 16 });
      const N = 6000;
      let last = 0;
      for (let line = 0; line < N; line++) last = Math.max(last, dram.read(line, new Moment(0)) - LATENCY);

      expect(last).toBeGreaterThanOrEqual((N / channels) * TRANSFER - LATENCY);
      expect(last / ((N / channels) * TRANSFER)).toBeLessThan(1.01);
    },
  );
});

const SERVICE = 100;
/** Random reads of one bank a channel with closed pages: the bank is the server, for tRCD + tCL + tRP. */
const BANKS: DramSpec = { ...SPEC, channels: 1, banks: 1, pages: 'closed', transfer: 1, cas: 40, rcd: 30, rp: 30 };

/** Means within 3 % of the closed form, or five standard errors of it; the streams are fixed, so this is decided once. */
function expectMd1(spec: DramSpec, servers: number, use: number): void {
  const { mean, error } = waitOf(spec, SERVICE / (use * servers));
  const expected = md1(SERVICE, use);

  expect(Math.abs(mean - expected)).toBeLessThan(5 * error);
  expect(Math.abs(mean / expected - 1)).toBeLessThan(0.03);
}

describe('Poisson reads at random lines wait as in M/D/1, rho / (2 (1 - rho)) services', () => {
  it.each([0.3, 0.5, 0.6, 0.8])('for one bank with use %f', (use) => expectMd1(BANKS, 1, use));

  it.each([0.3, 0.6, 0.8])('for one bus with use %f', (use) => expectMd1(flatMemory(LATENCY, SERVICE), 1, use));

  it.each([
    [4, 1, 0.3],
    [4, 1, 0.6],
    [4, 1, 0.8],
    [1, 8, 0.6],
    [3, 4, 0.6],
  ])('for %i channels of %i banks with use %f each: a random split of Poisson is Poisson', (channels, banks, use) => {
    expectMd1({ ...BANKS, channels, banks, transfer: 0 }, channels * banks, use);
  });
});
