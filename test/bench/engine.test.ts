import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Counter } from '../../bench/engine/counter.ts';
import { Jobs, makeTimes, SHAPES } from '../../bench/engine/mmcload.ts';
import { MMC_MODELS } from '../../bench/engine/mmcmodels.ts';
import { MODELS } from '../../bench/engine/models.ts';
import { beside, findPeers } from '../../bench/engine/peers.ts';
import { makeChoices, Ticket, VARIANTS, type Variant } from '../../bench/engine/workload.ts';
import { measureCell, OURS, ratesOf, ratiosOf, type Cell, type Measured } from '../../bench/harness.ts';
import { compile, runProgram, runs, withFolder } from '../../bench/processes.ts';

const compiles = runs('g++', ['--version']) || runs('clang++', ['--version']);
const CHECKED = 100_000;
const JOBS = 3000;

/** Checksum of the first deliveries of a model in TypeScript. */
function checksum(name: string, variant: Variant, n: number): number {
  const ticket = new Ticket(variant, n);
  ticket.stretch(MODELS[name](n, ticket), CHECKED);
  return ticket.checksum;
}

/** What a model of the closed M/M/c comes to; after half as many jobs as a warm-up it serves JOBS. */
function mmc(name: string, variant: string): Jobs {
  const jobs = new Jobs(SHAPES[variant]);
  jobs.time(MMC_MODELS[name](SHAPES[variant], jobs), JOBS);
  return jobs;
}

describe('the hold model', () => {
  it.each(VARIANTS)(
    'delivers 100 000 events of %s in one order on all five implementations in TypeScript',
    (variant) => {
      const sums = Object.keys(MODELS).map((name) => checksum(name, variant, 100));
      expect(new Set(sums).size).toBe(1);
      expect(sums).toHaveLength(5);
    },
  );

  it.skipIf(!compiles)('delivers 100 000 events of each variant in the order of both engines in C++', () => {
    withFolder((folder) => {
      const { commands } = findPeers(folder);
      const programs = ['cpp-priority-queue', 'c-ladder-queue'].map((name) => commands.get(name)![0]);
      for (const variant of VARIANTS) {
        const tables = join(folder, variant);
        const { increments, victims } = makeChoices(variant, 1000);
        writeFileSync(tables, Buffer.concat([Buffer.from(increments.buffer), Buffer.from(victims.buffer)]));
        const args = [tables, variant === 'cancel' ? '1' : '0', '1000', '1000'];
        const own = String(checksum(OURS, variant, 1000));
        expect(programs.map((program) => runProgram(program, args).outcome)).toEqual([own, own]);
      }
    });
  });
});

describe('the closed M/M/c', () => {
  it.each(Object.keys(SHAPES))('ends %s at one time with one mean response time on simjs and on ours', (variant) => {
    expect(mmc('simjs-entity', variant).outcome).toBe(mmc(OURS, variant).outcome);
  });

  it.skipIf(!compiles)('ends at the same time by hand in C++', () => {
    withFolder((folder) => {
      const program = compile(folder, beside('mmc.cpp'))!;
      for (const [variant, shape] of Object.entries(SHAPES)) {
        const tables = join(folder, variant);
        const { thinks, services } = makeTimes(shape);
        writeFileSync(tables, Buffer.concat([Buffer.from(thinks.buffer), Buffer.from(services.buffer)]));
        const args = [tables, String(shape.clients), String(shape.servers), String(JOBS)];
        expect(runProgram(program, args).outcome).toBe(mmc(OURS, variant).outcome);
      }
    });
  });

  it('keeps 4 servers of 64 clients between 80 and 100 % busy, so that jobs queue', () => {
    const { now, done, response } = mmc(OURS, 'mmc-64-4');
    const busy = (done * 1e9) / (4 * now);
    expect(busy).toBeGreaterThan(0.8);
    expect(busy).toBeLessThan(1.02); // the mean service of these jobs is not exactly 10^9
    expect(response / done).toBeGreaterThan(1.2e9);
  });
});

/** A comparison of ours at 4 M/s with a peer at 2 M/s of that outcome. */
function cell(outcome: string): Cell {
  const measure = new Map<string, () => Measured>([
    [OURS, () => ({ events: 8e6, cpuSeconds: 2, outcome: 'a' })],
    ['peer', () => ({ events: 8e6, cpuSeconds: 4, outcome })],
  ]);
  return { variant: 'v', n: 1, measure };
}

describe('the harness', () => {
  it('divides our rate of 4 M/s by a peer of 2 M/s: 2', () => {
    const measured = measureCell(cell('a'), { rounds: 2 });
    expect(ratiosOf(measured)).toEqual([{ peer: 'peer', variant: 'v', n: 1, ratio: 2 }]);
    expect(ratesOf(measured).map(({ millionsPerSecond }) => millionsPerSecond)).toEqual([4, 2]);
  });

  it('refuses implementations that come to 2 outcomes, and names both', () => {
    expect(() => measureCell(cell('b'), { rounds: 1 })).toThrow(/ringsim a, peer b/);
  });

  it('ends a stretch after exactly 5 of endless events', () => {
    const counter = new Counter();
    const endless = {
      run: (): never => {
        for (;;) counter.count();
      },
    };
    counter.stretch(endless, 5);
    expect(counter.done).toBe(5);
  });
});
