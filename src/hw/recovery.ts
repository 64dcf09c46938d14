import { LINES_PER_PAGE } from '../sim/units.ts';
import { bareMachine } from './chase.ts';
import type { Core } from './core.ts';
import { Domain } from './cpi.ts';
import type { Machine } from './machine.ts';
import { KERNEL_VPN, PageFlag, PageTable } from './pagetable.ts';
import type { MachineProfile } from './profile.ts';

/** User code before and after one system call, in stretches of so many instructions. */
export interface Recovery {
  /** Instructions per cycle long after a call. */
  readonly steady: number;
  /** Cycles of each stretch after the call, mean of all rounds. */
  readonly after: readonly number[];
}

/** Lines of code that the program walks through, and of data that it reads, a power of two at most 32 768. */
export interface WorkingSet {
  readonly code: number;
  readonly data: number;
}

/** Instructions of a stretch, and lines of code on which they stand. */
export const STRETCH = 200;
/** Lines of code of a stretch. */
export const STRETCH_LINES = 10;
/** Calls over which what follows them is averaged. */
export const ROUNDS = 32;
/** Stretches after those that followed a call, in which the program warms up again unseen. */
export const WARM = 1200;
/** Stretches that are timed before a call, and after it. */
const SEEN = 300;
/** Loads of a line of code: three of ten instructions (Hennessy and Patterson, programs of SPEC, recalled). */
const LOADS = 6;
/** Pages of the program, the first of its data, and those of a large page; the kernel has one large page of code, then one of data. */
const USER_PAGES = 1024;
const DATA_PAGE = 256;
const LARGE_PAGE = 512;
const KERNEL_DATA = KERNEL_VPN + LARGE_PAGE;
/** Where the random numbers begin: any number does. */
const FIRST_PLACE = 12_345;
/** Lines of data in order of use lie this far apart, an odd number, and so on pages of their own. */
const STRIDE = 10_007;
/** What a pwrite retires and the lines that it brings: FlexSC (OSDI 2010), table 1. */
export const PWRITE = { instructions: 5689, codeLines: 356, lines: 985 };
/** Lines of code and of data of the program, 32 and 256 KiB: what it touched is not published; most of what it uses lies in the second level. */
export const IN_SECOND_LEVEL: WorkingSet = { code: 512, data: 4096 };
/** Recovered: the mean of so many stretches is within 5 % of the steady state. */
const SMOOTH = 5;
const RECOVERED = 0.95;

/**
 * A program that walks through its code and reads its data with the locality of most programs, with a pwrite now and then. A cache of C lines holds all
 * but one of sqrt(C) reads, the square-root rule (Hartstein, Srinivasan, Puzak and Emma, Computing Frontiers 2006): the rank of the line that is
 * read is 1 / u^2 for a uniform u.
 */
export class CallingProgram {
  readonly machine: Machine;
  readonly #core: Core;
  readonly #set: WorkingSet;
  #at = 0;
  #random = FIRST_PLACE;

  constructor(profile: MachineProfile, set: WorkingSet) {
    const machine = (this.machine = bareMachine(profile, 1));
    [this.#core] = machine.cores;
    this.#set = set;
    const table = new PageTable(0, USER_PAGES, () => machine.allocateFrames(1));
    const frame = machine.allocateFrames(USER_PAGES);
    for (let vpn = 0; vpn < USER_PAGES; vpn++) table.map(vpn, frame + vpn, PageFlag.Write);
    for (const vpn of [KERNEL_VPN, KERNEL_DATA])
      machine.kernelTable.mapLarge(vpn, machine.allocateFrames(LARGE_PAGE, LARGE_PAGE), PageFlag.Global);
    this.#core.memory.loadSpace(table, 1, false);
  }

  /** Cycles of the next stretch, or of so many lines of code. */
  stretch(lines = STRETCH_LINES): number {
    const before = this.#core.now;
    this.#core.domain = Domain.User;
    for (let line = 0; line < lines; line++) {
      this.#core.execute(LINES_PER_PAGE + (this.#at++ % this.#set.code), 1, STRETCH / STRETCH_LINES);
      for (let load = 0; load < LOADS; load++)
        this.#core.memory.touch(DATA_PAGE * LINES_PER_PAGE + this.#dataLine(), 1, false);
    }
    return this.#core.now - before;
  }

  /** The call: kernel code, and kernel data, the same each time, wherever allocators have put them in a large page. */
  pwrite(): void {
    this.#core.domain = Domain.Kernel;
    this.#core.execute(KERNEL_VPN * LINES_PER_PAGE, PWRITE.codeLines, PWRITE.instructions);
    let place = FIRST_PLACE;
    for (let line = 0; line < PWRITE.lines; line++) {
      place = next(place);
      this.#core.memory.touch(
        KERNEL_DATA * LINES_PER_PAGE + ((place >> 8) & (LARGE_PAGE * LINES_PER_PAGE - 1)),
        1,
        false,
      );
    }
  }

  /** The line of a rank by the square-root rule, among those that there are. */
  #dataLine(): number {
    for (;;) {
      this.#random = next(this.#random);
      const uniform = ((this.#random >> 7) + 0.5) / (1 << 24);
      const rank = Math.floor(1 / (uniform * uniform)) - 1;
      if (rank < this.#set.data) return Math.imul(rank, STRIDE) & (this.#set.data - 1);
    }
  }
}

/** A linear congruential generator of 31 bits, the lowest of which repeat soon (ANSI C). */
function next(random: number): number {
  return (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fffffff;
}

/** Runs a program on a bare machine, with a pwrite each time that it is warm. */
export function recoveryOf(profile: MachineProfile, set = IN_SECOND_LEVEL): Recovery {
  const program = new CallingProgram(profile, set);
  const after = Array.from({ length: SEEN }, () => 0);
  let steady = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < WARM; i++) program.stretch();
    for (let i = 0; i < SEEN; i++) steady += program.stretch() / ROUNDS / SEEN;
    program.pwrite();
    for (let i = 0; i < SEEN; i++) after[i] += program.stretch() / ROUNDS;
  }
  return { steady: STRETCH / steady, after };
}

/** Cycles until the program runs within 5 % as fast as long after the call. */
export function cyclesUntilRecovered({ steady, after }: Recovery): number {
  const goal = STRETCH / steady / RECOVERED;
  const mean = (from: number): number => after.slice(from, from + SMOOTH).reduce((sum, c) => sum + c, 0) / SMOOTH;
  let cycles = 0;
  for (let i = 0; i + SMOOTH < after.length && mean(i) > goal; i++) cycles += after[i];
  return cycles;
}
