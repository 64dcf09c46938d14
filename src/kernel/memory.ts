import type { Machine } from '../hw/machine.ts';
import { KERNEL_PAGES, KERNEL_VPN, PageFlag, PageTable, TABLE_BITS } from '../hw/pagetable.ts';
import { SimulationBug } from '../sim/errors.ts';
import { LINES_PER_PAGE } from '../sim/units.ts';
import { NO_THUNKS, type Thunks } from './thunks.ts';

const LARGE_PAGES = 1 << TABLE_BITS;
/** Kernel text: 8 MiB in large pages, as Linux maps it; data of the model follows. */
export const TEXT_PAGES = 4 * LARGE_PAGES;
/** Large pages at the end of kernel data over which the objects of kernel paths are spread, as slabs are over memory. */
const SLABS = 16;
const SLAB_LINES = LARGE_PAGES * LINES_PER_PAGE;
const SLAB_LINE = (KERNEL_VPN + KERNEL_PAGES) * LINES_PER_PAGE - SLABS * SLAB_LINES;
/** Lines by which slabs are offset from each other, so that their first lines do not share the sets of caches: a prime. */
const SLAB_COLOUR = 1021;
/** Lines of a kernel stack. */
export const STACK_LINES = 64;
/** Pages of a user address space that the model covers (1 GiB). */
const USER_PAGES = KERNEL_VPN;

/**
 * The kernel's half of every address space, in 2 MiB pages: text from the bottom, then data. Hands out virtual lines that
 * never come back; the model frees nothing while it runs.
 */
export class KernelMemory {
  /** What branches of kernel text take longer. */
  readonly thunks: Thunks;
  readonly #machine: Machine;
  readonly #globalFlag: number;
  #textLine = KERNEL_VPN * LINES_PER_PAGE;
  #dataLine = (KERNEL_VPN + TEXT_PAGES) * LINES_PER_PAGE;
  readonly #slabs = Array.from({ length: SLABS }, (_, slab) => SLAB_LINE + slab * SLAB_LINES + slab * SLAB_COLOUR);
  #nextSlab = 0;
  #rareTextLine = (KERNEL_VPN + TEXT_PAGES) * LINES_PER_PAGE;
  #rareDataLine = SLAB_LINE;

  /** With split page tables (KPTI) kernel pages are not global: they live under the kernel tag of each process. */
  constructor(machine: Machine, splitTables: boolean, thunks: Thunks = NO_THUNKS) {
    this.thunks = thunks;
    this.#machine = machine;
    this.#globalFlag = splitTables ? 0 : PageFlag.Global;
    for (let page = 0; page < KERNEL_PAGES; page += LARGE_PAGES) this.#mapLarge(KERNEL_VPN + page, page < TEXT_PAGES);
  }

  /** First virtual line of `lines` fresh lines of kernel text. */
  text(lines: number): number {
    const first = this.#textLine;
    this.#textLine += lines;
    if (this.#textLine > this.#rareTextLine) throw new SimulationBug(`kernel text is full at ${this.#textLine}`);
    return first;
  }

  /** First virtual line of `lines` fresh lines of kernel data. */
  data(lines: number): number {
    const first = this.#dataLine;
    this.#dataLine += lines;
    if (this.#dataLine > this.#rareDataLine) throw new SimulationBug(`kernel data is full at ${this.#dataLine}`);
    return first;
  }

  /** First virtual line of `lines` fresh lines of text that is hardly ever run: apart, so that it moves no other. Source: Linux .text.unlikely. */
  rareText(lines: number): number {
    return (this.#rareTextLine -= lines);
  }

  /** First virtual lines of `count` groups of `lines` fresh lines of data of such code. */
  rareSpread(lines: number, count: number): Int32Array {
    return Int32Array.from({ length: count }, () => (this.#rareDataLine -= lines));
  }

  /** Number of a fresh page of kernel data. */
  page(): number {
    const beyond = this.#dataLine % LINES_PER_PAGE;
    if (beyond !== 0) this.data(LINES_PER_PAGE - beyond);
    return this.data(LINES_PER_PAGE) / LINES_PER_PAGE;
  }

  /** First virtual lines of `count` groups of `lines` fresh lines of kernel data, each group on another large page. */
  spread(lines: number, count: number): Int32Array {
    return Int32Array.from({ length: count }, () => {
      const slab = this.#nextSlab;
      this.#nextSlab = (slab + 1) % SLABS;
      const first = this.#slabs[slab];
      this.#slabs[slab] += lines;
      if (this.#slabs[slab] > SLAB_LINE + (slab + 1) * SLAB_LINES)
        throw new SimulationBug(`slab ${slab} of kernel data is full at ${this.#slabs[slab]}`);
      return first;
    });
  }

  /** An empty user half. */
  userTable(): PageTable {
    return new PageTable(0, USER_PAGES, () => this.#machine.allocateFrames(1));
  }

  #mapLarge(vpn: number, isText: boolean): void {
    const frames = this.#machine.allocateFrames(LARGE_PAGES, LARGE_PAGES);
    const flags = this.#globalFlag | (isText ? 0 : PageFlag.Write | PageFlag.NoExec);
    this.#machine.kernelTable.mapLarge(vpn, frames, flags);
  }
}
