import type { Cycles } from '../sim/units.ts';
import { Directory, NOBODY } from './directory.ts';
import type { InclusionName } from './inclusion.ts';
import { LastLevels } from './lastlevels.ts';
import { MemoryNodes, type MemoryNode } from './memorynodes.ts';
import { PrivateCaches } from './privatecaches.ts';
import type { StoreSpec } from './replacement.ts';
import { oneSocket, SocketOf, type Sockets } from './sockets.ts';
import { EMPTY, type TagStore } from './tagstore.ts';
import { Traffic, TRAFFIC_LABELS } from './traffic.ts';

/** Where an access was served; `Hierarchy.lastLevel` after each miss of the first level. */
export const Level = { L1: 0, L2: 1, Llc: 2, Remote: 3, Dram: 4 } as const;
export const LEVEL_NAMES = ['l1', 'l2', 'llc', 'remote', 'dram'] as const;

/** Geometry in sets and ways, latencies in cycles of load-to-use beyond the first level. */
export interface HierarchySpec {
  /** Cores with private caches. */
  readonly cores: number;
  readonly l1i: StoreSpec;
  readonly l1d: StoreSpec;
  readonly l2: StoreSpec & { readonly latency: Cycles };
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
 * L1 and L2 of each core, one last level and memory node a socket, and a MESI directory of all lines. `access` is synchronous: it
 * updates all tag state and returns the latency beyond the first level.
 * Invariants: a line in L1 is in L2 of the same core; the directory names a core as sharer exactly when its L2 holds the line; with an
 * inclusive last level, a line in any L2 is in that of its socket; with an exclusive one, never; a line newer than memory is in a cache.
 */
export class Hierarchy {
  lastLevel: number = Level.L1;
  /** Counts by TRAFFIC_LABELS. */
  readonly traffic = new Float64Array(TRAFFIC_LABELS.length);
  readonly #l2Latency: Cycles;
  readonly #llcLatency: Cycles;
  readonly #remoteLatency: Cycles;
  readonly #cleanLatency: Cycles;
  /** Whether caches pass on what memory has as well. */
  readonly #forwards: boolean;
  readonly #hop: Cycles;
  readonly #sockets: SocketOf;
  readonly #caches: PrivateCaches;
  readonly #directory: Directory;
  readonly #memory: MemoryNodes;
  readonly #last: LastLevels;

