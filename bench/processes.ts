import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Measured } from './harness.ts';

const COMPILERS = ['g++', 'clang++'];

/** Calls `act` with a folder that exists so long. */
export function withFolder<T>(act: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'ringsim-bench-'));
  try {
    return act(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * What a script of ours prints in a process of its own. Compiled code is kept between the processes, which also keeps Node's type stripper,
 * a WebAssembly module, out of them: once any WebAssembly memory has grown, V8 checks every typed-array access for a detached buffer.
 */
export function outputOf(
  folder: string,
  script: string,
  args: readonly string[],
  flags: readonly string[] = [],
): Buffer {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'cache') };
  return execFileSync(process.execPath, [...flags, script, ...args], { env });
}

/** Runs a script of ours, as `outputOf` does, that prints a Measured. */
export function runScript(
  folder: string,
  script: string,
  args: readonly string[],
  flags: readonly string[] = [],
): Measured {
  return parse(outputOf(folder, script, args, flags));
}

/** Runs a program that prints a Measured. */
export function runProgram(program: string, args: readonly string[]): Measured {
  return parse(execFileSync(program, args));
}

function parse(output: Buffer): Measured {
  return JSON.parse(output.toString()) as Measured;
}

/** Runs a program for what it writes to files. */
export function run(program: string, args: readonly string[]): void {
  execFileSync(program, args, { stdio: 'ignore' });
}

/** Seconds of CPU time, user and system, of a program. */
export function cpuSecondsOf(program: string, args: readonly string[]): number {
  const output = execFileSync('sh', ['-c', '"$@" >/dev/null 2>&1; times', 'sh', program, ...args], {
    encoding: 'utf8',
  });
  const [, children] = output.trim().split('\n'); // the first line is the shell's own
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + 60 * Number(m) + Number(s), 0);
}

/** Whether a program can be run. */
export function runs(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Compiles a C++ source with -O2; `engine` is the header that its ENGINE stands for. Undefined where there is no compiler. */
export function compile(folder: string, source: string, engine = ''): string | undefined {
  const compiler = findCompiler();
  if (compiler === undefined) return undefined;
  const program = join(folder, `${basename(source)}-${engine}`);
  execFileSync(compiler, ['-O2', `-DENGINE="${engine}"`, '-o', program, source]);
  return program;
}

/** Compiles a program in C without its library, of so many rounds. */
export function compileC(folder: string, source: string, rounds: number): string {
  const program = join(folder, `${basename(source, '.c')}${rounds}`);
  const flags = ['-O1', '-nostdlib', '-static', '-fno-stack-protector', '-x', 'c', `-DROUNDS=${rounds}`];
  execFileSync(findCompiler()!, [...flags, '-o', program, source]);
  return program;
}

/** The command of a compiler, or undefined where there is none. */
export function findCompiler(): string | undefined {
  return COMPILERS.find((name) => runs(name, ['--version']));
}
