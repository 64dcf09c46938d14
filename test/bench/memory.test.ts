import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { heapGrowth } from '../../bench/memory/growth.ts';
import { GEOMETRY, missesText, SETS_AND_WAYS } from '../../bench/memory/geometry.ts';
import { MemorySystem } from '../../bench/memory/machine.ts';
import { makeStream, OPERATION, STREAMS } from '../../bench/memory/streams.ts';
import { decodeTrace } from '../../bench/memory/trace.ts';
import { compile, findCompiler, runProgram, withFolder } from '../../bench/processes.ts';
import { TwoLevelCaches } from '../../src/hw/cachegrind/caches.ts';

const compiles = findCompiler() !== undefined;
const ACCESSES = 40_000;

function source(name: string): string {
  return fileURLToPath(new URL(`../../bench/memory/${name}`, import.meta.url));
}

/** A reproducible trace as lackey writes it: code in order with jumps, data in 64 KiB, some across lines. */
function lackeyTrace(references: number): string {
  let state = 7;
  const below = (n: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) % n;
  };
  const lines = Array.from({ length: references }, (_, at) => {
    if (at % 3 !== 0) return `I  ${(0x400000 + below(2000) * 48).toString(16).padStart(8, '0')},5`;
    return ` ${'LSM'[below(3)]} ${(0x1000000 + below(65_536)).toString(16).padStart(8, '0')},8`;
  });
  return `${lines.join('\n')}\n`;
}

/** Misses of L1 an access, once warm. */
function warmMisses(name: string): number {
  const stream = makeStream(name, 4 * ACCESSES);
  const system = new MemorySystem();
  system.run(stream);
  const cold = missesOf(system);
  system.run(stream);
  return (missesOf(system) - cold) / (4 * ACCESSES);
}

/** Misses of L1 by the level that served them stand between the walks and the lines written. */
function missesOf({ outcome }: MemorySystem): number {
  const served = outcome.split(',').slice(2, -1).map(Number);
  return served.reduce((sum, count) => sum + count, 0);
}

describe('the hierarchy benchmark', () => {
  it('leaves less than a tenth of a byte of an access on the heap, hit or miss: a boxed time would be 16', () => {
    for (const { variant, bytesPerAccess } of heapGrowth()) expect(bytesPerAccess, variant).toBeLessThan(0.1);
  });

  it.skipIf(!compiles).each(Object.keys(STREAMS))(
    'counts the same misses of 2 x 40 000 accesses of %s as the same algorithm in C',
    (name) => {
      withFolder((folder) => {
        const program = compile(folder, source('hierarchy.cpp'))!;
        const stream = makeStream(name, ACCESSES);
        const system = new MemorySystem();
        const file = join(folder, name);
        writeFileSync(file, system.encode(stream));
        system.run(stream);
        system.run(stream);
        const { events, outcome } = runProgram(program, [file, '1']);
        expect(outcome).toBe(system.outcome);
        expect(events).toBe(ACCESSES);
      });
    },
  );

  it('misses L1 in 1.5 to 2.5 % of accesses of l1hit and in 45 to 55 % of mixed, once warm', () => {
    expect(warmMisses('l1hit')).toBeGreaterThan(0.015);
    expect(warmMisses('l1hit')).toBeLessThan(0.025);
    expect(warmMisses('mixed')).toBeGreaterThan(0.45);
    expect(warmMisses('mixed')).toBeLessThan(0.55);
  });

  it('makes streams of 40 000 accesses that stay within 64 MiB', () => {
    for (const name of Object.keys(STREAMS)) {
      const stream = makeStream(name, ACCESSES);
      let accesses = 0;
      for (let at = 0; at < stream.length; at += OPERATION) {
        expect((stream[at] >> 1) + stream[at + 1]).toBeLessThanOrEqual(1 << 20);
        accesses += stream[at + 1];
      }
      expect(accesses).toBe(ACCESSES);
    }
  });
});

describe('the replay benchmark', () => {
  it.skipIf(!compiles)('counts the same 6 misses of 30 000 references in C, straddling ones included', () => {
    withFolder((folder) => {
      const program = compile(folder, source('replay.cpp'))!;
      const log = join(folder, 'log');
      const file = join(folder, 'words');
      writeFileSync(log, lackeyTrace(30_000));
      const { references, words } = decodeTrace(log, file);
      const caches = new TwoLevelCaches(GEOMETRY);
      caches.run(words, words.length);
      const { outcome, events } = runProgram(program, [file, String(references), '1', ...SETS_AND_WAYS]);
      expect(references).toBe(30_000);
      expect(events).toBe(30_000);
      expect(outcome).toBe(missesText(caches.misses, caches.lastMisses));
      expect(caches.misses[1]).toBeGreaterThan(1000);
    });
  });
});
