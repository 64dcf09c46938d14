import { describe, expect, it } from 'vitest';
import { metric, runOf } from '../../../test/model/runs.ts';

const MIB = 1 << 20;

/** Mean time in us of an operation on so many bytes, on a machine whose caches hold 1 MiB. */
function latency(operation: string, bytes: number): number {
  const measureUs = operation === 'user-copy' ? 160_000 : 60_000;
  return metric(runOf({ workload: 'micro', params: { operation, bytes }, warmupUs: 1000, measureUs }), 'latency.mean');
}

describe('bytes beyond the 260 pages of the buffer', () => {
  it.each(['read', 'write', 'user-copy'])('%s of 4 MiB takes twice as long as of 2 MiB', (operation) => {
    const [less, more] = [latency(operation, 2 * MIB), latency(operation, 4 * MIB)];

    expect(less).toBeGreaterThan(1000);
    expect(more / less).toBeGreaterThan(1.9);
    expect(more / less).toBeLessThan(2.1);
  });
});
