import { describe, expect, it } from 'vitest';
import { metric, runOf } from '../../test/model/runs.ts';
import { openStream } from '../sim/rng.ts';
import { keyLaw, Payload } from './payload.ts';

const DRAWS = 200_000;
const rng = () => openStream(3, 0, 'payload');

describe('content chosen by a Zipf law', () => {
  it('has the exact frequencies of exponent 0.9 over 1000 items within 5 sigma, rank by rank', () => {
    const [law, stream] = [keyLaw({ keySkew: 0.9 }, 1000), rng()];
    const counts = Array.from({ length: 1000 }, () => 0);
    for (let i = 0; i < DRAWS; i++) counts[law(stream)]++;
    const weights = counts.map((_, k) => (k + 1) ** -0.9);
    const total = weights.reduce((sum, weight) => sum + weight, 0);

    for (const [k, count] of counts.entries()) {
      const p = weights[k] / total;
      expect(Math.abs(count - DRAWS * p)).toBeLessThan(5 * Math.sqrt(DRAWS * p * (1 - p)));
    }
  });

  it('without skew draws each of 1000 items alike', () => {
    const [law, stream, plain] = [keyLaw({ keySkew: 0 }, 1000), rng(), rng()];
    expect(Array.from({ length: 100 }, () => law(stream))).toEqual(
      Array.from({ length: 100 }, () => plain.below(1000)),
    );
  });
});

/** Mean of sizes drawn by a law of mean 1024 bytes, and the tolerance of five standard errors. */
function sizes(payload: string): { readonly mean: number; readonly tolerance: number; readonly distinct: number } {
  const law = new Payload({ payload, payloadSigma: 0.5 }, 1, 1024, rng());
  const drawn = Array.from({ length: DRAWS }, () => {
    law.ask(0);
    return law.of(0);
  });
  const mean = drawn.reduce((sum, size) => sum + size, 0) / DRAWS;
  const variance = drawn.reduce((sum, size) => sum + (size - mean) ** 2, 0) / DRAWS;
  return { mean, tolerance: 5 * Math.sqrt(variance / DRAWS), distinct: new Set(drawn).size };
}

describe('sizes of replies', () => {
  it.each(['exponential', 'lognormal'])('by the %s law have the recorded size as their mean', (payload) => {
    const { mean, tolerance, distinct } = sizes(payload);

    expect(distinct).toBeGreaterThan(1000);
    // Rounding to whole bytes, of which there is at least one, moves the mean by less than one.
    expect(Math.abs(mean - 1024)).toBeLessThan(tolerance + 1);
  });

  it('as recorded are all 1024 bytes', () => {
    expect(sizes('recorded')).toMatchObject({ mean: 1024, distinct: 1 });
  });
});

describe('a server with replies by another law', () => {
  it.each(['java-http', 'java-nio'])(
    'sends what the clients of %s wait for: as many requests a second within a tenth',
    (workload) => {
      const [recorded, drawn] = ['recorded', 'exponential'].map((payload) =>
        metric(runOf({ workload, params: { connections: 8, payload } }), 'throughput'),
      );
      expect(Math.abs(drawn / recorded - 1)).toBeLessThan(0.1);
    },
  );
});
