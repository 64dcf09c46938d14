import type { Cycles } from '../../sim/units.ts';
import type { Hierarchy } from '../hierarchy.ts';
import type { LineSample } from './linesample.ts';
import type { WalkMemory } from './lines.ts';

/** Reads of a core over which the mean cost of a read is taken. */
const MEMORY = 64;

/** Reads of page tables: of sampled lines through the caches, of others at the mean cost of the sampled ones of the core. */
export class SampledWalks implements WalkMemory {
  readonly #hierarchy: Hierarchy;
  readonly #sample: LineSample;
  readonly #means: Float64Array;

  constructor(cores: number, hierarchy: Hierarchy, sample: LineSample) {
    this.#hierarchy = hierarchy;
    this.#sample = sample;
    this.#means = new Float64Array(cores);
  }

  read(core: number, line: number, now: Cycles): Cycles {
    if (!this.#sample.has(line)) return Math.round(this.#means[core]);
    const cycles = this.#hierarchy.read(core, this.#sample.rank(line), now);
    this.#means[core] += (cycles - this.#means[core]) / MEMORY;
    return cycles;
  }
}
