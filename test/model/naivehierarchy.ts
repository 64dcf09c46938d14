import type { HierarchySpec } from '../../src/hw/hierarchy.ts';
import { Level } from '../../src/hw/hierarchy.ts';
import { oneSocket, type Sockets } from '../../src/hw/sockets.ts';
import type { TRAFFIC_LABELS } from '../../src/hw/traffic.ts';
import { NaiveLru } from './naivelru.ts';
import { NaivePrefetch } from './naiveprefetch.ts';

/** What an access did: cycles beyond a first-level hit, and the level that served the line. */
export interface Served {
  readonly cycles: number;
  readonly level: number;
}

type Count = (typeof TRAFFIC_LABELS)[number];

/** A store whose lines carry the version of their data. */
class Versions {
  readonly store: NaiveLru;
  readonly versions = new Map<number, number>();

  constructor({ sets, ways }: { sets: number; ways: number }) {
    this.store = new NaiveLru(sets, ways);
  }

  has(line: number): boolean {
    return this.store.has(line);
  }

  /** Returns the evicted line, or -1. */
  put(line: number, version: number): number {
    const victim = this.store.has(line) ? -1 : this.store.fill(line);
    this.versions.set(line, version);
    if (victim >= 0) this.versions.delete(victim);
    return victim;
  }

  remove(line: number): boolean {
    this.versions.delete(line);
    return this.store.remove(line);
  }
}

/**
 * MESI without a directory: who shares a line is read off the contents of the second levels, what is newer than memory off the
 * versions of the data, which each write raises. Throws when a core would be given old data. Memory answers after a fixed latency.
 */
export class NaiveHierarchy {
  readonly l1i: NaiveLru[];
  readonly l1d: NaiveLru[];
  readonly l2: Versions[];
  readonly llc: Versions[];
  /** State of the line in each second level. */
  readonly states: Map<number, 'M' | 'E' | 'S'>[];
  readonly counts: Record<Count, number> = {
    dirtyTransfers: 0,
    cleanTransfers: 0,
    farTransfers: 0,
    farReads: 0,
    upgrades: 0,
    invalidations: 0,
    backInvalidations: 0,
    memoryWrites: 0,
  };
  /** Time of the next access. */
  now = 0;
  readonly prefetch: NaivePrefetch;
  readonly #spec: HierarchySpec;
  readonly #sockets: Sockets;
  readonly #dramLatency: number;
  readonly #memory = new Map<number, number>();
  readonly #latest = new Map<number, number>();
  readonly #homes = new Map<number, number>();

  constructor(spec: HierarchySpec, dramLatency: number) {
    const each = <T>(make: () => T): T[] => Array.from({ length: spec.cores }, make);
    this.#spec = spec;
    this.#sockets = spec.sockets ?? oneSocket(spec.cores);
    this.#dramLatency = dramLatency;
    this.l1i = each(() => new NaiveLru(spec.l1i.sets, spec.l1i.ways));
    this.l1d = each(() => new NaiveLru(spec.l1d.sets, spec.l1d.ways));
    this.l2 = each(() => new Versions(spec.l2));
    this.states = each(() => new Map<number, 'M' | 'E' | 'S'>());
    const count = Math.ceil(spec.cores / this.#sockets.coresPerSocket);
    this.llc = Array.from({ length: count }, () => new Versions(spec.llc));
    this.prefetch = new NaivePrefetch(spec);
  }

  /** Cores whose second level holds the line. */
  sharersOf(line: number): number[] {
    return [...this.l2.keys()].filter((core) => this.l2[core].has(line));
  }

  fetch(core: number, line: number): Served {
    const served = this.#read(core, line, this.l1i[core], false);
    this.#follow(core, line, false);
    return served;
  }

  read(core: number, line: number): Served {
    const served = this.#read(core, line, this.l1d[core], true);
    this.#follow(core, line, true);
    return served;
  }

  /** The line and the invalidations of its other holders travel at once: the longer way counts. */
  write(core: number, line: number): Served {
    const { cycles, level } = this.#read(core, line, this.l1d[core], true);
    const before = this.states[core].get(line);
    const round = before === 'S' ? this.#upgrade(core, line) : { cycles: 0, level: Level.L1 };
    this.states[core].set(line, 'M');
    const version = (this.#latest.get(line) ?? 0) + 1;
    this.#latest.set(line, version);
    this.l2[core].put(line, version);
    this.#follow(core, line, true);
    return { cycles: Math.max(cycles, round.cycles), level: level === Level.L1 ? round.level : level };
  }

  /** Prefetches, after an access to data or code. */
  #follow(core: number, line: number, isData: boolean): void {
    const seen = this.prefetch.seen;
    this.prefetch.seen = {};
    this.#followSecond(core, line, isData, seen.second);
    for (const next of this.prefetch.askFirst(core, line, seen.first)) {
      if (this.l1d[core].has(next) || this.prefetch.isWaiting(core, next)) continue;
      if (this.#isTaken(core, next)) {
        this.prefetch.counts.dropped++;
        continue;
      }
      const { cycles } = this.#bring(core, next, true);
      this.prefetch.toFirst(core, next, this.now + cycles);
      this.#followSecond(core, next, true, this.prefetch.seen.second);
      this.prefetch.seen = {};
    }
  }

  #followSecond(core: number, line: number, isData: boolean, seen: 'miss' | 'use' | undefined): void {
    for (const next of this.prefetch.askSecond(core, line, seen)) {
      if (this.l2[core].has(next)) continue;
      if (this.#isTaken(core, next) || !this.prefetch.hasRoom(core, this.now)) this.prefetch.counts.dropped++;
      else this.prefetch.toSecond(core, next, this.now + this.#fill(core, next, isData).cycles);
    }
  }

  /** Whether another core has the line for itself. */
  #isTaken(core: number, line: number): boolean {
    return this.states.some((lines, other) => other !== core && (lines.get(line) ?? 'S') !== 'S');
  }

  #socketOf(core: number): number {
    return Math.floor(core / this.#sockets.coresPerSocket);
  }

  #read(core: number, line: number, l1: NaiveLru, isData: boolean): Served {
    if (l1.access(line)) return { cycles: 0, level: Level.L1 };
    l1.fill(line);
    const wait = isData ? this.prefetch.useFirst(core, line, this.now) : undefined;
    if (wait === undefined) return this.#bring(core, line, isData);
    return { cycles: wait, level: wait > 0 ? Level.L2 : Level.L1 };
  }

