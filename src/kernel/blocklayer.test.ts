import { describe, expect, it } from 'vitest';
import { bootToy, processOf, sys, type ToySystem } from '../../test/model/toysystem.ts';
import { toy } from '../hw/profiles/toy.ts';
import type { Program } from './abi.ts';

/** The clock runs at 1 GHz: a cycle is a nanosecond. */
const MS = 1e6;
const PAGE = 4096;
const PAGES = 4000;
const READ_NS = 500_000;

const exact = (value: number) => ({ ...toy.clockHz, value, range: [value, value] as const });

/** Reads by so many threads, each of pages of its own far apart, on a device of so many channels and such a depth. */
function reading(threads: number, channels: number, queueDepth: number): ToySystem & { readonly perMs: number } {
  const storage = { ...toy.storage!, readNs: exact(READ_NS), channels: exact(channels), queueDepth: exact(queueDepth) };
  const programs = Array.from(
    { length: threads },
    (_, first): Program =>
      function* (env) {
        for (let page = first * 2 + 1; ; page = (page + 2 * threads) % PAGES) yield* sys(env, 'pread64', 0, PAGE, page);
      },
  );
  const system = bootToy([processOf(programs, { files: [{ kind: 'disk', pages: PAGES }], dataPages: 64 })], {
    profile: { ...toy, storage },
  });
  system.engine.runUntil(50 * MS);
  return { ...system, perMs: system.value('disk.requests.read') / 50 };
}

describe('reads of a block device', () => {
  it.each([
    [1, 4, 8],
    [4, 4, 8],
    [8, 4, 8],
    [8, 8, 2],
    [8, 2, 8],
  ])(
    'by %i threads on %i channels at depth %i come at min of the three in 500 us and what the kernel takes for each',
    (threads, channels, depth) => {
      const { perMs, value } = reading(threads, channels, depth);
      const ideal = (Math.min(threads, channels, depth) * MS) / READ_NS;

      expect(perMs).toBeLessThanOrEqual(ideal);
      expect(perMs).toBeGreaterThan(0.8 * ideal);
      expect(value('kernel.block.queued') > 0).toBe(threads > depth);
      expect(value('disk.interrupts')).toBeLessThanOrEqual(value('disk.requests.read'));
    },
  );
});

const syncing: Program = function* (env) {
  for (const page of [1, 2, 9]) yield* sys(env, 'pwrite64', 0, PAGE, page);
  yield* sys(env, 'fsync', 0);
  yield* sys(env, 'fsync', 0);
};

describe('fsync', () => {
  it('has what was written flushed once: three pages in two requests, one flush, and nothing for a second fsync', () => {
    const { engine, value } = bootToy([processOf([syncing], { files: [{ kind: 'disk', pages: 100 }], dataPages: 64 })]);
    engine.runUntil(5 * MS);

    expect([value('disk.requests.write'), value('disk.requests.flush')]).toEqual([2, 1]);
  });
});
