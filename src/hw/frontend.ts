import { CodeStore, type CodeStoreSpec } from './codestore.ts';
import { Domain } from './cpi.ts';
import { SetAssoc } from './setassoc.ts';
import { Slab } from './slab.ts';
import type { StepName } from './steps.ts';

/** What a front end keeps of the code it has run. */
export const STRUCTURES = ['branches', 'uops', 'returns'] as const;
/** Name of a structure of the front end. */
export type StructureName = (typeof STRUCTURES)[number];

/**
 * A front end in cycles: what a line takes longer that is not in a store, whether branches belong to the hardware thread that met them, and what
 * follows when the return stack was emptied.
 */
export interface FrontEndSpec {
  readonly branches: CodeStoreSpec & { readonly missed: number; readonly isTagged?: boolean };
  /** By whose code it is, as slow code hides the decoders. */
  readonly uops: CodeStoreSpec & { readonly user: number; readonly kernel: number };
  readonly returns: number;
}

/** Steps of crossings that empty structures, whoever's code they knew. */
const EMPTIED: Readonly<Partial<Record<StepName, readonly StructureName[]>>> = {
  ibpb: ['branches'],
  rsbFill: ['returns'],
};

/** The structures that a list of steps empties, as a bit set by STRUCTURES. */
export function emptiedBy(steps: readonly StepName[]): number {
  const names = steps.flatMap((step) => EMPTIED[step] ?? []);
  return names.reduce((set, name) => set | (1 << STRUCTURES.indexOf(name)), 0);
}

/** What belongs to the second hardware thread of a core carries this bit; lines are far below. */
const THREAD = 1 << 30;

/**
 * What a core's front end knows of the code it has run, by physical line: its decoded micro-operations, and its branches. Kernel code
 * displaces user code, and the reverse, as far as both together are larger than the stores (docs/adr/0011-front-end.md). A store whose
 * misses cost nothing is not simulated. Hardware threads of a core compete for both stores; branches that one knows serve the other too, as no
 * thread owns them, micro-operations do not (Intel optimization manual, recalled; STIBP exists because of the former). The Pentium 4 tags branches too.
 */
export class FrontEnd {
  readonly #uops: SetAssoc;
  readonly #branches: CodeStore | SetAssoc;
  readonly #userDecode: number;
  readonly #kernelDecode: number;
  readonly #missed: number;
  readonly #returns: number;
  readonly #spec: FrontEndSpec;
  readonly #thread: number;
  readonly #taught: number;

  /** `first` is that of the first hardware thread, for the second of the same core; `slab` has room for many. */
  constructor(spec: FrontEndSpec, first?: FrontEnd, slab: Slab = new Slab()) {
    const { branches, uops, returns } = spec;
    this.#spec = spec;
    this.#thread = first === undefined ? 0 : THREAD;
    this.#taught = branches.isTagged === true ? this.#thread : 0;
    this.#uops = first === undefined ? makeWide(uops, slab) : first.#uops;
    this.#branches = first === undefined ? makeStore(branches, slab) : first.#branches;
    this.#userDecode = uops.user;
    this.#kernelDecode = uops.kernel;
    this.#missed = branches.missed;
    this.#returns = returns;
  }

  /** Fetches a line of a domain's code, known afterwards; returns the cycles, fractions included, that it takes longer. hot */
  fetch(line: number, domain: number): number {
    const missed = this.#missed === 0 || this.#branches.reference(line | this.#taught) ? 0 : this.#missed;
    if (this.#userDecode + this.#kernelDecode === 0 || this.#uops.reference(line | this.#thread)) return missed;
    return missed + (domain === Domain.User ? this.#userDecode : this.#kernelDecode);
  }

  /** That of the second hardware thread, over the same stores. */
  sibling(): FrontEnd {
    return new FrontEnd(this.#spec, this);
  }

  /** Forgets everything that a set of structures knew, whoever's; returns the cycles that this costs at once. */
  empty(structures: number): number {
    if (holds(structures, 'branches')) this.#branches.clear();
    if (holds(structures, 'uops')) this.#uops.clear();
    return holds(structures, 'returns') ? this.#returns : 0;
  }
}

/** The narrowest store for lines of memory. */
function makeStore(spec: FrontEndSpec['branches'], slab: Slab): CodeStore | SetAssoc {
  return CodeStore.fits(spec) && spec.isTagged !== true ? new CodeStore(spec, slab) : makeWide(spec, slab);
}

/** A store whose tags have room for the bit of a hardware thread. */
function makeWide({ sets, ways }: CodeStoreSpec, slab: Slab): SetAssoc {
  return new SetAssoc(sets, ways, slab.take(sets * ways));
}

function holds(structures: number, name: StructureName): boolean {
  return ((structures >>> STRUCTURES.indexOf(name)) & 1) !== 0;
}
