import type { Cycles } from '../../sim/units.ts';
import type { FrontEnd } from '../frontend.ts';
import type { Ledger } from '../ledger.ts';
import type { MemoryNode } from '../memorynodes.ts';
import type { Moment } from '../moment.ts';
import type { MissRun } from '../missrun.ts';
import type { ServedCounts } from '../servedcounts.ts';

/**
 * One core's way through the caches, behind its translation. A run of physical lines never crosses a page. Charges stalls to the
 * core's ledger and counts the misses of the first level by the level that served them.
 */
export interface Lines {
  /** Fetches the lines from `from` up to, not including, `to`. hot */
  fetch(from: number, to: number): void;
  /** Reads or writes the lines from `from` up to, not including, `to`. hot */
  touch(from: number, to: number, write: boolean): void;
}

/** Where a page walker reads its entries. */
export interface WalkMemory {
  /** When the next read happens. */
  readonly at: Moment;
  /** Cycles to read a line, beyond a hit in the first level. hot */
  read(core: number, line: number): Cycles;
}

/** What the lines of one core are charged and counted to. */
export interface LinesOwner {
  readonly core: number;
  /** Its number among the hardware threads of the core. */
  readonly thread: number;
  readonly ledger: Ledger;
  readonly served: ServedCounts;
  readonly data: MissRun;
  readonly fetch: MissRun;
  readonly frontEnd: FrontEnd;
}

/** Caches and memory of all cores, in one fidelity. The cores do not know which. */
export interface MemorySystem {
  readonly walks: WalkMemory;
  readonly nodes: readonly MemoryNode[];
  /** Counts by TRAFFIC_LABELS, and the lines that one in them and in those of the nodes stands for. */
  readonly traffic: Float64Array;
  readonly linesCounted: number;
  /** Counts by PREFETCH_LABELS; absent where no cache prefetches. */
  readonly prefetches?: Float64Array | undefined;
  linesOf(owner: LinesOwner): Lines;
}
