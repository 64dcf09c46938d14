import type { Core } from '../hw/core.ts';
import { Cause } from '../hw/cpi.ts';
import { sourced, type Confidence, type Sourced } from '../hw/profile.ts';
import type { KernelMemory } from './memory.ts';

/** What one execution of a kernel path retires and touches; the indirect cost of the kernel emerges from it. */
export interface Footprint {
  readonly instructions: Sourced;
  /** Distinct code lines fetched. */
  readonly codeLines: Sourced;
  /** Lines of shared kernel data read; a quarter of them are written. */
  readonly dataLines: Sourced;
  /** Large pages of the kernel's direct map over which those lines are spread. */
  readonly pages: Sourced;
  /** Functions returned from, and calls through pointers: what mitigations of speculative execution slow. */
  readonly returns: Sourced;
  readonly indirectCalls: Sourced;
  /** Whether it lies apart from the code and data that every system uses. */
  readonly isRare?: true;
}

/** A kernel path placed in kernel memory. Its data lie in equal groups, one a page; of each the last lines are written. */
export interface KernelPath {
  readonly instructions: number;
  readonly codeLine: number;
  readonly codeLines: number;
  readonly groups: Int32Array;
  readonly readLines: number;
  readonly writtenLines: number;
  /** Cycles that mitigations add to its returns and indirect calls, once through and for each instruction more in its loops. */
  readonly slowed: number;
  readonly slowedPerInstruction: number;
}

/** Instructions per distinct code line of a kernel path: 16 straight-line instructions of 4 bytes, and few loops. */
const INSTRUCTIONS_PER_LINE = 16;
/** Share of the data lines of a path that it also writes. */
const WRITTEN_SHARE = 1 / 4;
/** Instructions per data line and per large page of data. */
const PER_DATA_LINE = 40;
const PER_PAGE = 700;
/** Instructions per return, and per call through a pointer. */
const PER_RETURN = 40;
const PER_INDIRECT_CALL = 160;
/** Most lines of code and of data of one path: longer ones are loops over what they have. Assumed; 48 KiB of code are a tenth of a subsystem. */
const MOST_CODE_LINES = 768;
const MOST_DATA_LINES = 512;
/** Most pages over which a path is spread. */
const MOST_PAGES = 8;

/**
 * A footprint from the instructions of a path; the rest follows by three rules with wide ranges: a code line per 16 instructions, a
 * data line per 40, a page per 700 (FlexSC, OSDI 2010, table 1: pread 3739 instructions evict 32 L1i and 294 L1d lines and 20 entries of the data
 * TLB, the user's and those of the tables among them). Of branches it has a return per 40 instructions: FreeBSD's profiling counted some 70 calls in the
 * 4000 cycles of a send(2) (comment in its sys/i386/isa/prof_machdep.c), and compiled code that calls little ones; a call through a pointer per 160: for a
 * read those of the file, of the security module and of the copy.
 */
export function footprint(instructions: number, source: string, confidence: Confidence = 'assumed'): Footprint {
  const scaled = (per: number, most: number, why: string): Sourced => {
    const number = Math.min(most, Math.max(2, Math.round(instructions / per)));
    return sourced(number, [Math.ceil(number / 3), number * 3], 'assumed', why);
  };
  const pages = Math.min(MOST_PAGES, Math.max(1, Math.round(instructions / PER_PAGE)));
  return {
    instructions: sourced(instructions, [Math.floor(instructions / 2), instructions * 2], confidence, source),
    codeLines: scaled(INSTRUCTIONS_PER_LINE, MOST_CODE_LINES, 'one code line per 16 instructions'),
    dataLines: scaled(PER_DATA_LINE, MOST_DATA_LINES, 'one data line per 40 instructions; FlexSC table 1 brackets it'),
    pages: sourced(pages, [1, pages * 5], 'assumed', 'one page per 700 instructions; FlexSC table 1 bounds it above'),
    returns: branches(instructions / PER_RETURN, 'one return per 40 instructions'),
    indirectCalls: branches(instructions / PER_INDIRECT_CALL, 'one call through a pointer per 160 instructions'),
  };
}

function branches(count: number, why: string): Sourced {
  return sourced(count, [count / 3, count * 3], 'assumed', why);
}

/** Places a path: its code in kernel text, its shared data in kernel data. */
export function placePath(memory: KernelMemory, path: Footprint): KernelPath {
  const pages = path.pages.value;
  const perPage = Math.max(1, Math.round(path.dataLines.value / pages));
  const writtenLines = Math.round(perPage * WRITTEN_SHARE);
  return {
    instructions: path.instructions.value,
    codeLine: path.isRare === true ? memory.rareText(path.codeLines.value) : memory.text(path.codeLines.value),
    codeLines: path.codeLines.value,
    groups: path.isRare === true ? memory.rareSpread(perPage, pages) : memory.spread(perPage, pages),
    readLines: perPage - writtenLines,
    writtenLines,
    slowed: memory.thunks.of(path.returns.value, path.indirectCalls.value),
    slowedPerInstruction: slowedOf(memory, 1),
  };
}

/** Cycles by which mitigations slow kernel code of so many instructions, with as many indirect calls as such code has unless they are given. */
export function slowedOf(
  { thunks }: KernelMemory,
  instructions: number,
  indirectCalls = instructions / PER_INDIRECT_CALL,
): number {
  return thunks.of(instructions / PER_RETURN, indirectCalls);
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
  runInstructions(core, path, path.instructions);
  touchData(core, path);
}

/** Runs the code of a path, so many instructions of it, without its data. hot */
export function runInstructions(core: Core, path: KernelPath, instructions: number): void {
  core.execute(path.codeLine, path.codeLines, instructions);
  if (path.slowed > 0) core.ledger.charge(Cause.FrontEnd, path.slowed);
}

/** Runs a path with further instructions in its loops, which bring no new code; mitigations slow those by `slowed` cycles. hot */
export function runLoopedPath(
  core: Core,
  path: KernelPath,
  further: number,
  slowed = further * path.slowedPerInstruction,
): void {
  core.execute(path.codeLine, path.codeLines, path.instructions + further);
  if (path.slowed > 0) core.ledger.charge(Cause.FrontEnd, path.slowed + slowed);
  touchData(core, path);
}

/** Reads and writes the shared data of a path. hot */
function touchData(core: Core, { groups, readLines, writtenLines }: KernelPath): void {
  const { memory } = core;
  for (let page = 0; page < groups.length; page++) {
    const first = groups[page];
    memory.touch(first, readLines, false);
    memory.touch(first + readLines, writtenLines, true);
  }
}
