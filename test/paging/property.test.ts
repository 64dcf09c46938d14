import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mappingAt } from '../../src/kernel/semantics/paging/addressspace.ts';
import { WRITE, allows } from '../../src/kernel/semantics/paging/prot.ts';
import { pageTable } from '../../src/kernel/semantics/paging/table.ts';
import { HARDENED_TRUST, LITERAL_TRUST } from '../../src/kernel/semantics/paging/trust.ts';
import { createWorld, spaceOf } from '../../src/kernel/semantics/paging/world.ts';
import type { World } from '../../src/kernel/semantics/paging/world.ts';
import { NaiveMemory } from './naive.ts';
import { perform, steps } from './steps.ts';
import type { Step } from './steps.ts';

const RUNS = 300;
const PAGES = [0, 1, 2, 3, 4, 5, 6, 7];

const plain = steps(
  'mmap',
  'mmap',
  'mprotect',
  'mprotect',
  'munmap',
  'dontneed',
  'fork',
  'read',
  'write',
  'write',
  'exec',
  'sysread',
  'syswrite',
  'procmem_read',
  'procmem_write',
);
const everything = steps(
  'mmap',
  'mmap',
  'mprotect',
  'munmap',
  'mremap',
  'dontneed',
  'fork',
  'mseal',
  'mdwe',
  'write',
  'write',
  'sysread',
  'procmem_write',
  'publish',
  'publish',
  'unpublish',
);

/** What a forced read finds on every page of every process but `except`. */
function contents(world: World, except: number): unknown {
  const others = [...world.spaces.keys()].filter((p) => p !== except);
  return others.map((p) => PAGES.map((page) => perform(world, { op: 'procmem_read', args: { p, page } })));
}

function afterAll(world: World, random: Step[]): World {
  for (const step of random) perform(world, step);
  return world;
}

/** Mappings that are trusted and writable at once. */
function writableTrusted(world: World): unknown[] {
  const mappings = [...world.spaces.values()].flatMap((space) => space.mappings);
  return mappings.filter(({ trusted, prot }) => trusted && allows(prot, WRITE));
}

/** Compares the byte of every trusted private anonymous page with the one it had when it was first seen trusted. */
function checkTrustedBytes(world: World, known: Map<string, unknown>): void {
  for (const [p, space] of world.spaces) {
    for (const page of PAGES) {
      const name = `${p}:${page}`;
      const mapping = mappingAt(space, page);
      const byte = perform(world, { op: 'procmem_read', args: { p, page } });
      if (!mapping?.trusted || mapping.file) known.delete(name);
      else if (known.has(name)) expect(byte).toEqual(known.get(name));
      else known.set(name, byte);
    }
  }
}

describe('random operations', () => {
  test(`come out as in an array of independent pages, in ${RUNS} sequences`, () => {
    fc.assert(
      fc.property(plain, (random) => {
        const world = createWorld();
        const naive = new NaiveMemory();
        expect(random.map((step) => perform(world, step))).toEqual(random.map((step) => naive.perform(step)));
        for (const [p, space] of world.spaces) expect(pageTable(space, 8).pages).toEqual(naive.table(p));
      }),
      { numRuns: RUNS },
    );
  });

  test(`keep mappings disjoint, in order, and copies inside private ones, in ${RUNS} sequences`, () => {
    fc.assert(
      fc.property(everything, (random) => {
        for (const space of afterAll(createWorld(LITERAL_TRUST), random).spaces.values()) {
          for (const [index, { start, end }] of space.mappings.entries()) {
            expect(start).toBeLessThan(end);
            expect(start).toBeGreaterThanOrEqual(space.mappings[index - 1]?.end ?? 0);
          }
          for (const page of space.copies.keys()) {
            expect(mappingAt(space, page)?.shared).toBe(false);
          }
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('fork', () => {
  const op = fc.constantFrom('write', 'sysread', 'procmem_write');
  const writes = fc.array(fc.record({ op, p: fc.nat(2), page: fc.nat(7), value: fc.integer({ min: 1, max: 255 }) }));

  test(`isolates: a write to private memory changes no page of another process, in ${RUNS} sequences`, () => {
    fc.assert(
      fc.property(everything, writes, (random, last) => {
        const world = afterAll(createWorld(LITERAL_TRUST), random);
        for (const { op, page, value, ...by } of last) {
          const p = by.p % world.spaces.size;
          const before = contents(world, p);
          perform(world, { op, args: { p, page, value } });
          if (!mappingAt(spaceOf(world, p), page)?.shared) expect(contents(world, p)).toEqual(before);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a trusted page', () => {
  test.each([
    ['sticky', LITERAL_TRUST],
    ['autoClear', { ...LITERAL_TRUST, ro: 'autoClear' }],
    ['SEAL and NOFORCE', HARDENED_TRUST],
  ] as const)(`is never writable under %s, after any step of ${RUNS} sequences`, (_, rules) => {
    fc.assert(
      fc.property(everything, (random) => {
        const world = createWorld(rules);
        for (const step of random) {
          perform(world, step);
          expect(writableTrusted(world)).toEqual([]);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('can be writable where mprotect does not care (A11 "none")', () => {
    const world = createWorld({ ...LITERAL_TRUST, ro: 'none' });
    const range = { p: 0, page: 0, n: 1 };
    perform(world, { op: 'mmap', args: { ...range, prot: 5, shared: false, noReplace: false, obj: 'anon', off: 0 } });
    perform(world, { op: 'publish', args: range });
    expect(perform(world, { op: 'mprotect', args: { ...range, prot: 7 } })).toEqual({ res: 'ok' });
    expect(writableTrusted(world)).toHaveLength(1);
  });

  test(`of private anonymous memory keeps its byte until unpublished under SEAL and NOFORCE, in ${RUNS} sequences`, () => {
    fc.assert(
      fc.property(everything, (random) => {
        const world = createWorld(HARDENED_TRUST);
        const known = new Map<string, unknown>();
        for (const step of random) {
          perform(world, step);
          checkTrustedBytes(world, known);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
