import type { Cycles } from '../sim/units.ts';
import { Directory, NOBODY } from './directory.ts';
import type { InclusionName } from './inclusion.ts';
import { LastLevels } from './lastlevels.ts';
import { Level } from './level.ts';
import { MemoryNodes, type MemoryNode } from './memorynodes.ts';
import { Moment } from './moment.ts';
import { makePrefetched, Prefetching, type PrefetchSpecs } from './prefetching.ts';
import type { PrefetchSpec } from './prefetchers.ts';
import { PrivateCaches } from './privatecaches.ts';
import type { StoreSpec } from './replacement.ts';
import { oneSocket, SocketOf, type Sockets } from './sockets.ts';
import { Supply } from './supply.ts';
import type { TagStore } from './tagstore.ts';
import { TrafficCount, TRAFFIC_LABELS } from './traffic.ts';

export { Level } from './level.ts';

/** What a cache that prefetches has beside its geometry. */
interface Prefetches {
  readonly prefetch?: PrefetchSpec;
}

/** Geometry in sets and ways, latencies in cycles of load-to-use beyond the first level. */
export interface HierarchySpec {
  /** Cores with private caches. */
  readonly cores: number;
  readonly l1i: StoreSpec;
  readonly l1d: StoreSpec & Prefetches;
  readonly l2: StoreSpec & Prefetches & { readonly latency: Cycles };
  readonly llc: StoreSpec & { readonly latency: Cycles; readonly inclusion: InclusionName };
  /** From another core that has written the line. */
  readonly remoteLatency: Cycles;
  /** From another core that has not; without it, caches do not pass on what memory has as well. */
  readonly cleanLatency?: Cycles;
  /** All on one socket if absent. */
  readonly sockets?: Sockets;
  /** Physical lines that exist. */
  readonly lines: number;
}

/**
 * L1 and L2 of each core, one last level and memory node a socket, and a MESI directory of all lines. An access is served at once: it updates
 * all tags and states and returns the latency beyond the first level.
 * Invariants: a line in L1 is in L2 of the same core; the directory names a core as sharer exactly when its L2 holds the line; with an
 * inclusive last level, a line in any L2 is in that of its socket; with an exclusive one, never; a line newer than memory is in a cache.
 */
export class Hierarchy {
  /** Which level served the last access that asks for it. */
  lastLevel: number = Level.L1;
  /** When the next access happens. */
  readonly at = new Moment();
  /** Counts by TRAFFIC_LABELS. */
  readonly traffic = new Float64Array(TRAFFIC_LABELS.length);
  /** Counts by PREFETCH_LABELS; absent where no cache prefetches. */
  readonly prefetches: Float64Array | undefined;
  readonly #l2Latency: Cycles;
  readonly #llcLatency: Cycles;
  readonly #remoteLatency: Cycles;
  readonly #hop: Cycles;
  readonly #sockets: SocketOf;
  readonly #caches: PrivateCaches;
  readonly #directory: Directory;
  readonly #last: LastLevels;
  readonly #supply: Supply;
  /** Absent where no cache prefetches. */
  readonly #prefetching: Prefetching | undefined;

