import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeChoices, VARIANTS, type Measured, type Variant } from './workload.ts';

/** How long to measure: rounds of all implementations in turn, and events per process by number pending. */
export interface BenchOptions {
  readonly rounds: number;
  /** Numbers of pending events to measure; all three by default. */
  readonly pending?: readonly number[];
  /** Told what is being measured. */
  readonly onProgress?: (text: string) => void;
}

/** Ours divided by a peer's, in events per CPU second: the median over rounds. */
export interface Ratio {
  readonly peer: string;
  readonly variant: string;
  readonly n: number;
  readonly ratio: number;
}

/** Millions of events per CPU second: the median over rounds. */
export interface Rate {
  readonly implementation: string;
  readonly variant: string;
  readonly n: number;
  readonly millionsPerSecond: number;
}

/** The report of the engine benchmark. */
export interface EngineBench {
  readonly ratios: readonly Ratio[];
  readonly rates: readonly Rate[];
  /** Bytes of our engine for one pending event, at the largest number pending. */
  readonly bytesPerEvent: number;
  /** Peers that are not installed here. */
  readonly absent: readonly string[];
}

const PENDING: readonly number[] = [100, 10_000, 1_000_000];
/** Timed events of a process, the same for all implementations: garbage collectors are at their worst only after millions of events. */
const EVENTS: Readonly<Record<number, number>> = { 100: 4_000_000, 10_000: 2_000_000, 1_000_000: 1_000_000 };
const TYPESCRIPT = ['ringsim', 'ringsim-simjs', 'simjs-objects', 'simjs-entity'] as const;
const CPP = 'cpp-priority-queue';
const OURS = 'ringsim';
const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));
const SOURCE = fileURLToPath(new URL('hold.cpp', import.meta.url));

/** Measures the hold model on all implementations, interleaved, each in its own process. Throws when two deliver in different orders. */
export function runEngineBench(options: BenchOptions): EngineBench {
  const folder = mkdtempSync(join(tmpdir(), 'ringsim-bench-'));
  try {
    const program = compileCpp(folder);
    for (const name of TYPESCRIPT) runChild(folder, name, 'exp', 100, 1000); // fills the cache of compiled code
    const names = program === undefined ? TYPESCRIPT : [...TYPESCRIPT, CPP];
    const pending = options.pending ?? PENDING;
    const cells = VARIANTS.flatMap((variant) =>
      pending.map((n) => measureCell(variant, n, names, { ...options, folder, program })),
    );
    const bytes = cells.findLast(({ n }) => n === pending.at(-1))!.rounds[0].get(OURS)!.bytesPerEvent ?? Number.NaN;
    return {
      ratios: cells.flatMap(ratiosOf),
      rates: cells.flatMap(ratesOf),
      bytesPerEvent: bytes,
      absent: program === undefined ? [CPP] : [],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Cell {
  readonly variant: Variant;
  readonly n: number;
  readonly rounds: readonly ReadonlyMap<string, Measured>[];
}

interface Bench extends BenchOptions {
  readonly folder: string;
  readonly program: string | undefined;
}

function measureCell(variant: Variant, n: number, names: readonly string[], bench: Bench): Cell {
  const rounds = Array.from({ length: bench.rounds }, (_, round) => {
    bench.onProgress?.(`${variant}, ${n} pending, round ${round + 1} of ${bench.rounds}`);
    return new Map(names.map((name) => [name, measure(name, variant, n, bench)]));
  });
  checkOrder(variant, n, rounds[0]);
  return { variant, n, rounds };
}

function measure(name: string, variant: Variant, n: number, { folder, program }: Bench): Measured {
  const events = EVENTS[n];
  if (name !== CPP) return runChild(folder, name, variant, n, events);
  const tables = join(folder, `${variant}-${n}`);
  const { increments, victims } = makeChoices(variant, n);
  writeFileSync(tables, Buffer.concat([Buffer.from(increments.buffer), Buffer.from(victims.buffer)]));
  const cancels = variant === 'cancel' ? '1' : '0';
  return parse(execFileSync(program!, [tables, cancels, String(n), String(events)]));
}

/**
 * Measures one implementation in TypeScript. Compiled code is kept between the processes, which also keeps Node's type stripper, a
 * WebAssembly module, out of them: once any WebAssembly memory has grown, V8 checks every typed-array access for a detached buffer.
 */
function runChild(folder: string, name: string, variant: Variant, n: number, events: number): Measured {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'cache') };
  return parse(execFileSync(process.execPath, [CHILD, name, variant, String(n), String(events)], { env }));
}

function parse(output: Buffer): Measured {
  return JSON.parse(output.toString()) as Measured;
}

/** Compiles the C++ peer; undefined where there is no compiler. */
function compileCpp(folder: string): string | undefined {
  const program = join(folder, 'hold');
  for (const compiler of ['g++', 'clang++']) {
    try {
      execFileSync(compiler, ['-O2', '-o', program, SOURCE], { stdio: 'ignore' });
      return program;
    } catch {
      continue; // not installed: the next one, or none
    }
  }
  return undefined;
}

function checkOrder(variant: string, n: number, measured: ReadonlyMap<string, Measured>): void {
  const sums = [...measured].map(([name, { checksum }]) => `${name} ${checksum}`);
  if (new Set([...measured.values()].map(({ checksum }) => checksum)).size > 1)
    throw new Error(`${variant}, ${n} pending: the implementations deliver in different orders: ${sums.join(', ')}`);
}

function rate({ events, cpuSeconds }: Measured): number {
  return events / cpuSeconds;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function ratiosOf({ variant, n, rounds }: Cell): Ratio[] {
  const peers = [...rounds[0].keys()].filter((name) => name !== OURS);
  return peers.map((peer) => ({
    peer,
    variant,
    n,
    ratio: median(rounds.map((round) => rate(round.get(OURS)!) / rate(round.get(peer)!))),
  }));
}

function ratesOf({ variant, n, rounds }: Cell): Rate[] {
  return [...rounds[0].keys()].map((implementation) => ({
    implementation,
    variant,
    n,
    millionsPerSecond: median(rounds.map((round) => rate(round.get(implementation)!))) / 1e6,
  }));
}
