import { Dram } from '../../src/hw/dram.ts';
import { Hierarchy, Level, type HierarchySpec } from '../../src/hw/hierarchy.ts';
import { flatMemory } from './flatmemory.ts';
import type { Served } from './naivehierarchy.ts';

/** A hierarchy used as a core uses it; memory has unlimited bandwidth, so that its latency is fixed. */
export class HierarchyProbe {
  readonly hierarchy: Hierarchy;

  constructor(spec: HierarchySpec, dramLatency: number) {
    const sockets = Math.ceil(spec.cores / (spec.sockets?.coresPerSocket ?? spec.cores));
    this.hierarchy = new Hierarchy(spec, ...Array.from({ length: sockets }, () => new Dram(flatMemory(dramLatency))));
  }

  /** Time of the next access; only prefetches under way depend on it. */
  set now(now: number) {
    this.hierarchy.at.now = now;
  }

  get now(): number {
    return this.hierarchy.at.now;
  }

  /** Fetches a line of code. */
  fetch(core: number, line: number): Served {
    if (this.hierarchy.l1iOf(core).swap(line) === line) return { cycles: 0, level: Level.L1 };
    return this.#served(this.hierarchy.fetchMiss(core, line));
  }

  /** Reads a line of data. */
  read(core: number, line: number): Served {
    if (this.hierarchy.l1dOf(core).swap(line) === line) return { cycles: 0, level: Level.L1 };
    return this.#served(this.hierarchy.dataMiss(core, line, false, false));
  }

  /** Writes a line of data. */
  write(core: number, line: number): Served {
    const isHeld = this.hierarchy.l1dOf(core).swap(line) === line;
    if (isHeld && this.hierarchy.owns(core, line)) return { cycles: 0, level: Level.L1 };
    return this.#served(this.hierarchy.dataMiss(core, line, true, isHeld));
  }

  /** One of the counts named by `Traffic`. */
  count(which: number): number {
    return this.hierarchy.traffic[which];
  }

  // A silent upgrade asks nobody: no cycles, and the level says nothing.
  #served(cycles: number): Served {
    return { cycles, level: cycles === 0 ? Level.L1 : this.hierarchy.lastLevel };
  }
}