  /** One memory node a socket. */
  constructor(spec: HierarchySpec, ...nodes: readonly MemoryNode[]) {
    const { cores, l1i, l1d, l2, llc, lines, sockets = oneSocket(cores) } = spec;
    this.#l2Latency = l2.latency;
    this.#llcLatency = llc.latency;
    this.#remoteLatency = spec.remoteLatency;
    this.#cleanLatency = spec.cleanLatency ?? spec.remoteLatency;
    this.#forwards = spec.cleanLatency !== undefined;
    this.#hop = sockets.hop;
    this.#sockets = new SocketOf(cores, sockets.coresPerSocket);
    this.#caches = new PrivateCaches(cores, l1i, l1d, l2);
    this.#directory = new Directory(cores, lines);
    this.#memory = new MemoryNodes(nodes, sockets, lines);
    this.#last = new LastLevels(llc, {
      sockets: this.#sockets,
      caches: this.#caches,
      directory: this.#directory,
      memory: this.#memory,
      traffic: this.traffic,
      mayShareDirty: this.#forwards,
    });
  }

  /** A core's first-level stores: the core looks there itself, and comes here when it misses. */
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

  /** Fetch of a line that is not in L1i; returns cycles beyond an L1 hit and sets `lastLevel`. hot */
  fetchMiss(core: number, line: number, now: Cycles): Cycles {
    return this.#miss(core, line, this.#caches.l1i[core], false, now);
  }

  /** Access to a line that is not in L1d, or a write to one held there but not owned: brings it in, and takes it for this core alone when writing. hot */
  dataMiss(core: number, line: number, write: boolean, isHeld: boolean, now: Cycles): Cycles {
    const latency = isHeld ? 0 : this.#miss(core, line, this.#caches.l1d[core], true, now);
    if (!write) return latency;
    // One request brings the line and drops the other copies; both travel at once, and the longer way counts.
    const served = this.lastLevel;
    const round = this.#own(core, line);
    if (!isHeld) this.lastLevel = served;
    return latency > round ? latency : round;
  }

  /** Data read by the page walker: in L1d or a miss. hot */
  read(core: number, line: number, now: Cycles): Cycles {
    return this.#caches.l1d[core].access(line) ? 0 : this.dataMiss(core, line, false, false, now);
  }

  /** Which cores hold the line in their L2; for tests and statistics. */
  sharersOf(line: number): readonly number[] {
    const sharers: number[] = [];
    for (let core = this.#directory.next(line, 0); core !== NOBODY; core = this.#directory.next(line, core + 1))
      sharers.push(core);
    return sharers;
  }

  #miss(core: number, line: number, l1: TagStore, isData: boolean, now: Cycles): Cycles {
    let latency = this.#l2Latency;
    this.lastLevel = Level.L2;
    if (!this.#caches.l2[core].access(line)) latency = this.#beyond(core, line, isData, now);
    l1.fill(line);
    return latency;
  }

  #beyond(core: number, line: number, isData: boolean, now: Cycles): Cycles {
    const directory = this.#directory;
    const latency = directory.isHeld(line) ? this.#fromHolders(core, line, now) : this.#alone(core, line, isData, now);
    const victim = this.#caches.l2[core].fill(line);
    if (victim !== EMPTY) this.#evict(core, victim, now);
    directory.add(core, line);
    return latency;
  }

  /** A line that no core holds. Data are granted for this core alone, code is likely to be shared; what is newer than memory has a holder. */
  #alone(core: number, line: number, isData: boolean, now: Cycles): Cycles {
    const socket = this.#sockets.of(core);
    const latency = this.#unheld(socket, line, now);
    if (!isData && !this.#directory.isStale(line)) return latency;
    this.#last.dropOthers(socket, line);
    this.#directory.grant(core, line);
    return latency;
  }

  /** A line that other cores hold; afterwards all share it. */
  #fromHolders(core: number, line: number, now: Cycles): Cycles {
    const directory = this.#directory;
    const socket = this.#sockets.of(core);
    const holder = directory.holder(line);
    if (holder === NOBODY) return this.#fromSharers(socket, line, now);
    const isModified = directory.isModified(line);
    directory.share(line);
    if (isModified) {
      if (!this.#forwards) this.#last.writeBack(socket, line, now);
      return this.#transfer(holder, socket, line, Traffic.DirtyTransfers, this.#remoteLatency, now);
    }
    if (!this.#forwards) return this.#unheld(socket, line, now);
    return this.#transfer(holder, socket, line, Traffic.CleanTransfers, this.#cleanLatency, now);
  }

  #fromSharers(socket: number, line: number, now: Cycles): Cycles {
    if (!this.#forwards || this.#last.has(socket, line)) return this.#unheld(socket, line, now);
    const near = this.#directory.next(line, this.#sockets.first(socket));
    const isNear = near !== NOBODY && this.#sockets.of(near) === socket;
    const sharer = isNear ? near : this.#directory.next(line, 0);
    return this.#transfer(sharer, socket, line, Traffic.CleanTransfers, this.#cleanLatency, now);
  }

  /** A line from a core to a socket. */
  #transfer(from: number, socket: number, line: number, kind: number, cycles: Cycles, now: Cycles): Cycles {
    this.lastLevel = Level.Remote;
    this.traffic[kind]++;
    if (this.#sockets.of(from) === socket) return cycles;
    this.traffic[Traffic.FarTransfers]++;
    this.#last.pass(socket, line, now);
    return cycles + this.#hop;
  }

  /** A line that no core passes on: from the socket's last level, from another's, or from memory. */
  #unheld(socket: number, line: number, now: Cycles): Cycles {
    this.lastLevel = Level.Llc;
    if (this.#last.take(socket, line)) return this.#llcLatency;
    const other = this.#last.other(socket, line);
    if (other === NOBODY) return this.#fromMemory(socket, line, now);
    this.lastLevel = Level.Remote;
    this.traffic[Traffic.FarTransfers]++;
    this.#last.take(other, line);
    this.#last.pass(socket, line, now);
    return this.#llcLatency + this.#hop;
  }

  #fromMemory(socket: number, line: number, now: Cycles): Cycles {
    this.lastLevel = Level.Dram;
    this.#last.pass(socket, line, now);
    const latency = this.#llcLatency + this.#memory.read(socket, line, now);
    if (this.#memory.wasFar) this.traffic[Traffic.FarReads]++;
    return latency;
  }

  #evict(core: number, victim: number, now: Cycles): void {
    this.#caches.dropFirst(core, victim);
    this.#directory.remove(core, victim);
    this.#last.receive(this.#sockets.of(core), victim, now);
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
    this.traffic[Traffic.Upgrades]++;
    for (let core = this.#directory.next(line, 0); core !== NOBODY; core = this.#directory.next(line, core + 1)) {
      if (core === keep) continue;
      this.#caches.drop(core, line);
      this.#directory.remove(core, line);
      this.traffic[Traffic.Invalidations]++;
      this.lastLevel = Level.Remote;
      const way = this.#sockets.of(core) === socket ? this.#remoteLatency : this.#remoteLatency + this.#hop;
      if (way > latency) latency = way;
    }
    if (!this.#last.dropOthers(socket, line)) return latency;
    this.lastLevel = Level.Remote;
    return Math.max(latency, this.#llcLatency + this.#hop);
  }
}