  #bring(core: number, line: number, isData: boolean): Served {
    if (!this.l2[core].store.access(line)) {
      this.prefetch.seen.second = 'miss';
      return this.#fill(core, line, isData);
    }
    const wait = this.prefetch.useSecond(core, line, this.now) ?? 0;
    return { cycles: Math.max(wait, this.#spec.l2.latency), level: Level.L2 };
  }

  /** Brings a line to a second level that lacks it: what makes room for it goes first, but comes to the last level after it. */
  #fill(core: number, line: number, isData: boolean): Served {
    const wasShared = this.sharersOf(line).length > 0;
    const receive = this.#makeRoom(core, line);
    const { version, ...served } = this.#supply(core, line);
    const latest = this.#latest.get(line) ?? 0;
    if (version !== latest) throw new Error(`core ${core} was given version ${version} of line ${line}, not ${latest}`);
    const isNew = (this.#memory.get(line) ?? 0) < latest;
    const alone = isNew ? 'M' : 'E';
    const state = wasShared || (!isData && !isNew) ? 'S' : alone;
    if (state !== 'S') this.llc.forEach((store, socket) => socket !== this.#socketOf(core) && store.remove(line));
    receive();
    this.l2[core].store.fill(line);
    this.l2[core].versions.set(line, version);
    this.states[core].set(line, state);
    return served;
  }

  #supply(core: number, line: number): Served & { version: number } {
    const others = this.sharersOf(line);
    const owner = others.find((other) => this.states[other].get(line) !== 'S');
    const forwards = this.#spec.cleanLatency !== undefined;
    if (owner !== undefined) {
      const isModified = this.states[owner].get(line) === 'M';
      this.states[owner].set(line, 'S');
      const ownLlc = this.llc[this.#socketOf(owner)];
      if (ownLlc.has(line)) ownLlc.put(line, this.l2[owner].versions.get(line)!);
      if (isModified && !forwards) this.#writeMemory(line);
      if (isModified) return this.#transfer(owner, core, line, 'dirtyTransfers', this.#spec.remoteLatency);
      if (forwards) return this.#transfer(owner, core, line, 'cleanTransfers', this.#spec.cleanLatency);
    } else if (others.length > 0 && forwards && !this.llc[this.#socketOf(core)].has(line)) {
      const near = others.find((other) => this.#socketOf(other) === this.#socketOf(core));
      return this.#transfer(near ?? others[0], core, line, 'cleanTransfers', this.#spec.cleanLatency);
    }
    return this.#below(this.#socketOf(core), line);
  }

  #transfer(from: number, to: number, line: number, kind: Count, cycles: number): Served & { version: number } {
    const version = this.l2[from].versions.get(line)!;
    this.counts[kind]++;
    if (this.#socketOf(from) === this.#socketOf(to)) return { cycles, level: Level.Remote, version };
    this.counts.farTransfers++;
    if (this.#spec.llc.inclusion === 'inclusive') this.#fillLlc(this.#socketOf(to), line, version);
    return { cycles: cycles + this.#sockets.hop, level: Level.Remote, version };
  }

  #below(socket: number, line: number): Served & { version: number } {
    const { latency, inclusion } = this.#spec.llc;
    const at = this.llc[socket].store.access(line) ? socket : this.llc.findIndex((store) => store.has(line));
    if (at < 0) return this.#fromMemory(socket, line);
    const version = this.llc[at].versions.get(line)!;
    if (inclusion === 'exclusive') this.llc[at].remove(line);
    if (at === socket) return { cycles: latency, level: Level.Llc, version };
    this.llc[at].store.access(line);
    this.counts.farTransfers++;
    if (inclusion === 'inclusive') this.#fillLlc(socket, line, version);
    return { cycles: latency + this.#sockets.hop, level: Level.Remote, version };
  }

  #fromMemory(socket: number, line: number): Served & { version: number } {
    const { latency, inclusion } = this.#spec.llc;
    const version = this.#memory.get(line) ?? 0;
    if (inclusion === 'inclusive') this.#fillLlc(socket, line, version);
    const page = Math.floor(line / 64);
    const turn = this.#sockets.homing === 'interleave' ? page % this.llc.length : socket;
    if (!this.#homes.has(page)) this.#homes.set(page, turn);
    const isFar = this.#homes.get(page) !== socket;
    if (isFar) this.counts.farReads++;
    const way = latency + this.#dramLatency + (isFar ? this.#sockets.hop : 0);
    return { cycles: way, level: Level.Dram, version };
  }

  /** Takes from a core what gives way to a line in its second level; the last level receives it when the result is called. */
  #makeRoom(core: number, line: number): () => void {
    const victim = this.l2[core].store.victimOf(line);
    if (victim < 0) return () => {};
    const version = this.l2[core].versions.get(victim)!;
    this.#drop(core, victim);
    if (this.#spec.llc.inclusion !== 'inclusive') return () => this.#receive(this.#socketOf(core), victim, version);
    this.llc[this.#socketOf(core)].versions.set(victim, version);
    return () => {};
  }

  /** A last level gets what a second level of its socket evicted. */
  #receive(socket: number, victim: number, version: number): void {
    const isStillHere = this.sharersOf(victim).some((other) => this.#socketOf(other) === socket);
    if (this.#spec.llc.inclusion === 'exclusive' && isStillHere) return;
    if (this.llc[socket].store.access(victim)) this.llc[socket].versions.set(victim, version);
    else this.#fillLlc(socket, victim, version);
  }

  #fillLlc(socket: number, line: number, version: number): void {
    const victim = this.llc[socket].put(line, version);
    if (victim < 0) return;
    if (this.#spec.llc.inclusion === 'inclusive')
      for (const core of this.sharersOf(victim)) {
        if (this.#socketOf(core) !== socket) continue;
        this.#drop(core, victim);
        this.counts.backInvalidations++;
      }
    this.#saveIfLast(victim);
  }

  /** Writes a line to memory when no cache may keep its newest version for it. */
  #saveIfLast(line: number): void {
    const latest = this.#latest.get(line) ?? 0;
    if ((this.#memory.get(line) ?? 0) === latest) return;
    const mayShare = this.#spec.cleanLatency !== undefined;
    const inL2 = this.sharersOf(line).some((core) => mayShare || this.states[core].get(line) === 'M');
    const inLlc = this.llc.some((store) => store.versions.get(line) === latest);
    if (!inL2 && !inLlc) this.#writeMemory(line);
  }

  #writeMemory(line: number): void {
    this.#memory.set(line, this.#latest.get(line)!);
    this.counts.memoryWrites++;
  }

  /** A write to a shared line: everybody else loses it. */
  #upgrade(core: number, line: number): Served {
    const { llc, remoteLatency } = this.#spec;
    const { hop } = this.#sockets;
    this.counts.upgrades++;
    const ways: number[] = [];
    for (const other of this.sharersOf(line)) {
      if (other === core) continue;
      this.#drop(other, line);
      this.counts.invalidations++;
      ways.push(remoteLatency + (this.#socketOf(other) === this.#socketOf(core) ? 0 : hop));
    }
    this.llc.forEach((store, socket) => {
      if (socket !== this.#socketOf(core) && store.remove(line)) ways.push(llc.latency + hop);
    });
    if (ways.length === 0) return { cycles: llc.latency, level: Level.Llc };
    return { cycles: Math.max(llc.latency, ...ways), level: Level.Remote };
  }

  #drop(core: number, line: number): void {
    this.l1i[core].remove(line);
    this.l1d[core].remove(line);
    this.l2[core].remove(line);
    this.states[core].delete(line);
    this.prefetch.drop(core, line);
  }
}
