import type { Cycles } from '../../sim/units.ts';
import type { Hierarchy } from '../hierarchy.ts';
import type { Moment } from '../moment.ts';
import type { LineSample } from './linesample.ts';
import type { WalkMemory } from './lines.ts';

/** Reads over which the mean cost of a reuse time is taken. */
const MEMORY = 64;
/** Reuse times are told apart by their binary logarithm. */
const BINS = 32;
/** Lines of page tables whose last read a core remembers; a power of two. */
const LINES = 1024;

/**
 * Reads of page tables, each line of which is used too unevenly for others to stand for it: sampled lines go through the caches and
 * teach what a read costs by the time since the last one of the same line; other lines cost what their own reuse time says.
 */
export class SampledWalks implements WalkMemory {
  readonly at: Moment;
  readonly #hierarchy: Hierarchy;
  readonly #sample: LineSample;
  readonly #profiles: readonly ReuseProfile[];

  constructor(cores: number, hierarchy: Hierarchy, sample: LineSample) {
    this.at = hierarchy.at;
    this.#hierarchy = hierarchy;
    this.#sample = sample;
    this.#profiles = Array.from({ length: cores }, () => new ReuseProfile());
  }

  read(core: number, line: number): Cycles {
    const profile = this.#profiles[core];
    const bin = profile.use(line, this.at.now);
    if (!this.#sample.has(line)) return profile.cost(bin);
    const cycles = this.#hierarchy.read(core, this.#sample.rank(line));
    profile.learn(bin, cycles);
    return cycles;
  }
}

/** Mean cost of a read by reuse time, of one core. */
class ReuseProfile {
  readonly #means = new Float64Array(BINS).fill(-1);
  readonly #lines = new Int32Array(LINES).fill(-1);
  readonly #times = new Float64Array(LINES);

  /** Notes a read; returns the bin of the time since the last one of the line, the last bin if there was none. hot */
  use(line: number, now: Cycles): number {
    const at = line & (LINES - 1);
    // Clocks of hardware threads of a core differ: the last read may lie ahead.
    const bin =
      this.#lines[at] === line ? Math.min(32 - Math.clz32(Math.max(now - this.#times[at], 0)), BINS - 2) : BINS - 1;
    this.#lines[at] = line;
    this.#times[at] = now;
    return bin;
  }

  /** hot */
  learn(bin: number, cycles: Cycles): void {
    const mean = this.#means[bin];
    this.#means[bin] = mean < 0 ? cycles : mean + (cycles - mean) / MEMORY;
  }

  /** Whole cycles at a reuse time, or at the nearest one that is known. hot */
  cost(bin: number): Cycles {
    for (let off = 0; off < BINS; off++) {
      if (this.#means[bin - off] >= 0) return Math.round(this.#means[bin - off]);
      if (this.#means[bin + off] >= 0) return Math.round(this.#means[bin + off]);
    }
    return 0;
  }
}
