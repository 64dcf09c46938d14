import type { Cycles } from '../sim/units.ts';
import type { Dram } from './dram.ts';
import { SetAssoc } from './setassoc.ts';
import { EMPTY } from './tagstore.ts';

/** Where an access was served; `Hierarchy.lastLevel` after each miss of the first level. */
export const Level = { L1: 0, L2: 1, Llc: 2, Remote: 3, Dram: 4 } as const;
export const LEVEL_NAMES = ['l1', 'l2', 'llc', 'remote', 'dram'] as const;

/** Geometry in sets and ways, latencies in cycles of load-to-use. */
export interface HierarchySpec {
  readonly cores: number;
  readonly l1i: StoreSpec;
  readonly l1d: StoreSpec;
  readonly l2: StoreSpec & { readonly latency: Cycles };
  readonly llc: StoreSpec & { readonly latency: Cycles; readonly inclusive: boolean };
  readonly remoteLatency: Cycles;
  /** Physical lines that exist. */
  readonly lines: number;
}
interface StoreSpec {
  readonly sets: number;
  readonly ways: number;
}

/** No core. */
const NOBODY = -1;

const make = (spec: StoreSpec): SetAssoc => new SetAssoc(spec.sets, spec.ways);
const makeEach = (cores: number, spec: StoreSpec): SetAssoc[] => Array.from({ length: cores }, () => make(spec));

/**
 * L1 and L2 of each core, one shared last level, and a directory that knows for every line which cores hold it and who has
 * it modified. `access` is synchronous: it updates all tag state and returns the latency beyond the first level.
 * Invariants: a line in L1 is in L2 of the same core; the sharer bit of a core is set exactly when its L2 holds the line;
 * with an inclusive last level, a line in any L2 is in it.
 */
export class Hierarchy {
  lastLevel: number = Level.L1;
  readonly #spec: HierarchySpec;
  readonly #dram: Dram;
  readonly #l1i: SetAssoc[];
  readonly #l1d: SetAssoc[];
  readonly #l2: SetAssoc[];
  readonly #llc: SetAssoc;
  /** Words of 32 sharer bits of a line. */
  readonly #words: number;
  readonly #sharers: Uint32Array;
  /** Core number + 1 of the core that holds a line modified; 0 for none. */
  readonly #owner: Uint16Array;

  constructor(spec: HierarchySpec, dram: Dram) {
    this.#spec = spec;
    this.#dram = dram;
    this.#l1i = makeEach(spec.cores, spec.l1i);
    this.#l1d = makeEach(spec.cores, spec.l1d);
    this.#l2 = makeEach(spec.cores, spec.l2);
    this.#llc = make(spec.llc);
    this.#words = Math.ceil(spec.cores / 32);
    this.#sharers = new Uint32Array(spec.lines * this.#words);
    this.#owner = new Uint16Array(spec.lines);
  }

  /** A core's first-level stores: the core looks there itself, and comes here when it misses. */
  l1iOf(core: number): SetAssoc {
    return this.#l1i[core];
  }
  l1dOf(core: number): SetAssoc {
    return this.#l1d[core];
  }

  /** Whether a core may write a line it holds without asking anybody. hot */
  owns(core: number, line: number): boolean {
    return this.#owner[line] === core + 1;
  }

  /** Fetch of a line that is not in L1i; returns cycles beyond an L1 hit and sets `lastLevel`. hot */
  fetchMiss(core: number, line: number, now: Cycles): Cycles {
    return this.#miss(core, line, this.#l1i[core], now);
  }

  /** Access to a line that is not in L1d, or a write to one held there but not owned: brings it in, and takes it for this core alone when writing. hot */
  dataMiss(core: number, line: number, write: boolean, isHeld: boolean, now: Cycles): Cycles {
    this.lastLevel = Level.Remote;
    const latency = isHeld ? 0 : this.#miss(core, line, this.#l1d[core], now);
    // One request brings the line and drops the other copies; both travel at once, and the longer way counts.
    return write ? Math.max(latency, this.#own(core, line)) : latency;
  }

  /** Data read by the page walker: in L1d or a miss. hot */
  read(core: number, line: number, now: Cycles): Cycles {
    return this.#l1d[core].access(line) ? 0 : this.dataMiss(core, line, false, false, now);
  }

  /** Which of the first 32 cores hold the line in their L2, as a bit set; for tests and statistics. */
  sharersOf(line: number): number {
    return this.#sharers[line * this.#words];
  }

  #miss(core: number, line: number, l1: SetAssoc, now: Cycles): Cycles {
    let latency = this.#spec.l2.latency;
    this.lastLevel = Level.L2;
    if (!this.#l2[core].access(line)) latency = this.#beyond(core, line, now);
    l1.fill(line);
    return latency;
  }

  #beyond(core: number, line: number, now: Cycles): Cycles {
    const latency = this.#source(core, line, now);
    const victim = this.#l2[core].fill(line);
    if (victim !== EMPTY) this.#evictL2(core, victim);
    this.#sharers[line * this.#words + (core >> 5)] |= 1 << core;
    return latency;
  }

  #source(core: number, line: number, now: Cycles): Cycles {
    const owner = this.#owner[line];
    if (owner !== 0 && owner !== core + 1) {
      this.#owner[line] = 0;
      this.lastLevel = Level.Remote;
      return this.#spec.remoteLatency;
    }
    this.lastLevel = Level.Llc;
    if (this.#llc.access(line)) return this.#spec.llc.latency;
    this.lastLevel = Level.Dram;
    if (this.#spec.llc.inclusive) this.#fillLlc(line);
    return this.#spec.llc.latency + this.#dram.access(now);
  }

  #evictL2(core: number, victim: number): void {
    this.#l1d[core].remove(victim);
    this.#l1i[core].remove(victim);
    this.#sharers[victim * this.#words + (core >> 5)] &= ~(1 << core);
    if (this.#owner[victim] === core + 1) this.#owner[victim] = 0;
    if (!this.#spec.llc.inclusive && !this.#llc.access(victim)) this.#fillLlc(victim);
  }

  #fillLlc(line: number): void {
    const victim = this.#llc.fill(line);
    if (this.#spec.llc.inclusive && victim !== EMPTY) this.#dropEverywhere(victim, NOBODY);
  }

  /** Makes `core` the only holder of a line; costs a round to the other holders if there are any. */
  #own(core: number, line: number): Cycles {
    const isShared = this.#dropEverywhere(line, core);
    this.#owner[line] = core + 1;
    return isShared ? this.#spec.remoteLatency : 0;
  }

  /** Takes a line from all cores but `keeper`; true if any of them held it. */
  #dropEverywhere(line: number, keeper: number): boolean {
    let isShared = false;
    const first = line * this.#words;
    for (let word = 0; word < this.#words; word++) {
      const kept = keeper >> 5 === word ? 1 << keeper : 0;
      const doomed = this.#sharers[first + word] & ~kept;
      if (doomed === 0) continue;
      this.#sharers[first + word] &= kept;
      isShared = true;
      for (let bit = 0; doomed >>> bit !== 0 && bit < 32; bit++)
        if (((doomed >>> bit) & 1) !== 0) this.#drop(word * 32 + bit, line);
    }
    this.#owner[line] = 0;
    return isShared;
  }

  #drop(core: number, line: number): void {
    this.#l1d[core].remove(line);
    this.#l1i[core].remove(line);
    this.#l2[core].remove(line);
  }
}
