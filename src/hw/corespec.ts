import type { StatsRegistry } from '../sim/stats.ts';
import type { Cycles } from '../sim/units.ts';
import type { MemorySystem } from './fidelity/lines.ts';
import type { FrontEnd } from './frontend.ts';
import type { SlotsSpec } from './issueslots.ts';
import type { Stalls } from './missrun.ts';
import type { PageTable } from './pagetable.ts';
import type { Tlbs } from './tlb.ts';
import type { TrapHandler } from './trap.ts';
import type { TurnQueue } from './turns.ts';

/** What a core needs to know of itself. */
export interface CoreSpec {
  /** Number of the logical CPU. */
  readonly id: number;
  /** Number of the core whose caches it uses, and of its hardware thread there. */
  readonly core: number;
  readonly thread: number;
  /** How its hardware threads share the pipeline; absent without siblings. */
  readonly slots?: SlotsSpec;
}

/** What is the same for all cores of a machine, and one object for all. CPI is in cycles, the window in cycles of simulated time. */
export interface CoreModel {
  readonly userCpi: number;
  readonly kernelCpi: number;
  /** Instructions that user code takes for each of its own, by CPL: more than 1 where it is instrumented. */
  readonly inflation: Float64Array;
  readonly stalls: { readonly data: Stalls; readonly fetch: Stalls };
  readonly syncWindow: Cycles;
}

/** What a core is wired to. */
export interface CoreWiring {
  readonly model: CoreModel;
  readonly turns: TurnQueue;
  readonly stats: StatsRegistry;
  readonly caches: MemorySystem;
  readonly tlbs: Tlbs;
  readonly frontEnd: FrontEnd;
  readonly kernelTable: PageTable;
  readonly trap: TrapHandler;
}
