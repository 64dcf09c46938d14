import { LINE_BYTES } from '../sim/units.ts';
import { sourced, type CacheSpec, type LastCacheSpec, type TlbSpec } from './profile.ts';

/** A level of cache that the machine lacks: one line, a cycle slower than the level before, so that nothing is found in it. */
export function absentCache(nearer: CacheSpec): LastCacheSpec {
  const cycles = nearer.latency.value + 1;
  const source = 'the machine has no such level';
  return {
    sizeBytes: LINE_BYTES,
    ways: 1,
    source,
    latency: sourced(cycles, [cycles, cycles], 'assumed', source),
    inclusion: 'nonInclusive',
  };
}

/** A second level of TLB that the machine lacks: one entry, which holds what was translated last. */
export const absentTlb: TlbSpec = {
  entries: 1,
  ways: 1,
  source: 'the machine has no such level',
  hit: sourced(0, [0, 0], 'assumed', 'the machine has no such level'),
};