  /** One memory node a socket. */
  constructor(spec: HierarchySpec, ...nodes: readonly MemoryNode[]) {
    const { cores, l1i, l1d, l2, llc, lines, sockets: shape = oneSocket(cores) } = spec;
    this.#l2Latency = l2.latency;
    this.#llcLatency = llc.latency;
    this.#remoteLatency = spec.remoteLatency;
    this.#hop = shape.hop;
    const prefetch = prefetchSpecs(spec);
    const prefetched = prefetch && makePrefetched(cores, prefetch, lines);
    const sockets = (this.#sockets = new SocketOf(cores, shape.coresPerSocket));
    const caches = (this.#caches = new PrivateCaches(cores, l1i, l1d, l2, prefetched));
    const directory = (this.#directory = new Directory(cores, lines));
    const memory = new MemoryNodes(nodes, shape, lines, this.at);
    const shared = { sockets, caches, directory, memory, traffic: this.traffic };
    const last = (this.#last = new LastLevels(llc, { ...shared, mayShareDirty: spec.cleanLatency !== undefined }));
    const { remoteLatency, cleanLatency } = spec;
    this.#supply = new Supply({
      ...shared,
      last,
      llcLatency: llc.latency,
      remoteLatency,
      cleanLatency,
      hop: shape.hop,
    });
    if (prefetch === undefined || prefetched === undefined) return;
    const wiring = { at: this.at, caches, directory, supply: this.#supply, l2Latency: l2.latency };
    this.prefetches = prefetched.counts;
    this.#prefetching = new Prefetching(cores, prefetch, prefetched, wiring);
  }

  /** A core's first-level stores: the core puts lines there itself, and comes here for those that were absent. */
  l1iOf(core: number): TagStore {
    return this.#caches.l1i[core];
  }
  l1dOf(core: number): TagStore {
    return this.#caches.l1d[core];
  }

  /** Whether a core may write a line it holds without asking anybody. hot */
  owns(core: number, line: number): boolean {
    return this.#directory.isModifiedBy(core, line);
  }

  /** Fetch of a line that was not in L1i; returns cycles beyond an L1 hit and sets `lastLevel`. hot */
  fetchMiss(core: number, line: number): Cycles {
    const latency = this.#miss(core, line, false);
    if (this.#prefetching !== undefined) this.#prefetching.follow(core, line, false);
    return latency;
  }

  /** Access to a line that was not in L1d, or a write to one held there but not owned: brings it in, and takes it for this core alone when writing. hot */
  dataMiss(core: number, line: number, write: boolean, isHeld: boolean): Cycles {
    const latency = isHeld ? 0 : this.#miss(core, line, true);
    const served = this.lastLevel;
    // One request brings the line and drops the other copies; both travel at once, and the longer way counts.
    const round = write ? this.#own(core, line) : 0;
    if (isHeld) return round;
    if (served !== Level.L1) this.lastLevel = served;
    if (this.#prefetching !== undefined) this.#prefetching.follow(core, line, true);
    return latency > round ? latency : round;
  }

  /** Data read by the page walker: in L1d or a miss. hot */
  read(core: number, line: number): Cycles {
    return this.#caches.l1d[core].swap(line) === line ? 0 : this.dataMiss(core, line, false, false);
  }

  /** Which cores hold the line in their L2; for tests and statistics. */
  sharersOf(line: number): readonly number[] {
    const sharers: number[] = [];
    for (let core = this.#directory.next(line, 0); core !== NOBODY; core = this.#directory.next(line, core + 1))
      sharers.push(core);
    return sharers;
  }

  #miss(core: number, line: number, isData: boolean): Cycles {
    const prefetching = this.#prefetching;
    if (prefetching === undefined) return this.#bring(core, line, isData);
    const latency = prefetching.demand(core, line, isData);
    this.lastLevel = prefetching.lastLevel;
    return latency;
  }

  #bring(core: number, line: number, isData: boolean): Cycles {
    this.lastLevel = Level.L2;
    const victim = this.#caches.l2[core].swap(line);
    if (victim === line) return this.#l2Latency;
    const latency = this.#supply.bring(core, line, isData, victim);
    this.lastLevel = this.#supply.lastLevel;
    return latency;
  }

  /** Makes `core` the only holder of a line; costs a round to the other holders, or to the directory when the line was shared. */
  #own(core: number, line: number): Cycles {
    const isAlone = this.#directory.holder(line) === core;
    const latency = isAlone ? 0 : this.#dropOthers(core, line);
    this.#directory.modify(core, line);
    return latency;
  }

  /** Takes a line from all but one core; sets `lastLevel` and returns the cycles of the longest way. */
  #dropOthers(keep: number, line: number): Cycles {
    const socket = this.#sockets.of(keep);
    let latency = this.#llcLatency;
    this.lastLevel = Level.Llc;
    this.traffic[TrafficCount.Upgrades]++;
    for (let core = this.#directory.next(line, 0); core !== NOBODY; core = this.#directory.next(line, core + 1)) {
      if (core === keep) continue;
      this.#caches.drop(core, line);
      this.#directory.remove(core, line);
      this.traffic[TrafficCount.Invalidations]++;
      this.lastLevel = Level.Remote;
      const way = this.#sockets.of(core) === socket ? this.#remoteLatency : this.#remoteLatency + this.#hop;
      if (way > latency) latency = way;
    }
    if (!this.#last.dropOthers(socket, line)) return latency;
    this.lastLevel = Level.Remote;
    return Math.max(latency, this.#llcLatency + this.#hop);
  }
}

/** What prefetches, if anything does. */
function prefetchSpecs({ l1d, l2 }: HierarchySpec): PrefetchSpecs | undefined {
  const first = l1d.prefetch?.prefetcher === 'none' ? undefined : l1d.prefetch;
  const second = l2.prefetch?.prefetcher === 'none' ? undefined : l2.prefetch;
  return first === undefined && second === undefined ? undefined : { first, second };
}
