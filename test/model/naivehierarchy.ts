import type { HierarchySpec } from '../../src/hw/hierarchy.ts';
import { Level } from '../../src/hw/hierarchy.ts';
import { NaiveLru } from './naivelru.ts';

/** What an access did: cycles beyond a first-level hit, and the level that served the line. */
export interface Served {
  readonly cycles: number;
  readonly level: number;
}

/**
 * The coherence protocol without a directory: who shares a line is read off the contents of the second levels. Memory answers after a
 * fixed latency.
 */
export class NaiveHierarchy {
  readonly l1i: NaiveLru[];
  readonly l1d: NaiveLru[];
  readonly l2: NaiveLru[];
  readonly llc: NaiveLru;
  /** Core that holds a line modified. */
  readonly modified = new Map<number, number>();
  readonly #spec: HierarchySpec;
  readonly #dramLatency: number;

  constructor(spec: HierarchySpec, dramLatency: number) {
    const each = ({ sets, ways }: { sets: number; ways: number }): NaiveLru[] =>
      Array.from({ length: spec.cores }, () => new NaiveLru(sets, ways));
    this.#spec = spec;
    this.#dramLatency = dramLatency;
    this.l1i = each(spec.l1i);
    this.l1d = each(spec.l1d);
    this.l2 = each(spec.l2);
    this.llc = new NaiveLru(spec.llc.sets, spec.llc.ways);
  }

  /** Cores whose second level holds the line, as a bit set. */
  sharersOf(line: number): number {
    return this.l2.reduce((bits, store, core) => (store.has(line) ? bits | (1 << core) : bits), 0);
  }

  fetch(core: number, line: number): Served {
    return this.l1i[core].access(line) ? { cycles: 0, level: Level.L1 } : this.#bring(core, line, this.l1i[core]);
  }

  read(core: number, line: number): Served {
    return this.l1d[core].access(line) ? { cycles: 0, level: Level.L1 } : this.#bring(core, line, this.l1d[core]);
  }

  /** The line and the invalidations of its other holders travel at once: the longer way counts. */
  write(core: number, line: number): Served {
    const { cycles, level } = this.read(core, line);
    const others = this.sharersOf(line) & ~(1 << core);
    this.l2.forEach((_, other) => other !== core && this.#drop(other, line));
    this.modified.set(line, core);
    const invalidation = others === 0 ? 0 : this.#spec.remoteLatency;
    return { cycles: Math.max(cycles, invalidation), level: level === Level.L1 && others !== 0 ? Level.Remote : level };
  }

  #bring(core: number, line: number, l1: NaiveLru): Served {
    if (this.l2[core].access(line)) {
      l1.fill(line);
      return { cycles: this.#spec.l2.latency, level: Level.L2 };
    }
    const served = this.#source(core, line);
    const victim = this.l2[core].fill(line);
    if (victim >= 0) this.#evict(core, victim);
    l1.fill(line);
    return served;
  }

  #source(core: number, line: number): Served {
    const { llc, remoteLatency } = this.#spec;
    const owner = this.modified.get(line);
    if (owner !== undefined && owner !== core) {
      this.modified.delete(line);
      return { cycles: remoteLatency, level: Level.Remote };
    }
    if (this.llc.access(line)) return { cycles: llc.latency, level: Level.Llc };
    if (llc.inclusive) {
      const victim = this.llc.fill(line);
      if (victim >= 0) this.l2.forEach((_, holder) => this.#drop(holder, victim));
    }
    return { cycles: llc.latency + this.#dramLatency, level: Level.Dram };
  }

  #evict(core: number, victim: number): void {
    this.#drop(core, victim);
    if (!this.#spec.llc.inclusive && !this.llc.access(victim)) this.llc.fill(victim);
  }

  #drop(core: number, line: number): void {
    for (const store of [this.l1i, this.l1d, this.l2]) store[core].remove(line);
    if (this.modified.get(line) === core) this.modified.delete(line);
  }
}
