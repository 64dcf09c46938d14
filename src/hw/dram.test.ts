import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponential } from '../sim/distributions.ts';
import { openStream } from '../sim/rng.ts';
import { Dram } from './dram.ts';

const LATENCY = 100;
const TRANSFER = 7;

/** Lindley's recursion unrolled: request i starts when the longest chain of transfers that leads to it has ended. */
function startOf(arrivals: readonly number[], i: number): number {
  return Math.max(...arrivals.slice(0, i + 1).map((arrival, j) => arrival + (i - j) * TRANSFER));
}

describe('Dram', () => {
  it('answers after 100 cycles when the bus is free', () => {
    const dram = new Dram(LATENCY, TRANSFER);

    expect([0, 7, 1000].map((now) => dram.read(0, now))).toEqual([LATENCY, LATENCY, LATENCY]);
    expect(dram.waited).toBe(0);
  });

  it('makes the k-th of ten lines asked for at once wait k transfers of 7 cycles, 315 in all', () => {
    const dram = new Dram(LATENCY, TRANSFER);
    const k = Array.from({ length: 10 }, (_, i) => i);

    expect(k.map(() => dram.read(0, 50))).toEqual(k.map((i) => LATENCY + i * TRANSFER));

    expect(dram.waited).toBe(((10 * 9) / 2) * TRANSFER);
  });

  it('starts each transfer where the longest chain of transfers before it ends, whatever the arrivals', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 60, size: 'max' }), (gaps) => {
        const dram = new Dram(LATENCY, TRANSFER);
        let now = 0;
        const arrivals = gaps.map((gap) => (now += gap));

        const ends = arrivals.map((arrival) => arrival + dram.read(0, arrival));

        expect(ends).toEqual(arrivals.map((_, i) => startOf(arrivals, i) + LATENCY));
      }),
    );
  });

  it('does not run back: a requester 40 cycles behind the bus waits those 40', () => {
    const dram = new Dram(LATENCY, TRANSFER);
    dram.read(0, 100);

    expect(dram.read(0, 100 + TRANSFER - 40)).toBe(40 + LATENCY);
  });

  it('half loaded by Poisson arrivals, waits half a transfer on average: M/D/1, rho / (2 (1 - rho)) transfers', () => {
    const [BATCHES, PER_BATCH, GAP] = [40, 10_000, 200];
    const S = GAP / 2;
    const dram = new Dram(0, S);
    const rng = openStream(1, 0, 'dram');
    let now = 0;

    const means = Array.from({ length: BATCHES }, () => {
      const before = dram.waited;
      for (let i = 0; i < PER_BATCH; i++) dram.read(0, (now += exponential(rng, GAP)));
      return (dram.waited - before) / PER_BATCH;
    });

    const mean = means.reduce((sum, x) => sum + x, 0) / BATCHES;
    const variance = means.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (BATCHES - 1);
    // Five standard errors of the batch means; the stream is fixed, so this is decided once.
    expect(Math.abs(mean - S * 0.5)).toBeLessThan(5 * Math.sqrt(variance / BATCHES));
    expect(Math.sqrt(variance / BATCHES)).toBeLessThan(1);
  });
});
