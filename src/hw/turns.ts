import { Rank, type Engine, type EventHandle, type EventHandler } from '../sim/engine.ts';
import type { Cycles, HandlerId } from '../sim/units.ts';
import type { Topology } from './topology.ts';

/** What cores schedule their turns with: an engine, or what stands between it and them. */
export interface TurnQueue {
  register(handler: EventHandler): HandlerId;
  schedule(time: Cycles, rank: Rank, handler: HandlerId, kind: number, arg: number): unknown;
  /** When the next other turn or event is due. */
  nextEventTime(): Cycles;
}

/** CPUs whose state the host's own caches keep from one turn to the next. */
export const GROUP = 8;
/** Windows that a group may be ahead of the others (docs/adr/0038-many-cores.md). */
const STRETCH = 16;
const NONE = -1;
/** Turns after which a stretch ends in any case, so that the engine notices when time stands still; far above any that is due. */
const MOST_TURNS = 10_000;

/** The turns of the logical CPUs of a machine: those of few are events of the engine, siblings of many are of one group. */
export function makeTurns(engine: Engine, topology: Topology, syncWindow: Cycles): TurnQueue {
  const { cpus, cores, threadsPerCore } = topology;
  if (cpus <= GROUP) return engine;
  const placeOf = (cpu: number): number => topology.coreOf(cpu) * threadsPerCore + Math.floor(cpu / cores);
  return new GroupedTurns(
    engine,
    Array.from({ length: cpus }, (_, cpu) => placeOf(cpu)),
    STRETCH * syncWindow,
  );
}

/**
 * Turns of many CPUs, in groups: those of a group take turns among themselves, the one that is most behind first, for a stretch of time, or until an
 * event of the engine is due; then the group that is most behind follows. The host's caches would forget a CPU between two turns if all others came
 * in between, but keep a group (docs/adr/0038-many-cores.md). A group goes on after its stretch while no other is behind it. Each CPU has one turn due at most.
 */
export class GroupedTurns implements TurnQueue, EventHandler {
  readonly name = 'turns';
  readonly #engine: Engine;
  readonly #stretch: Cycles;
  readonly #places: readonly number[];
  /** By place, groups one after the other; so are the times when turns are due. */
  readonly #handlers: EventHandler[] = [];
  readonly #due: Float64Array;
  readonly #handler: HandlerId;
  #count = 0;
  /** First place of the group whose stretch it is, and the end of that stretch. */
  #first = NONE;
  #end: Cycles = 0;
  /** When the next turn of that group is due, the one under way aside, and the next one of the other groups. */
  #own: Cycles = Infinity;
  #others: Cycles = Infinity;
  /** When the next stretch is due, and its event. */
  #start: Cycles = Infinity;
  #event: EventHandle = NONE;

  /** `places`: of each CPU, in the order in which they register, its place; places from a multiple of `GROUP` on are a group. */
  constructor(engine: Engine, places: readonly number[], stretch: Cycles) {
    this.#engine = engine;
    this.#stretch = stretch;
    this.#places = places;
    this.#due = new Float64Array(places.length).fill(Infinity);
    this.#handler = engine.register(this);
  }

  register(handler: EventHandler): HandlerId {
    const id = this.#count++;
    this.#handlers[this.#places[id]] = handler;
    return id as HandlerId;
  }

  schedule(time: Cycles, _rank: Rank, handler: HandlerId): void {
    const place = this.#places[handler];
    this.#due[place] = time;
    if (this.#first === NONE) this.#startBy(time);
    else if (place - (place % GROUP) === this.#first) this.#own = Math.min(this.#own, time);
    else this.#others = Math.min(this.#others, time);
  }

  /** hot */
  nextEventTime(): Cycles {
    return Math.min(this.#engine.nextEventTime(), this.#own, Math.max(this.#end, this.#others));
  }

  /** A stretch of the group that is most behind. */
  onEvent(_kind: number, _arg: number, now: Cycles): void {
    const place = this.#due.indexOf(now);
    const first = (this.#first = place - (place % GROUP));
    const last = Math.min(first + GROUP, this.#due.length);
    this.#end = now + this.#stretch;
    this.#others = Math.min(this.#soonest(0, first), this.#soonest(last, this.#due.length));
    this.#takeTurns(now, first, last);
    this.#first = NONE;
    this.#start = Infinity;
    this.#startBy(this.#soonest(0, this.#due.length));
  }

  /** A line on each CPU for a stall report. */
  describe(): string {
    return this.#handlers.map((handler) => handler.describe?.() ?? handler.name).join('; ');
  }

  /** Turns of the places from `first` to `last`, the first of which is due at `time`. */
  #takeTurns(time: Cycles, first: number, last: number): void {
    let due = time;
    for (let turns = 0; turns < MOST_TURNS; turns++) {
      const place = this.#due.indexOf(due, first);
      this.#due[place] = Infinity;
      this.#own = this.#soonest(first, last);
      this.#handlers[place].onEvent(0, 0, due);
      due = this.#soonest(first, last);
      if (due >= Math.max(this.#end, this.#others) || due >= this.#engine.nextEventTime()) return;
    }
  }

  #startBy(time: Cycles): void {
    if (time >= this.#start) return;
    this.#engine.cancel(this.#event);
    this.#start = time;
    this.#event = this.#engine.schedule(time, Rank.Core, this.#handler, 0, 0);
  }

  /** When the first turn of the places from `first` to `last` is due. */
  #soonest(first: number, last: number): Cycles {
    let soonest = Infinity;
    for (let place = first; place < last; place++) if (this.#due[place] < soonest) soonest = this.#due[place];
    return soonest;
  }
}
