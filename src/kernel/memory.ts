import type { Machine } from '../hw/machine.ts';
import { KERNEL_PAGES, KERNEL_VPN, PageFlag, PageTable, TABLE_BITS } from '../hw/pagetable.ts';
import { SimulationBug } from '../sim/errors.ts';
import { LINES_PER_PAGE } from '../sim/units.ts';

const LARGE_PAGES = 1 << TABLE_BITS;
/** Kernel text: 8 MiB in large pages, as Linux maps it; data of the model follows. */
const TEXT_PAGES = 4 * LARGE_PAGES;
/** Pages of a user address space that the model covers (1 GiB). */
const USER_PAGES = KERNEL_VPN;

/**
 * The kernel's half of every address space, in 2 MiB pages: text from the bottom, then data. Hands out virtual lines that
 * never come back; the model frees nothing while it runs.
 */
export class KernelMemory {
  readonly #machine: Machine;
  readonly #globalFlag: number;
  #textLine = KERNEL_VPN * LINES_PER_PAGE;
  #dataLine = (KERNEL_VPN + TEXT_PAGES) * LINES_PER_PAGE;

  /** With split page tables (KPTI) kernel pages are not global: they live under the kernel tag of each process. */
  constructor(machine: Machine, splitTables: boolean) {
    this.#machine = machine;
    this.#globalFlag = splitTables ? 0 : PageFlag.Global;
    for (let page = 0; page < KERNEL_PAGES; page += LARGE_PAGES) this.#mapLarge(KERNEL_VPN + page, page < TEXT_PAGES);
  }

  /** First virtual line of `lines` fresh lines of kernel text. */
  text(lines: number): number {
    const first = this.#textLine;
    this.#textLine += lines;
    if (this.#textLine > (KERNEL_VPN + TEXT_PAGES) * LINES_PER_PAGE)
      throw new SimulationBug(`kernel text is full at ${this.#textLine}`);
    return first;
  }

  /** First virtual line of `lines` fresh lines of kernel data. */
  data(lines: number): number {
    const first = this.#dataLine;
    this.#dataLine += lines;
    if (this.#dataLine > (KERNEL_VPN + KERNEL_PAGES) * LINES_PER_PAGE)
      throw new SimulationBug(`kernel data is full at ${this.#dataLine}`);
    return first;
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
