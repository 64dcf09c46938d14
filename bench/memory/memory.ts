import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  measureCell,
  OURS,
  ratesOf,
  ratiosOf,
  type Cell,
  type Measured,
  type Report,
  type Rounds,
} from '../harness.ts';
import { compile, findCompiler, runProgram, runScript, withFolder } from '../processes.ts';
import { SETS_AND_WAYS } from './geometry.ts';
import { MemorySystem } from './machine.ts';
import { ACCESSES, makeStream, STREAMS } from './streams.ts';
import { findValgrind, PROGRAMS, recordTrace } from './trace.ts';

/** Timed passes of a stream by its name, and of a trace. */
const STREAM_PASSES: Readonly<Record<string, number>> = { l1hit: 8, mixed: 4, uniform: 1 };
const TRACE_PASSES = 100;
const C_HIERARCHY = 'c-hierarchy';
const C_REPLAY = 'c-replay';
const CACHEGRIND = 'cachegrind';

/**
 * Measures accesses through the hierarchy beside the same in C, and references of replayed traces beside the same in C and cachegrind less
 * the program's own time. Throws when two count different misses.
 */
export function runMemoryBench(rounds: Rounds): Report {
  return withFolder((folder) => {
    const valgrind = findCompiler() === undefined ? undefined : findValgrind();
    const traces = valgrind === undefined ? [] : PROGRAMS.map((name) => traceCell(folder, name, valgrind));
    const streams = Object.keys(STREAMS).map((name) => streamCell(folder, name));
    const cells = [...streams, ...traces].map((cell) => measureCell(cell, rounds));
    const absent = [
      ...(findCompiler() === undefined ? [C_HIERARCHY, C_REPLAY] : []),
      ...(valgrind === undefined ? [CACHEGRIND] : []),
    ];
    return { ratios: cells.flatMap(ratiosOf), rates: cells.flatMap(ratesOf), absent };
  });
}

/** A stream of accesses; n is how many a pass has. */
function streamCell(folder: string, variant: string): Cell {
  const passes = String(STREAM_PASSES[variant]);
  const measure = new Map<string, () => Measured>();
  measure.set(OURS, () => runScript(folder, beside('hierarchychild.ts'), [variant, passes]));
  const program = compile(folder, beside('hierarchy.cpp'));
  if (program !== undefined) {
    const file = join(folder, variant);
    writeFileSync(file, new MemorySystem().encode(makeStream(variant)));
    measure.set(C_HIERARCHY, () => runProgram(program, [file, passes]));
  }
  return { variant, n: ACCESSES, measure };
}

/** A trace; n is its references. */
function traceCell(folder: string, name: string, valgrind: string): Cell {
  const { file, references, cachegrind } = recordTrace(folder, name, valgrind);
  const args = [file, String(references), String(TRACE_PASSES)];
  const replay = compile(folder, beside('replay.cpp'))!;
  const measure = new Map<string, () => Measured>();
  measure.set(OURS, () => runScript(folder, beside('tracechild.ts'), args));
  measure.set(C_REPLAY, () => runProgram(replay, [...args, ...SETS_AND_WAYS]));
  measure.set(CACHEGRIND, cachegrind);
  return { variant: `trace-${name}`, n: references, measure };
}

function beside(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
