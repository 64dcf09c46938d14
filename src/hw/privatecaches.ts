import type { Prefetched } from './prefetched.ts';
import { makeStore, type StoreSpec } from './replacement.ts';
import { Slab } from './slab.ts';
import type { TagStore } from './tagstore.ts';

/** Stores of each core; a line in a first level is in the second level too. */
export class PrivateCaches {
  readonly l1i: readonly TagStore[];
  readonly l1d: readonly TagStore[];
  readonly l2: readonly TagStore[];
  readonly #prefetched: Prefetched | undefined;

  /** `prefetched`: told of lines that leave a core, where caches prefetch. */
  constructor(cores: number, l1i: StoreSpec, l1d: StoreSpec, l2: StoreSpec, prefetched?: Prefetched) {
    this.#prefetched = prefetched;
    const slab = new Slab();
    // Core by core, so that the first levels of each lie side by side.
    const stores = Array.from({ length: cores }, (_, core) => ({
      l1i: makeStore(l1i, `l1i ${core}`, slab),
      l1d: makeStore(l1d, `l1d ${core}`, slab),
      l2: makeStore(l2, `l2 ${core}`, slab),
    }));
    this.l1i = stores.map((of) => of.l1i);
    this.l1d = stores.map((of) => of.l1d);
    this.l2 = stores.map((of) => of.l2);
  }

  /** Takes a line that leaves the second level of a core from its first levels. hot */
  dropFirst(core: number, line: number): void {
    this.l1d[core].remove(line);
    this.l1i[core].remove(line);
    if (this.#prefetched !== undefined) this.#prefetched.drop(core, line);
  }

  /** Takes a line from a core. hot */
  drop(core: number, line: number): void {
    this.dropFirst(core, line);
    this.l2[core].remove(line);
  }
}
