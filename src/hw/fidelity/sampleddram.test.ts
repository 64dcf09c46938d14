import { describe, expect, it } from 'vitest';
import { exponential } from '../../sim/distributions.ts';
import { openStream } from '../../sim/rng.ts';
import { Moment } from '../moment.ts';
import { DramCount, type DramSpec } from '../rowbuffers.ts';
import { SampledDram } from './sampleddram.ts';

const SERVICE = 100;
const LATENCY = 250;
/** Random reads of one bank with closed pages: the bank is the server, for tRCD + tCL + tRP; the bus takes no time. */
const SPEC: DramSpec = {
  channels: 1,
  banks: 1,
  rowBytes: 1024,
  mapping: 'rowInterleaved',
  pages: 'closed',
  latency: LATENCY,
  transfer: 0,
  cas: 40,
  rcd: 30,
  rp: 30,
  idle: 0,
};

/** Mean wait in M/D/1: Pollaczek and Khinchine for a fixed service time. */
const waitOf = (service: number, use: number): number => (service * use) / (2 * (1 - use));

/** Mean cycles of a read of one of `every` lines, where all lines are read at random every `gap` cycles. */
function meanOf(spec: DramSpec, every: number, gap: number): number {
  const [READS, COLD] = [60_000, 10_000];
  const dram = new SampledDram(spec, every);
  const rng = openStream(1, 0, 'sampled');
  let [now, sum] = [0, 0];
  for (let i = 0; i < READS; i++) {
    now += exponential(rng, gap * every);
    const cycles = dram.read(rng.below(1 << 20), new Moment(Math.round(now)));
    if (i >= COLD) sum += cycles;
  }
  return sum / (READS - COLD);
}

describe('memory behind a sample', () => {
  it.each([
    [1, 1, 1, 0.3],
    [4, 1, 1, 0.3],
    [4, 1, 1, 0.6],
    [4, 2, 8, 0.6],
    [8, 1, 4, 0.6],
  ])(
    'of one of %i lines, on %i channels of %i banks, waits as M/D/1 does with use %f, to a twentieth',
    (every, channels, banks, use) => {
      const mean = meanOf({ ...SPEC, channels, banks }, every, SERVICE / (use * channels * banks));

      expect((mean - LATENCY) / waitOf(SERVICE, use)).toBeCloseTo(1, 1);
    },
  );

  it('waits for the bus too: with a transfer of 80 cycles a line, on 4 banks, as for both by themselves', () => {
    const [gap, banks] = [160, 4];
    const mean = meanOf({ ...SPEC, banks, transfer: 80 }, 4, gap);

    const expected = waitOf(SERVICE, SERVICE / gap / banks) + waitOf(80, 80 / gap);
    expect((mean - LATENCY) / expected).toBeCloseTo(1, 1);
  });

  it('waits no longer than at a use of 95 % when lines come faster than they can be served', () => {
    expect(meanOf(SPEC, 4, SERVICE / 2)).toBeCloseTo(LATENCY + waitOf(SERVICE, 0.95), -1);
  });

  it('counts what reads waited, and writes as work that nobody waits for', () => {
    const dram = new SampledDram(SPEC, 2);
    for (let i = 0; i < 2000; i++) dram.write(i, new Moment(250 * i));
    expect(dram.counts[DramCount.Waited]).toBe(0);

    const cycles = dram.read(0, new Moment(500_000));
    expect(cycles - LATENCY).toBeCloseTo(waitOf(SERVICE, 0.8), -1);
    expect([dram.counts[DramCount.Reads], dram.counts[DramCount.Writes]]).toEqual([1, 2000]);
    expect(dram.counts[DramCount.Waited]).toBe(cycles - LATENCY);
  });
});
