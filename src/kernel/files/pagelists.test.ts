import { describe, expect, it } from 'vitest';
import { bareMachine } from '../../../test/model/support.ts';
import { bootToy, processOf, sys, type ToySystem } from '../../../test/model/toysystem.ts';
import { toy } from '../../hw/profiles/toy.ts';
import type { Program } from '../abi.ts';
import type { FileHost } from './file.ts';
import { PageLists, type PageOwner } from './pagelists.ts';

const MS = 1e6;
const PAGE = 4096;
const [core] = bareMachine().machine.cores;
const host = {} as FileHost;

/** A file that knows what has left memory; a dirty page needs one round to be written. */
class Pages implements PageOwner {
  readonly gone: number[] = [];
  readonly dirty = new Set<number>();

  mustWrite(_host: FileHost, _core: unknown, page: number): boolean {
    return this.dirty.delete(page);
  }
  evict(page: number): void {
    this.gone.push(page);
  }
}

const range = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);

describe('pages in a memory of 10', () => {
  it('leave in the order in which they came when each is used once', () => {
    const [lists, file] = [new PageLists(10), new Pages()];
    for (const page of range(0, 15)) {
      lists.use(file, page);
      lists.shrink(host, core);
    }

    expect(file.gone).toEqual(range(0, 5));
    expect(lists.size).toBe(10);
  });

  it('stay through a scan of 1000 others when they have been used twice, as long as half of memory is enough for them', () => {
    const [lists, file] = [new PageLists(10), new Pages()];
    for (const page of [...range(0, 5), ...range(0, 5), ...range(100, 1000)]) {
      lists.use(file, page);
      lists.shrink(host, core);
    }

    expect(file.gone.filter((page) => page < 5)).toEqual([]);
    expect(file.gone).toHaveLength(995);
  });

  it('do not count the read that brought them as a use: pages read ahead and used once are not active', () => {
    const [lists, file] = [new PageLists(10), new Pages()];
    for (const page of range(0, 5)) {
      lists.bring(file, page);
      lists.use(file, page);
    }
    for (const page of range(100, 10)) lists.bring(file, page);
    lists.shrink(host, core);

    expect(file.gone).toEqual(range(0, 5));
  });

  it('are passed over while dirty: the others go first', () => {
    const [lists, file] = [new PageLists(10), new Pages()];
    file.dirty.add(0);
    for (const page of range(0, 12)) lists.use(file, page);
    lists.shrink(host, core);

    expect(file.gone).toEqual([1, 2]);
  });
});

/** A file of 400 pages under a memory of so many. */
function booted(program: Program, cachePages: number): ToySystem {
  const pages = { ...toy.wireNs, value: cachePages, range: [1, 1e6] as const };
  const profile = { ...toy, storage: { ...toy.storage!, cachePages: pages } };
  const system = bootToy([processOf([program], { files: [{ kind: 'disk', pages: 400 }], dataPages: 64 })], { profile });
  system.engine.runUntil(200 * MS);
  return system;
}

const scanning: Program = function* (env) {
  for (let i = 0; i < 1200; i++) yield* sys(env, 'pread64', 0, PAGE, i % 400);
};

const writing: Program = function* (env) {
  for (let page = 0; page < 400; page++) yield* sys(env, 'pwrite64', 0, PAGE, page);
  yield* sys(env, 'fsync', 0);
};

describe('a file of 400 pages', () => {
  it.each([100, 200, 300])(
    'read at random misses as often as a page is none of the %i that have room, within 0.05',
    (room) => {
      const reads = 3000;
      const program: Program = function* (env) {
        for (let i = 0; i < reads; i++) yield* sys(env, 'pread64', 0, PAGE, Math.floor(env.rng.below(400)));
      };
      const { value } = booted(program, room);
      // Collecting so many of 400 coupons takes 400 ln(400 / the others) draws; from then on each miss evicts a page.
      const steady = reads - 400 * Math.log(400 / (400 - room));

      expect(Math.abs(value('kernel.pageCache.evicted') / steady - (1 - room / 400))).toBeLessThan(0.05);
    },
  );

  it('read again and again in order is fetched three times in a memory of 100, and once in one of 400', () => {
    const [small, large] = [booted(scanning, 100), booted(scanning, 400)];

    expect(small.value('kernel.pageCache.evicted')).toBe(3 * 400 - 100);
    expect(large.value('kernel.pageCache.evicted')).toBe(0);
  });

  it('written in order under a memory of 40 has every page that left written before', () => {
    const { value } = booted(writing, 40);

    expect(value('kernel.pageCache.evicted')).toBe(360);
    expect(value('disk.requests.write')).toBeGreaterThan(2);
  });
});
