import type { Core } from '../hw/core.ts';
import { sourced, type Sourced } from '../hw/profile.ts';
import type { KernelMemory } from './memory.ts';

/** What one execution of a kernel path retires and touches; the indirect cost of the kernel emerges from it. */
export interface Footprint {
  readonly instructions: Sourced;
  /** Distinct code lines fetched. */
  readonly codeLines: Sourced;
  /** Lines of shared kernel data read; a quarter of them are written. */
  readonly dataLines: Sourced;
}

/** A kernel path placed in kernel memory. */
export interface KernelPath {
  readonly instructions: number;
  readonly codeLine: number;
  readonly codeLines: number;
  readonly dataLine: number;
  readonly dataLines: number;
  readonly writtenLines: number;
}

/** Instructions per distinct code line of a kernel path: 16 straight-line instructions of 4 bytes, and few loops. */
const INSTRUCTIONS_PER_LINE = 16;
/** Share of the data lines of a path that it also writes. */
const WRITTEN_SHARE = 1 / 4;

/**
 * A footprint from the instructions of a path; lines follow by two rules with wide ranges: a code line per 16 instructions,
 * a data line per 40 (FlexSC, OSDI 2010, table 1: pread 3739 instructions evict 32 L1i and 294 L1d lines).
 */
export function footprint(instructions: number, source: string): Footprint {
  const scaled = (per: number, why: string): Sourced => {
    const lines = Math.max(2, Math.round(instructions / per));
    return sourced(lines, [Math.ceil(lines / 3), lines * 3], 'assumed', why);
  };
  return {
    instructions: sourced(instructions, [Math.floor(instructions / 2), instructions * 2], 'assumed', source),
    codeLines: scaled(INSTRUCTIONS_PER_LINE, 'one code line per 16 instructions'),
    dataLines: scaled(40, 'one data line per 40 instructions; FlexSC table 1 brackets it'),
  };
}

/** Places a path: its code in kernel text, its shared data in kernel data. */
function placePath(memory: KernelMemory, path: Footprint): KernelPath {
  const dataLines = path.dataLines.value;
  return {
    instructions: path.instructions.value,
    codeLine: memory.text(path.codeLines.value),
    codeLines: path.codeLines.value,
    dataLine: memory.data(dataLines),
    dataLines,
    writtenLines: Math.round(dataLines * WRITTEN_SHARE),
  };
}

/** Places every path of a table. */
export function placePaths<Name extends string>(
  memory: KernelMemory,
  paths: Readonly<Record<Name, Footprint>>,
): Readonly<Record<Name, KernelPath>> {
  const names = Object.keys(paths) as Name[];
  return Object.fromEntries(names.map((name) => [name, placePath(memory, paths[name])])) as Record<Name, KernelPath>;
}

/** Runs a path on a core. hot */
export function runPath(core: Core, path: KernelPath): void {
  core.execute(path.codeLine, path.codeLines, path.instructions);
  core.memory.touch(path.dataLine, path.dataLines - path.writtenLines, false);
  core.memory.touch(path.dataLine + path.dataLines - path.writtenLines, path.writtenLines, true);
}
