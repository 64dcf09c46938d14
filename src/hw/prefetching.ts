import type { Cycles } from '../sim/units.ts';
import { NOBODY, type Directory } from './directory.ts';
import { Level } from './level.ts';
import { ABSENT, Prefetch, Prefetched } from './prefetched.ts';
import { makePrefetcher, type Prefetcher, type PrefetchSpec } from './prefetchers.ts';
import type { Moment } from './moment.ts';
import type { PrivateCaches } from './privatecaches.ts';
import type { Supply } from './supply.ts';

/** Prefetchers of the first level of data and of the second level of each core; either may be absent. */
export interface PrefetchSpecs {
  readonly first: PrefetchSpec | undefined;
  readonly second: PrefetchSpec | undefined;
}

/** What prefetching works with. */
export interface PrefetchWiring {
  readonly at: Moment;
  readonly caches: PrivateCaches;
  readonly directory: Directory;
  readonly supply: Supply;
  readonly l2Latency: Cycles;
}

/** What a prefetcher may see of an access. */
const Seen = { Nothing: 0, FirstUse: 1, Miss: 2 } as const;
const NONE: PrefetchSpec = { prefetcher: 'none', degree: 0, distance: 0, streams: 0, outstanding: 0 };

/** The lines that wait for their first use, as the specs have room for. */
export function makePrefetched(cores: number, { first, second }: PrefetchSpecs, lines: number): Prefetched {
  return new Prefetched(cores, (first ?? NONE).outstanding, (second ?? NONE).outstanding, lines);
}

/**
 * What misses of the first level find when caches prefetch. A prefetch is a read of its core like any other (directory, bandwidth, evictions),
 * but takes no line that another core holds alone. Prefetches follow the access that caused them, so that it is before them on the bus.
 */
export class Prefetching {
  /** Where the last access was served. */
  lastLevel: number = Level.L1;
  readonly #at: Moment;
  readonly #caches: PrivateCaches;
  readonly #directory: Directory;
  readonly #supply: Supply;
  readonly #l2Latency: Cycles;
  readonly #prefetched: Prefetched;
  readonly #first: readonly Prefetcher[];
  readonly #second: readonly Prefetcher[];
  readonly #hasFirst: boolean;
  #seenByFirst: number = Seen.Nothing;
  #seenBySecond: number = Seen.Nothing;

  constructor(cores: number, { first, second }: PrefetchSpecs, prefetched: Prefetched, wiring: PrefetchWiring) {
    const each = (spec: PrefetchSpec = NONE): readonly Prefetcher[] =>
      Array.from({ length: cores }, () => makePrefetcher(spec));
    this.#at = wiring.at;
    this.#caches = wiring.caches;
    this.#directory = wiring.directory;
    this.#supply = wiring.supply;
    this.#l2Latency = wiring.l2Latency;
    this.#prefetched = prefetched;
    this.#first = each(first);
    this.#second = each(second);
    this.#hasFirst = first !== undefined;
  }

  /** A line that is not in the first level: cycles beyond a hit there; sets `lastLevel`. hot */
  demand(core: number, line: number, isData: boolean): Cycles {
    this.#seenByFirst = this.#seenBySecond = Seen.Nothing;
    if (!isData || !this.#hasFirst) return this.#bring(core, line, isData);
    const wait = this.#prefetched.takeFirst(core, line, this.#at.now);
    this.#seenByFirst = wait === ABSENT ? Seen.Miss : Seen.FirstUse;
    if (wait === ABSENT) return this.#bring(core, line, true);
    this.lastLevel = wait === 0 ? Level.L1 : Level.L2;
    return wait;
  }

  /** Prefetches what the access just served makes likely. hot */
  follow(core: number, line: number, isData: boolean): void {
    const bySecond = this.#seenBySecond;
    if (bySecond !== Seen.Nothing) this.#askSecond(core, line, isData, bySecond === Seen.Miss);
    const byFirst = this.#seenByFirst;
    if (byFirst !== Seen.Nothing) this.#askFirst(core, line, byFirst === Seen.Miss);
  }

  /** From the second level or from beyond. hot */
  #bring(core: number, line: number, isData: boolean): Cycles {
    const victim = this.#caches.l2[core].swap(line);
    if (victim === line) return this.#fromSecond(core, line);
    const latency = this.#supply.bring(core, line, isData, victim);
    this.lastLevel = this.#supply.lastLevel;
    this.#seenBySecond = Seen.Miss;
    return latency;
  }

  #fromSecond(core: number, line: number): Cycles {
    this.lastLevel = Level.L2;
    const wait = this.#prefetched.takeSecond(core, line, this.#at.now);
    if (wait !== ABSENT) this.#seenBySecond = Seen.FirstUse;
    return wait > this.#l2Latency ? wait : this.#l2Latency;
  }

  #askFirst(core: number, line: number, isMiss: boolean): void {
    const prefetcher = this.#first[core];
    prefetcher.observe(line, isMiss);
    for (let i = 0, next = prefetcher.next; i < prefetcher.count; i++, next += prefetcher.step)
      if (!this.#caches.l1d[core].has(next) && !this.#prefetched.isFirst(core, next)) this.#toFirst(core, next);
  }

  #askSecond(core: number, line: number, isData: boolean, isMiss: boolean): void {
    const prefetcher = this.#second[core];
    prefetcher.observe(line, isMiss);
    for (let i = 0, next = prefetcher.next; i < prefetcher.count; i++, next += prefetcher.step)
      if (!this.#caches.l2[core].has(next)) this.#toSecond(core, next, isData);
  }

  /** To the second level a prefetch of the first is an access like another: it is seen by the prefetcher there. */
  #toFirst(core: number, line: number): void {
    if (this.#isElsewhere(core, line)) return this.#drop();
    this.#seenBySecond = Seen.Nothing;
    const latency = this.#bring(core, line, true);
    this.#prefetched.putFirst(core, line, this.#at.now + latency);
    if (this.#seenBySecond !== Seen.Nothing) this.#askSecond(core, line, true, this.#seenBySecond === Seen.Miss);
  }

  #toSecond(core: number, line: number, isData: boolean): void {
    if (this.#isElsewhere(core, line) || !this.#prefetched.hasRoom(core, this.#at.now)) return this.#drop();
    const victim = this.#caches.l2[core].fill(line);
    const latency = this.#supply.bring(core, line, isData, victim);
    this.#prefetched.putSecond(core, line, this.#at.now, this.#at.now + latency);
  }

  /** Whether another core holds the line alone. */
  #isElsewhere(core: number, line: number): boolean {
    const holder = this.#directory.holder(line);
    return holder !== NOBODY && holder !== core;
  }

  #drop(): void {
    this.#prefetched.counts[Prefetch.Dropped]++;
  }
}
