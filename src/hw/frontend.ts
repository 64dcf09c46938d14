import { Domain } from './cpi.ts';
import type { StepName } from './steps.ts';

/** What a front end learns from the code it runs, and loses to other code. */
export const STRUCTURES = ['branches', 'history', 'returns', 'uops'] as const;
/** Name of a structure of the front end. */
export type StructureName = (typeof STRUCTURES)[number];

/** How one structure costs and learns; all in cycles and instructions of whole domains. */
export interface StructureSpec {
  /** Cycles that an instruction takes longer while nothing of its code is known. */
  readonly penalty: number;
  /** Instructions of other code after which nothing is left; 0 if it takes nothing away. */
  readonly displaced: number;
  /** Instructions of one's own after which everything is known again; 0 if at once. */
  readonly relearned: number;
}

/** Steps of crossings that empty structures, whoever's code they knew. */
const EMPTIED: Readonly<Partial<Record<StepName, readonly StructureName[]>>> = {
  ibpb: ['branches', 'history'],
  bhbClear: ['history'],
  rsbFill: ['returns'],
  untrainReturn: ['returns'],
};

/** The structures that a list of steps empties, as a bit set by STRUCTURES. */
export function emptiedBy(steps: readonly StepName[]): number {
  const names = steps.flatMap((step) => EMPTIED[step] ?? []);
  return names.reduce((set, name) => set | (1 << STRUCTURES.indexOf(name)), 0);
}

/**
 * Warmth of a core's front end: of each structure, which share of the code of user and of kernel it does not know. The share falls in
 * proportion to the instructions that the domain retires itself and grows with those of the other, between 0 and 1 (docs/adr/0011-front-end.md);
 * an instruction takes `penalty` times the share longer. Piecewise linear, so that a stretch costs the same in one piece or in many.
 */
export class FrontEnd {
  readonly #count = STRUCTURES.length;
  /** Unknown shares of user code, then of kernel code. */
  readonly #unknown: Float64Array;
  readonly #penalty: Float64Array;
  /** Share learned by one instruction, and lost by one of the other domain. */
  readonly #learns: Float64Array;
  readonly #loses: Float64Array;
  readonly #isOff: boolean;

  /** A run begins as if all code had run before; nothing has been displaced. */
  constructor(spec: Readonly<Record<StructureName, StructureSpec>>) {
    const all = STRUCTURES.map((name) => spec[name]);
    this.#penalty = Float64Array.from(all, ({ penalty }) => penalty);
    this.#learns = Float64Array.from(all, ({ relearned }) => (relearned > 0 ? 1 / relearned : Infinity));
    this.#loses = Float64Array.from(all, ({ displaced }) => (displaced > 0 ? 1 / displaced : 0));
    this.#unknown = new Float64Array(2 * this.#count);
    this.#isOff = all.every(({ penalty }) => penalty === 0);
  }

  /** Retires instructions of a domain's code; returns the cycles, fractions included, that they take longer. hot */
  retire(domain: number, instructions: number): number {
    if (this.#isOff || instructions === 0) return 0;
    const own = domain === Domain.User ? 0 : this.#count;
    const other = this.#count - own;
    let cycles = 0;
    for (let at = 0; at < this.#count; at++) {
      const lost = this.#unknown[other + at] + instructions * this.#loses[at];
      this.#unknown[other + at] = lost < 1 ? lost : 1;
      if (this.#unknown[own + at] > 0) cycles += this.#relearn(own, at, instructions);
    }
    return cycles;
  }

  /** Forgets everything that a set of structures knew. */
  empty(structures: number): void {
    for (let at = 0; at < this.#count; at++)
      if (((structures >>> at) & 1) !== 0) this.#unknown[at] = this.#unknown[this.#count + at] = 1;
  }

  /** Share of a domain's code that a structure does not know. */
  unknown(domain: number, structure: StructureName): number {
    return this.#unknown[(domain === Domain.User ? 0 : this.#count) + STRUCTURES.indexOf(structure)];
  }

  // The area under the falling line: a trapezoid, or the triangle that is left when it reaches 0 on the way.
  #relearn(own: number, at: number, instructions: number): number {
    const before = this.#unknown[own + at];
    const after = before - instructions * this.#learns[at];
    this.#unknown[own + at] = after > 0 ? after : 0;
    const area = after > 0 ? (instructions * (before + after)) / 2 : (before * before) / (2 * this.#learns[at]);
    return this.#penalty[at] * area;
  }
}
