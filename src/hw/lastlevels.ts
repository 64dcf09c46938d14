import { NOBODY, type Directory } from './directory.ts';
import { INCLUSIONS, type Inclusion, type InclusionName } from './inclusion.ts';
import type { MemoryNodes } from './memorynodes.ts';
import type { PrivateCaches } from './privatecaches.ts';
import { makeStore, type StoreSpec } from './replacement.ts';
import { Slab } from './slab.ts';
import type { SocketOf } from './sockets.ts';
import { EMPTY, type TagStore } from './tagstore.ts';
import { TrafficCount } from './traffic.ts';

/** What last levels work with. */
export interface LastLevelWiring {
  readonly sockets: SocketOf;
  readonly caches: PrivateCaches;
  readonly directory: Directory;
  readonly memory: MemoryNodes;
  readonly traffic: Float64Array;
  /** Whether a shared line that is newer than memory may stay in private caches alone. */
  readonly mayShareDirty: boolean;
}

/** The last level of each socket. Dirty lines that leave it, and that no other cache holds, are written to memory. */
export class LastLevels {
  readonly inclusion: Inclusion;
  readonly #stores: readonly TagStore[];
  readonly #wiring: LastLevelWiring;

  constructor(spec: StoreSpec & { readonly inclusion: InclusionName }, wiring: LastLevelWiring) {
    this.inclusion = INCLUSIONS[spec.inclusion];
    const slab = new Slab();
    this.#stores = Array.from({ length: wiring.sockets.count }, (_, socket) => makeStore(spec, `llc ${socket}`, slab));
    this.#wiring = wiring;
  }

  /** Looks a line up for a core of the socket, which gets it: it leaves an exclusive level, and is in an inclusive one from now on. hot */
  take(socket: number, line: number): boolean {
    if (this.inclusion.keepsFills) return this.#keep(socket, line);
    const store = this.#stores[socket];
    if (!store.access(line)) return false;
    if (this.inclusion.movesUp) store.remove(line);
    return true;
  }

  /** Presence without a side effect. hot */
  has(socket: number, line: number): boolean {
    return this.#stores[socket].has(line);
  }

  /** Another socket that has the line, or NOBODY. hot */
  other(socket: number, line: number): number {
    for (let other = 0; other < this.#stores.length; other++)
      if (other !== socket && this.#stores[other].has(line)) return other;
    return NOBODY;
  }

  /** Takes a line from all sockets but one; returns whether any had it. hot */
  dropOthers(socket: number, line: number): boolean {
    let wasThere = false;
    for (let other = 0; other < this.#stores.length; other++)
      if (other !== socket && this.#stores[other].remove(line)) wasThere = true;
    return wasThere;
  }

  /** A line that a core of the socket got from another. hot */
  pass(socket: number, line: number): void {
    if (this.inclusion.keepsFills) this.#keep(socket, line);
  }

  /** A line that a core of the socket evicted. hot */
  receive(socket: number, line: number): void {
    const { takesVictims, movesUp } = this.inclusion;
    if (!takesVictims || (movesUp && this.#isHeldIn(socket, line))) return;
    this.#keep(socket, line);
  }

  /** Writes a line to memory. hot */
  writeBack(socket: number, line: number): void {
    const { directory, memory, traffic } = this.#wiring;
    directory.clean(line);
    memory.write(socket, line);
    traffic[TrafficCount.MemoryWrites]++;
  }

  #isHeldIn(socket: number, line: number): boolean {
    const { directory, sockets } = this.#wiring;
    const core = directory.next(line, sockets.first(socket));
    return core !== NOBODY && sockets.of(core) === socket;
  }

  /** Has a line from now on; whether it was there. */
  #keep(socket: number, line: number): boolean {
    const victim = this.#stores[socket].swap(line);
    if (victim === line) return true;
    if (victim !== EMPTY) this.#evict(socket, victim);
    return false;
  }

  #evict(socket: number, victim: number): void {
    const { directory, mayShareDirty } = this.#wiring;
    if (this.inclusion.backInvalidates) this.#backInvalidate(socket, victim);
    if (!directory.isStale(victim)) return;
    const isKept = directory.isHeld(victim) && (mayShareDirty || directory.holder(victim) !== NOBODY);
    if (!isKept && this.other(socket, victim) === NOBODY) this.writeBack(socket, victim);
  }

  #backInvalidate(socket: number, line: number): void {
    const { caches, directory, sockets, traffic } = this.#wiring;
    const end = sockets.first(socket + 1);
    let core = directory.next(line, sockets.first(socket));
    for (; core !== NOBODY && core < end; core = directory.next(line, core + 1)) {
      caches.drop(core, line);
      directory.remove(core, line);
      traffic[TrafficCount.BackInvalidations]++;
    }
  }
}
