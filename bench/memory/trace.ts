import { closeSync, openSync, readSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LackeyReader } from '../../src/hw/cachegrind/lackeyreader.ts';
import type { Measured } from '../harness.ts';
import { compileC, cpuSecondsOf, runs, run } from '../processes.ts';
import { GEOMETRY, missesText, OPTIONS } from './geometry.ts';

/** Programs traced, in C beside this file: small loops over data, and much code. */
export const PROGRAMS = ['loops', 'calls'] as const;
/** Rounds of a program that cachegrind is timed with; the trace is of one. */
const ROUNDS = 100;
const CHUNK_BYTES = 1 << 20;
/** Debian's wrapper adds variables; the program behind it leaves the environment alone. */
const VALGRINDS = ['valgrind.bin', 'valgrind'];
/** The same environment for all tools, so that the stack lies where it does in the trace. */
const ENVIRONMENT = ['-i', 'LD_PRELOAD=', 'ZZ=zzzzzzzzzzzz'];

/** A decoded trace of a program, and what cachegrind finds in it. */
export interface Trace {
  /** Words as `TwoLevelCaches` takes them. */
  readonly file: string;
  readonly references: number;
  /** Cachegrind's misses of the same run. */
  readonly misses: string;
  /** Times cachegrind less the same program under no tool. */
  readonly cachegrind: () => Measured;
}

/** valgrind's command, or undefined where it is not installed. */
export function findValgrind(): string | undefined {
  return VALGRINDS.find((name) => runs(name, ['--version']));
}

/** Records a trace of a program of this folder. Throws when cachegrind counts other references. */
export function recordTrace(folder: string, name: string, valgrind: string): Trace {
  const source = fileURLToPath(new URL(`${name}.c`, import.meta.url));
  const once = compileC(folder, source, 1);
  const often = compileC(folder, source, ROUNDS);
  const log = join(folder, `${name}.lackey`);
  // Cachegrind keeps fewer guest registers up to date than other tools do by default, so that it loses loads nobody uses.
  const lackey = ['--tool=lackey', '--vex-iropt-register-updates=sp-at-mem-access', '--trace-mem=yes'];
  run('env', [...ENVIRONMENT, valgrind, ...lackey, `--log-file=${log}`, once]);
  const file = join(folder, `${name}.words`);
  const { references } = decodeTrace(log, file);
  const counted = counters(folder, valgrind, once);
  if (counted.references !== references)
    throw new Error(`${name}: cachegrind counts ${counted.references} references, the trace has ${references}`);
  const cachegrind = (): Measured => timeCachegrind(folder, valgrind, often, counted.misses);
  return { file, references, misses: counted.misses, cachegrind };
}

/** Decodes a trace into a file of words; repeated references to a line are counted and left out, as the replay does. */
export function decodeTrace(log: string, file: string): { readonly references: number; readonly words: Int32Array } {
  const parts: Int32Array[] = [];
  const reader = new LackeyReader(GEOMETRY, (batch, length) => parts.push(batch.slice(0, length)));
  const chunk = new Uint8Array(CHUNK_BYTES);
  const input = openSync(log, 'r');
  for (let bytes = readSync(input, chunk); bytes > 0; bytes = readSync(input, chunk))
    reader.add(chunk.subarray(0, bytes));
  closeSync(input);
  reader.end();
  const bytes = Buffer.concat(parts.map(({ buffer }) => Buffer.from(buffer)));
  writeFileSync(file, bytes);
  const references = Array.from(reader.references).reduce((sum, count) => sum + count, 0);
  return { references, words: new Int32Array(new Uint8Array(bytes).buffer) };
}

/** What cachegrind counts for a program. */
function counters(folder: string, valgrind: string, program: string): Counted {
  const output = join(folder, 'cachegrind.out');
  run('env', [...ENVIRONMENT, ...cachegrindOf(valgrind, output), program]);
  return readSummary(output);
}

interface Counted {
  readonly references: number;
  readonly misses: string;
}

/** The summary line of cachegrind's output file, as counters.ts of src/hw/cachegrind names its numbers. */
function readSummary(output: string): Counted {
  const [, summary] = /^summary: (.*)$/m.exec(readFileSync(output, 'utf8'))!;
  const [Ir, I1mr, ILmr, Dr, D1mr, DLmr, Dw, D1mw, DLmw] = summary.trim().split(/\s+/).map(Number);
  return { references: Ir + Dr + Dw, misses: missesText([I1mr, D1mr, D1mw], [ILmr, DLmr, DLmw]) };
}

function cachegrindOf(valgrind: string, output: string): string[] {
  return [valgrind, '--tool=cachegrind', '--cache-sim=yes', ...OPTIONS, `--cachegrind-out-file=${output}`];
}

function timeCachegrind(folder: string, valgrind: string, program: string, misses: string): Measured {
  const output = join(folder, 'cachegrind.timed');
  const all = cpuSecondsOf('env', [...ENVIRONMENT, ...cachegrindOf(valgrind, output), program]);
  const none = cpuSecondsOf('env', [...ENVIRONMENT, valgrind, '--tool=none', program]);
  return { events: readSummary(output).references, cpuSeconds: all - none, outcome: misses };
}
