import type { Cycles } from '../sim/units.ts';
import { NOBODY, type Directory } from './directory.ts';
import type { LastLevels } from './lastlevels.ts';
import type { MemoryNodes } from './memorynodes.ts';
import type { PrivateCaches } from './privatecaches.ts';
import type { SocketOf } from './sockets.ts';
import { EMPTY } from './tagstore.ts';
import { TrafficCount } from './traffic.ts';
import { Level } from './level.ts';

/** What lines are brought from, and how far each of it is, in cycles beyond the first level. */
export interface SupplyWiring {
  readonly sockets: SocketOf;
  readonly caches: PrivateCaches;
  readonly directory: Directory;
  readonly memory: MemoryNodes;
  readonly last: LastLevels;
  readonly traffic: Float64Array;
  readonly llcLatency: Cycles;
  readonly remoteLatency: Cycles;
  /** Without it, caches do not pass on what memory has as well. */
  readonly cleanLatency: Cycles | undefined;
  readonly hop: Cycles;
}

/** Brings lines to second levels from wherever they are: other cores, last levels, memory. */
export class Supply {
  /** Where the last line was. */
  lastLevel: number = Level.L1;
  readonly #traffic: Float64Array;
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

  constructor(wiring: SupplyWiring) {
    this.#traffic = wiring.traffic;
    this.#llcLatency = wiring.llcLatency;
    this.#remoteLatency = wiring.remoteLatency;
    this.#cleanLatency = wiring.cleanLatency ?? wiring.remoteLatency;
    this.#forwards = wiring.cleanLatency !== undefined;
    this.#hop = wiring.hop;
    this.#sockets = wiring.sockets;
    this.#caches = wiring.caches;
    this.#directory = wiring.directory;
    this.#memory = wiring.memory;
    this.#last = wiring.last;
  }

  /**
   * Brings a line to a core's second level, which has made room for it; returns cycles beyond an L1 hit and sets `lastLevel`. The `victim`, or EMPTY,
   * leaves the core at once, but waits for its turn at the last level until the line has come, as in a buffer for lines written back. hot
   */
  bring(core: number, line: number, isData: boolean, victim: number): Cycles {
    const directory = this.#directory;
    if (victim !== EMPTY) this.#evict(core, victim);
    const latency = directory.isHeld(line) ? this.#fromHolders(core, line) : this.#alone(core, line, isData);
    if (victim !== EMPTY) this.#last.receive(this.#sockets.of(core), victim);
    directory.add(core, line);
    return latency;
  }

  /** A line that no core holds. Data are granted for this core alone, code is likely to be shared; what is newer than memory has a holder. */
  #alone(core: number, line: number, isData: boolean): Cycles {
    const socket = this.#sockets.of(core);
    const latency = this.#unheld(socket, line);
    if (!isData && !this.#directory.isStale(line)) return latency;
    this.#last.dropOthers(socket, line);
    this.#directory.grant(core, line);
    return latency;
  }

  /** A line that other cores hold; afterwards all share it. */
  #fromHolders(core: number, line: number): Cycles {
    const directory = this.#directory;
    const socket = this.#sockets.of(core);
    const holder = directory.holder(line);
    if (holder === NOBODY) return this.#fromSharers(socket, line);
    const isModified = directory.isModified(line);
    directory.share(line);
    if (isModified) {
      if (!this.#forwards) this.#last.writeBack(socket, line);
      return this.#transfer(holder, socket, line, TrafficCount.DirtyTransfers, this.#remoteLatency);
    }
    if (!this.#forwards) return this.#unheld(socket, line);
    return this.#transfer(holder, socket, line, TrafficCount.CleanTransfers, this.#cleanLatency);
  }

  #fromSharers(socket: number, line: number): Cycles {
    if (!this.#forwards || this.#last.has(socket, line)) return this.#unheld(socket, line);
    const near = this.#directory.next(line, this.#sockets.first(socket));
    const isNear = near !== NOBODY && this.#sockets.of(near) === socket;
    const sharer = isNear ? near : this.#directory.next(line, 0);
    return this.#transfer(sharer, socket, line, TrafficCount.CleanTransfers, this.#cleanLatency);
  }

  /** A line from a core to a socket. */
  #transfer(from: number, socket: number, line: number, kind: number, cycles: Cycles): Cycles {
    this.lastLevel = Level.Remote;
    this.#traffic[kind]++;
    if (this.#sockets.of(from) === socket) return cycles;
    this.#traffic[TrafficCount.FarTransfers]++;
    this.#last.pass(socket, line);
    return cycles + this.#hop;
  }

  /** A line that no core passes on: from the socket's last level, from another's, or from memory. */
  #unheld(socket: number, line: number): Cycles {
    this.lastLevel = Level.Llc;
    if (this.#last.take(socket, line)) return this.#llcLatency;
    const other = this.#last.other(socket, line);
    if (other === NOBODY) return this.#fromMemory(socket, line);
    this.lastLevel = Level.Remote;
    this.#traffic[TrafficCount.FarTransfers]++;
    this.#last.take(other, line);
    return this.#llcLatency + this.#hop;
  }

  #fromMemory(socket: number, line: number): Cycles {
    this.lastLevel = Level.Dram;
    const latency = this.#llcLatency + this.#memory.read(socket, line);
    if (this.#memory.wasFar) this.#traffic[TrafficCount.FarReads]++;
    return latency;
  }

  #evict(core: number, victim: number): void {
    this.#caches.dropFirst(core, victim);
    this.#directory.remove(core, victim);
  }
}
