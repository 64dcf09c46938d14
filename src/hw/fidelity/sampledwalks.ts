import type { Cycles } from '../../sim/units.ts';
import type { Hierarchy } from '../hierarchy.ts';
import type { Moment } from '../moment.ts';
import type { LineSample } from './linesample.ts';
import type { WalkMemory } from './lines.ts';

/** Reads of all reuse times after which those before count half. */
const MEMORY = 256;
/** Reads on which an estimate rests. With fewer, and if they did not age, those after boot, when all is cold, would be believed at reuse times that are rare in the sample. */
const ENOUGH = 32;
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
  readonly #means = new Float64Array(BINS);
  /** Reads that a mean rests on; old ones count less. */
  readonly #reads = new Float64Array(BINS);
  #learnt = 0;
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
    if (++this.#learnt % MEMORY === 0) this.#age();
    this.#reads[bin]++;
    this.#means[bin] += (cycles - this.#means[bin]) / this.#reads[bin];
  }

  #age(): void {
    for (let bin = 0; bin < BINS; bin++) this.#reads[bin] /= 2;
  }

  /** Whole cycles at a reuse time: the mean of as many reads at this and at the nearest others as say something, weighed by their number. hot */
  cost(bin: number): Cycles {
    let reads = this.#reads[bin];
    let sum = reads * this.#means[bin];
    for (let off = 1; reads < ENOUGH && off < BINS; off++) {
      for (let near = bin - off; near <= bin + off; near += 2 * off) {
        if (near < 0 || near >= BINS) continue;
        reads += this.#reads[near];
        sum += this.#reads[near] * this.#means[near];
      }
    }
    return reads === 0 ? 0 : Math.round(sum / reads);
  }
}
