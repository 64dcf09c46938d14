import {
  MAX_TIME,
  RANKS,
  STALL_LIMIT,
  type Engine,
  type EngineOptions,
  type EventHandle,
  type EventHandler,
  type Rank,
} from './engine.ts';
import { invariant, SimulationBug, StallError } from './errors.ts';
import { Fingerprint } from './fingerprint.ts';
import { SimjsQueue, type SimjsEvent } from './simjsqueue.ts';
import type { Cycles, HandlerId } from './units.ts';

/** The part of simjs's `Sim` that we drive. */
export interface SimjsSim {
  simTime: number;
  queue: SimjsQueue;
}

/** What the package gives: its `Sim` class, loaded by whoever has a file system (simjs has no module export on Node). */
export interface SimjsModule {
  readonly Sim: new () => SimjsSim;
}

const KIND_BITS = 16;
/** Handles count up, so that a stale one never names a later event. */
type Pending = Map<EventHandle, Scheduled>;

/**
 * simjs's `Sim` as the engine: its clock, our queue in place of its heap, and its loop corrected. Stock `simulate(t)` loses the first event beyond
 * `t`, leaves the clock at the last event, and takes times in the past. The trajectory and the fingerprint equal those of NativeEngine.
 */
export class SimjsEngine implements Engine {
  readonly kind = 'simjs';
  readonly fingerprint = new Fingerprint();
  executed = 0;
  readonly #sim: SimjsSim;
  readonly #queue = new SimjsQueue();
  readonly #handlers: EventHandler[] = [];
  readonly #pending: Pending = new Map();
  readonly #stallLimit: number;
  readonly #checkpointMask: number;
  #issued = 0;
  #standing = 0;

  constructor(simjs: SimjsModule, options: EngineOptions = {}) {
    this.#sim = new simjs.Sim();
    this.#sim.queue = this.#queue;
    this.#stallLimit = options.stallLimit ?? STALL_LIMIT;
    this.#checkpointMask = options.checkpointBits === undefined ? -1 : (1 << options.checkpointBits) - 1;
  }

  /** The `Sim` behind, for entities and facilities of simjs beside our handlers. */
  get sim(): SimjsSim {
    return this.#sim;
  }

  get now(): Cycles {
    return this.#sim.simTime;
  }

  get pending(): number {
    return this.#pending.size;
  }

  register(handler: EventHandler): HandlerId {
    return (this.#handlers.push(handler) - 1) as HandlerId;
  }

  schedule(time: Cycles, rank: Rank, handler: HandlerId, kind: number, arg: number): EventHandle {
    const isDue = time >= this.now && time <= MAX_TIME && Math.floor(time) === time;
    invariant(isDue, `event of kind ${kind} scheduled at ${time}, now ${this.now}`, {
      component: this.#handlers[handler].name,
      time: this.now,
    });
    const handle = ++this.#issued;
    const event = new Scheduled(this, handle, time, rank, handler, kind, arg);
    this.#pending.set(handle, event);
    this.#queue.insert(event);
    return handle;
  }

  cancel(handle: EventHandle): boolean {
    const event = this.#pending.get(handle);
    if (event === undefined) return false;
    event.cancelled = true;
    return this.#pending.delete(handle);
  }

  nextEventTime(): Cycles {
    return this.#peekAlive()?.deliverAt ?? Infinity;
  }

  runUntil(time: Cycles): void {
    invariant(time >= this.now, `runUntil(${time}) lies before now`, { component: 'engine', time: this.now });
    for (let next = this.#peekAlive(); next !== null && next.deliverAt <= time; next = this.#peekAlive()) {
      this.#queue.remove();
      this.#advance(next.deliverAt);
      next.deliver();
    }
    if (time < Infinity) this.#sim.simTime = time;
  }

  /** Delivers one of our events to its handler. */
  deliver(event: Scheduled): void {
    this.#pending.delete(event.handle);
    this.fingerprint.mixEvent(event.key, (event.handler << KIND_BITS) | event.kind, event.arg);
    if ((++this.executed & this.#checkpointMask) === 0) this.fingerprint.checkpoint(this.executed);
    this.#handlers[event.handler].onEvent(event.kind, event.arg, event.deliverAt);
  }

  #advance(time: Cycles): void {
    if (time < this.now) throw new SimulationBug(`time runs back from ${this.now} to ${time}`, { component: 'engine' });
    if (time > this.now) this.#standing = 0;
    else if (++this.#standing > this.#stallLimit) throw this.#stall();
    this.#sim.simTime = time;
  }

  #peekAlive(): SimjsEvent | null {
    let next = this.#queue.peek();
    while (next !== null && next.cancelled) {
      this.#queue.remove();
      next = this.#queue.peek();
    }
    return next;
  }

  #stall(): StallError {
    const states = this.#handlers.map((handler) => `${handler.name}: ${handler.describe?.() ?? '(no description)'}`);
    return new StallError(this.now, this.#stallLimit, states);
  }
}

/** An event of ours in simjs's queue. */
class Scheduled implements SimjsEvent {
  cancelled = false;
  readonly engine: SimjsEngine;
  readonly handle: EventHandle;
  readonly deliverAt: Cycles;
  readonly rank: Rank;
  readonly handler: HandlerId;
  readonly kind: number;
  readonly arg: number;

  constructor(
    engine: SimjsEngine,
    handle: EventHandle,
    time: Cycles,
    rank: Rank,
    handler: HandlerId,
    kind: number,
    arg: number,
  ) {
    this.engine = engine;
    this.handle = handle;
    this.deliverAt = time;
    this.rank = rank;
    this.handler = handler;
    this.kind = kind;
    this.arg = arg;
  }

  /** The key under which the queue sorts it, as the fingerprint absorbs it. */
  get key(): number {
    return this.deliverAt * RANKS + this.rank;
  }

  deliver(): void {
    this.engine.deliver(this);
  }
}
