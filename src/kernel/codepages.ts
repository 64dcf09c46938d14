import type { Machine } from '../hw/machine.ts';
import { frameIn } from '../hw/pagetable.ts';
import type { KernelMemory } from './memory.ts';

/**
 * Frames of the kernel for published code (ALIAS). Each is a page of kernel data too, through which alone it is ever written: no process has another
 * mapping of it.
 */
export class CodePages {
  readonly #machine: Machine;
  readonly #memory: KernelMemory;
  readonly #free: number[] = [];
  readonly #pages = new Map<number, number>();

  constructor(machine: Machine, memory: KernelMemory) {
    this.#machine = machine;
    this.#memory = memory;
  }

  /** A frame that no process maps. */
  take(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const page = this.#memory.page();
    const frame = frameIn(this.#machine.kernelTable.entry(page), page);
    this.#pages.set(frame, page);
    return frame;
  }

  /** Page of kernel data at which the kernel sees a frame; undefined for one that is not of these. */
  pageOf(frame: number): number | undefined {
    return this.#pages.get(frame);
  }

  /** Takes a frame back; false if it is none of these. */
  giveBack(frame: number): boolean {
    if (!this.#pages.has(frame)) return false;
    this.#free.push(frame);
    return true;
  }
}
