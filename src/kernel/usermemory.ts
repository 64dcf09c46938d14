import { SimulationBug } from '../sim/errors.ts';

/** Where a page of the program's file lies in the page cache, and how it is mapped. */
export interface FilePage {
  readonly frame: number;
  readonly flags: number;
}

/** User pages of a process beyond its regions: which are reserved, and where the next ones go. */
export class UserMemory {
  /** Pages that a fork left read-only until they are written. */
  readonly shared = new Set<number>();
  /** Whether the program handles the signal of a forbidden access. */
  hasHandler = false;
  /** Whether it has told the kernel landing pads, at which a handler may let a fault go on. */
  hasPads = false;
  /** Whether calls that a handler interrupted are made again (SA_RESTART). */
  restartsCalls = false;
  /** Pages of the program's code, by where they are mapped: they come back from its file. */
  readonly text: ReadonlyMap<number, FilePage>;
  readonly #limit: number;
  readonly #free = new Map<number, number[]>();
  #next: number;
  #released = 0;

  /** Pages below `first` are those of the regions; those up to `limit` are free. */
  constructor(first: number, limit: number, text: ReadonlyMap<number, FilePage> = new Map()) {
    this.text = text;
    this.#next = first;
    this.#limit = limit;
  }

  /** The page after the last that was ever reserved. */
  get end(): number {
    return this.#next;
  }

  /** Pages reserved now, regions included. */
  get mapped(): number {
    return this.#next - this.#released;
  }

  /** Whether a page may be touched. */
  holds(vpn: number): boolean {
    return vpn < this.#next;
  }

  /** Reserves `pages` consecutive pages and returns the first: those of an equally large reservation that was given back, if any. */
  reserve(pages: number): number {
    const again = this.#free.get(pages)?.pop();
    if (again !== undefined) this.#released -= pages;
    if (again !== undefined) return again;
    const first = this.#next;
    this.#next += pages;
    if (this.#next > this.#limit)
      throw new SimulationBug(`user memory is exhausted: ${this.#next} pages of ${this.#limit}`);
    return first;
  }

  /** Gives pages back. */
  release(first: number, pages: number): void {
    this.#released += pages;
    const runs = this.#free.get(pages);
    if (runs === undefined) this.#free.set(pages, [first]);
    else runs.push(first);
  }

  /** The same reservations, for the copy of an address space. */
  copy(): UserMemory {
    return new UserMemory(this.#next, this.#limit, this.text);
  }
}
