import { seenParts } from './footprint.ts';
import type { Footprint } from './footprint.ts';
import type { Packing } from './packing.ts';
import type { Parts } from './parts.ts';
import type { View } from './views.ts';

/** What steps depend on in a state: parts, of some of which they see a view only. */
export class Inputs {
  readonly footprint: Footprint;
  readonly packing: Packing;
  /** Parts that are seen by a view, and the views. */
  readonly seen: readonly { readonly part: number; readonly view: View }[];
  readonly #parts: Parts;

  constructor(footprint: Footprint, parts: Parts, packing: Packing) {
    this.footprint = footprint;
    this.packing = packing;
    this.seen = seenParts(footprint).map(({ part, name }) => ({ part, view: parts.view(part, name) }));
    this.#parts = parts;
  }

  /** Puts what the steps depend on in a state into the machine, and nothing else. */
  load(state: Int32Array): void {
    this.#parts.load(state, this.packing, this.footprint.reads);
    for (let i = 0; i < this.seen.length; i++) {
      const { part, view } = this.seen[i];
      this.#parts.loadSeen(state, this.packing, part, view);
    }
  }
}
