import { Nr, Op, type CallName, type ThreadEnv } from '../kernel/abi.ts';
import { LINES_PER_PAGE } from '../sim/units.ts';

/**
 * How user code touches memory, per 1000 instructions. All assumed, for compiled managed code: loops make a code line serve 25
 * instructions, allocation is a bump pointer through the hot part of the nursery. Chosen so that the recorded servers come out near the CPI that
 * turned their recorded times into instructions (RECORDED_CPI): 0.6 and 0.9 on the profile of the recording machine.
 */
const CODE_LINES = 40;
const HEAP_LINES = 8;
const STACK_LINES = 6;
const ALLOCATED_LINES = 1;

/** Longest stretch of instructions between two interrupt checks (the grain of interrupt delay). */
const GRAIN = 1000;

/** Regions that every scripted process has, with their pages; heap and nursery are the hot part of the Java heap. */
export const SCRIPT_REGIONS = {
  jit: { name: 'jit', pages: 256, kind: 'verified' },
  native: { name: 'native', pages: 128, kind: 'native' },
  heap: { name: 'heap', pages: 64, kind: 'data' },
  nursery: { name: 'nursery', pages: 256, kind: 'data' },
} as const;

/** Lines at which reads of the heap begin. */
const HEAP_ROOM = SCRIPT_REGIONS.heap.pages * LINES_PER_PAGE - HEAP_LINES;

/** Where a stretch of user work has its code. */
export interface Site {
  readonly line: number;
  readonly lines: number;
}

/** Emits the operations of one thread: stretches of user work with their memory traffic, calls, system calls. */
export class Script {
  readonly #env: ThreadEnv;
  readonly #stack: number;
  readonly #heap: number;
  readonly #nursery: number;
  readonly #nurseryLines: number;
  #allocated = 0;
  /** Fractions of lines of stack, heap and nursery that pieces have left over. */
  readonly #carried = new Float64Array(3);

  /** `stack`: region of the thread's stack and buffers; `share` of the nursery belongs to this thread, `index` of `share`. */
  constructor(env: ThreadEnv, stack: string, index: number, share: number) {
    this.#env = env;
    this.#stack = env.lineOf(stack);
    this.#heap = env.lineOf(SCRIPT_REGIONS.heap.name);
    this.#nurseryLines = Math.floor((SCRIPT_REGIONS.nursery.pages * LINES_PER_PAGE) / share);
    this.#nursery = env.lineOf(SCRIPT_REGIONS.nursery.name) + index * this.#nurseryLines;
  }

  /**
   * The `index`-th stretch of code in a region, long enough for `instructions` instructions, at most 512 lines. Regions have room for 31 (`jit`)
   * and 15 (`native`): later ones lie where earlier ones do, and share their lines in the caches.
   */
  site(region: 'jit' | 'native', index: number, instructions: number): Site {
    const lines = linesOf(instructions);
    const room = SCRIPT_REGIONS[region].pages * LINES_PER_PAGE;
    return {
      line: this.#env.lineOf(region) + ((index * SITE_STRIDE) % (room - SITE_STRIDE)),
      lines: Math.min(lines, SITE_STRIDE),
    };
  }

  /** User work of so many instructions at a site. */
  work(site: Site, instructions: number): void {
    for (let left = Math.round(instructions); left > 0; left -= GRAIN)
      this.#grain(site, Math.min(left, GRAIN), Math.round(instructions));
  }

  /** User work in pieces shorter than what one line of memory stands for: the fraction of a line that is left counts for the next piece. */
  piece({ line, lines }: Site, instructions: number): void {
    const { stream, rng } = this.#env;
    stream.push(Op.Execute, line, lines, instructions);
    const stack = this.#due(0, STACK_LINES, instructions);
    const heap = this.#due(1, HEAP_LINES, instructions);
    const fresh = this.#due(2, ALLOCATED_LINES, instructions);
    if (stack > 0) stream.push(Op.Load, this.#stack + STACK_OFFSET, stack, 0);
    if (heap > 0) stream.push(Op.Load, this.#heap + rng.below(HEAP_ROOM), heap, 0);
    if (fresh > 0) this.#allocate(fresh);
  }

  /** Calls a function of the process, by index. */
  call(functionId: number): void {
    this.#env.stream.push(Op.Call, functionId, 0, 0);
  }

  /** Returns from the function called last. */
  return(): void {
    this.#env.stream.push(Op.Return, 0, 0, 0);
  }

  /** Makes a system call. */
  syscall(name: CallName, a = 0, b = 0, c = 0): void {
    this.#env.stream.push(Op.Syscall, a, b, c, Nr[name]);
  }

  /** Reads or writes lines of the process's memory. */
  touch(line: number, lines: number, isWrite: boolean): void {
    this.#env.stream.push(isWrite ? Op.Store : Op.Load, line, lines, 0);
  }

  #grain(site: Site, instructions: number, whole: number): void {
    const { stream, rng } = this.#env;
    const per = (rate: number): number => Math.max(1, Math.round((rate * instructions) / 1000));
    const lines = Math.min(site.lines, Math.max(2, Math.ceil((site.lines * instructions) / whole)));
    stream.push(Op.Execute, site.line, lines, instructions);
    stream.push(Op.Load, this.#stack + STACK_OFFSET, per(STACK_LINES), 0);
    stream.push(Op.Load, this.#heap + rng.below(HEAP_ROOM), per(HEAP_LINES), 0);
    this.#allocate(per(ALLOCATED_LINES));
  }

  #allocate(fresh: number): void {
    if (this.#allocated + fresh > this.#nurseryLines) this.#allocated = 0;
    this.#env.stream.push(Op.Store, this.#nursery + this.#allocated, fresh, 0);
    this.#allocated += fresh;
  }

  /** Whole lines that so many instructions touch at a rate, with what earlier pieces left over. */
  #due(kind: number, rate: number, instructions: number): number {
    const lines = this.#carried[kind] + (rate * instructions) / 1000;
    const whole = Math.floor(lines);
    this.#carried[kind] = lines - whole;
    return whole;
  }
}

/** Lines of code of so many instructions. */
export function linesOf(instructions: number): number {
  return Math.max(4, Math.round((instructions * CODE_LINES) / 1000));
}

/** Lines between the beginnings of two sites, and the most lines of one. */
const SITE_STRIDE = 512;
/** Lines at the bottom of the stack region that are the thread's I/O buffer. */
const STACK_OFFSET = 2 * LINES_PER_PAGE;
/** Pages of a stack region: two of buffer, two of stack. */
export const STACK_PAGES = 4;
