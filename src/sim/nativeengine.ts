import {
  STALL_LIMIT,
  type Engine,
  type EngineOptions,
  type EventHandle,
  type EventHandler,
  type Rank,
} from './engine.ts';
import { SimulationBug, StallError } from './errors.ts';
import { EventPool } from './eventpool.ts';
import { Fingerprint } from './fingerprint.ts';
import { LadderQueue } from './ladderqueue.ts';
import type { Cycles, HandlerId } from './units.ts';

/** RANKS and MAX_TIME of engine.ts again: an imported binding is read through a cell, a constant of the module is folded. */
const RANKS = 4;
const PER_RANKS = 1 / RANKS;
const MAX_TIME = 2251799813685247;
/** An event's code is handler x 65536 + kind, a non-negative int32. */
const KIND_BITS = 16;
const KIND_MASK = 0xffff;
const HANDLERS = 32_768;
/** Dead events are left in the queue until they are more than these and more than half of it. */
const COMPACT_MIN = 256;

/** The engine proper: pooled slots, a table of handlers, and the ladder queue as future-event list. */
export class NativeEngine implements Engine {
  readonly kind = 'native';
  readonly fingerprint = new Fingerprint();
  now: Cycles = 0;
  executed = 0;
  private readonly handlers: EventHandler[] = [];
  private readonly pool = new EventPool();
  private readonly queue = new LadderQueue();
  private readonly stallLimit: number;
  private readonly fingerprints: boolean;
  private readonly checkpointMask: number;
  private cancelled = 0;
  /** Cancelled events that the queue no longer holds. */
  private dropped = 0;
  /** Events delivered since time advanced. */
  private standing = 0;
  private running = false;

  constructor(options: EngineOptions = {}) {
    this.stallLimit = options.stallLimit ?? STALL_LIMIT;
    this.fingerprints = options.fingerprints ?? true;
    this.checkpointMask = options.checkpointBits === undefined ? -1 : (1 << options.checkpointBits) - 1;
  }

  get pending(): number {
    return this.pool.issued - this.executed - this.cancelled;
  }

  /** Memory held by queue and slots, in bytes. */
  get bytes(): number {
    return this.queue.bytes + this.pool.bytes;
  }

  register(handler: EventHandler): HandlerId {
    if (this.handlers.length === HANDLERS) throw this.bug(`more than ${HANDLERS} handlers (${handler.name})`);
    return (this.handlers.push(handler) - 1) as HandlerId;
  }

  /** hot: kept small, so that it is inlined into handlers */
  schedule(time: Cycles, rank: Rank, handler: HandlerId, kind: number, arg: number): EventHandle {
    if (!(time >= this.now && time <= MAX_TIME) || Math.floor(time) !== time) this.rejectTime(time, handler, kind);
    if ((kind & KIND_MASK) !== kind || (arg | 0) !== arg) this.rejectEvent(handler, kind, arg);
    const slot = this.pool.allocate((handler << KIND_BITS) | kind, arg);
    this.queue.push(time * RANKS + rank, slot);
    return this.pool.handle(slot);
  }

  /** hot */
  cancel(handle: EventHandle): boolean {
    if (!this.pool.kill(handle)) return false;
    const dead = ++this.cancelled - this.dropped;
    if (dead > COMPACT_MIN && dead > this.pending) this.compact();
    return true;
  }

  nextEventTime(): Cycles {
    const queue = this.queue;
    while (!queue.run.empty || queue.refill()) {
      const slot = queue.run.firstId;
      if (!this.pool.dead(slot)) return Math.floor(queue.run.firstKey * PER_RANKS);
      this.drop(queue.run.take());
    }
    return Infinity;
  }

  runUntil(time: Cycles): void {
    if (!(time >= this.now)) throw this.bug(`runUntil(${time}): lies before now`);
    if (this.running) throw this.bug(`runUntil(${time}) called by an event handler`);
    this.running = true;
    try {
      this.deliverUntil(Math.floor(time) * RANKS + (RANKS - 1));
    } finally {
      this.running = false;
    }
    if (time < Infinity) this.now = time;
  }

  /** The run loop: delivers all events of keys up to `bound`. hot */
  private deliverUntil(bound: number): void {
    const queue = this.queue;
    const run = queue.run;
    const pool = this.pool;
    const handlers = this.handlers;
    while (!run.empty || queue.refill()) {
      const key = run.firstKey;
      if (key > bound) return;
      const slot = run.take();
      const code = pool.code(slot);
      if (code < 0) {
        this.drop(slot);
        continue;
      }
      const arg = pool.release(slot);
      const time = Math.floor(key * PER_RANKS);
      if (time > this.now) {
        this.now = time;
        this.standing = 0;
      } else if (++this.standing > this.stallLimit) throw this.stall();
      if (this.fingerprints) this.fingerprint.mixEvent(key, code, arg);
      if ((++this.executed & this.checkpointMask) === 0) this.fingerprint.checkpoint(this.executed);
      handlers[code >>> KIND_BITS].onEvent(code & KIND_MASK, arg, time);
    }
  }

  private drop(slot: number): void {
    this.pool.release(slot);
    this.dropped++;
  }

  private compact(): void {
    this.queue.compact(this.pool);
    this.dropped = this.cancelled;
  }

  private stall(): StallError {
    const states = this.handlers.map((handler) => `${handler.name}: ${handler.describe?.() ?? '(no description)'}`);
    return new StallError(this.now, this.stallLimit, states);
  }

  private rejectTime(time: Cycles, handler: HandlerId, kind: number): never {
    const name = this.handlers[handler]?.name ?? `handler ${handler}`;
    throw this.bug(`${name} scheduled kind ${kind} at ${time}, not a whole number of cycles from now to ${MAX_TIME}`);
  }

  private rejectEvent(handler: HandlerId, kind: number, arg: number): never {
    const name = this.handlers[handler]?.name ?? `handler ${handler}`;
    throw this.bug(
      `${name} scheduled kind ${kind} (0 to ${KIND_MASK}) with arg ${arg} (a 32-bit integer): out of range`,
    );
  }

  private bug(message: string): SimulationBug {
    return new SimulationBug(message, { component: 'engine', time: this.now });
  }
}

/** A fresh engine at time 0. */
export function makeNativeEngine(options: EngineOptions = {}): Engine {
  return new NativeEngine(options);
}
