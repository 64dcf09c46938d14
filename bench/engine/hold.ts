import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  OURS,
  measureCell,
  ratesOf,
  ratiosOf,
  type Cell,
  type Measured,
  type Report,
  type Rounds,
} from '../harness.ts';
import { runProgram, runScript, withFolder } from '../processes.ts';
import { mmcCells } from './mmc.ts';
import { beside, findPeers, type Commands } from './peers.ts';
import { makeChoices, VARIANTS, type Variant } from './workload.ts';

/** How long to measure. */
export interface BenchOptions extends Rounds {
  /** Numbers of pending events to measure; all three by default. */
  readonly pending?: readonly number[];
}

/** The report of the engine benchmark. */
export interface EngineBench extends Report {
  /** Bytes of our engine for one pending event, at the largest number pending. */
  readonly bytesPerEvent: number;
}

const PENDING: readonly number[] = [100, 10_000, 1_000_000];
/** Timed events of a process, the same for all implementations: garbage collectors are at their worst only after millions of events. */
const EVENTS: Readonly<Record<number, number>> = { 100: 4_000_000, 10_000: 2_000_000, 1_000_000: 1_000_000 };
const TYPESCRIPT = [OURS, 'ringsim-simjs', 'simjs-objects', 'simjs-objects-reused', 'simjs-entity'] as const;

/**
 * Measures the hold model and the closed M/M/c on all implementations, interleaved, each in its own process. Throws when two deliver in
 * different orders.
 */
export function runEngineBench(options: BenchOptions): EngineBench {
  return withFolder((folder) => {
    const { commands, absent } = findPeers(folder);
    runHold(folder, OURS, 'exp', 100, 1000); // fills the cache of compiled code
    const pending = options.pending ?? PENDING;
    const hold = VARIANTS.flatMap((variant) => pending.map((n) => holdCell(folder, commands, variant, n)));
    const cells = [...hold, ...mmcCells(folder)].map((cell) => measureCell(cell, options));
    const largest = cells.findLast(({ n }) => n === pending.at(-1))!;
    return {
      ratios: cells.flatMap(ratiosOf),
      rates: cells.flatMap(ratesOf),
      bytesPerEvent: largest.rounds[0].get(OURS)!.bytesPerEvent ?? Number.NaN,
      absent,
    };
  });
}

function holdCell(folder: string, commands: Commands, variant: Variant, n: number): Cell {
  const events = EVENTS[n];
  const tables = join(folder, `${variant}-${n}`);
  const { increments, victims } = makeChoices(variant, n);
  writeFileSync(tables, Buffer.concat([Buffer.from(increments.buffer), Buffer.from(victims.buffer)]));
  const args = [tables, variant === 'cancel' ? '1' : '0', String(n), String(events)];
  const measure = new Map<string, () => Measured>();
  for (const name of TYPESCRIPT) measure.set(name, () => runHold(folder, name, variant, n, events));
  for (const [name, [program, ...first]] of commands) measure.set(name, () => runProgram(program, [...first, ...args]));
  return { variant, n, measure };
}

function runHold(folder: string, name: string, variant: Variant, n: number, events: number): Measured {
  return runScript(folder, beside('child.ts'), [name, variant, String(n), String(events)]);
}
