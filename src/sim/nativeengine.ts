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
import { SimulationBug, StallError } from './errors.ts';
import { EventPool } from './eventpool.ts';
import { Fingerprint } from './fingerprint.ts';
import { HeapQueue } from './heapqueue.ts';
import type { Cycles, HandlerId } from './units.ts';

/** Limits of what fits into one code word: handler x KINDS + kind. */
const KINDS = 65_536;
const HANDLERS = 8192;

/** The engine proper: pooled slots, a handler table and the future-event list. */
export class NativeEngine implements Engine {
  readonly kind: 'native' | 'simjs' = 'native';
  readonly fingerprint: Fingerprint;
  now: Cycles = 0;
  executed = 0;
  pending = 0;
  readonly #handlers: EventHandler[] = [];
  readonly #pool = new EventPool();
  readonly #queue = new HeapQueue();
  readonly #stallLimit: number;
  #sinceAdvance = 0;
  #running = false;

  constructor(options: EngineOptions = {}) {
    this.fingerprint = new Fingerprint(options.checkpointBits);
    this.#stallLimit = options.stallLimit ?? STALL_LIMIT;
  }

  register(handler: EventHandler): HandlerId {
    if (this.#handlers.length === HANDLERS) throw this.#bug(`more than ${HANDLERS} handlers (${handler.name})`);
    return (this.#handlers.push(handler) - 1) as HandlerId;
  }

  /** hot */
  schedule(time: Cycles, rank: Rank, handler: HandlerId, kind: number, arg: number): EventHandle {
    if (!(time >= this.now && time <= MAX_TIME && Math.floor(time) === time)) throw this.#badTime(time, handler, kind);
    if ((kind & (KINDS - 1)) !== kind || (arg | 0) !== arg || !(handler < this.#handlers.length))
      throw this.#badEvent(handler, kind, arg);
    const slot = this.#pool.allocate(handler * KINDS + kind, arg);
    this.#queue.push(time * RANKS + rank, slot);
    this.pending++;
    return this.#pool.handle(slot);
  }

  cancel(handle: EventHandle): boolean {
    if (!this.#pool.kill(handle)) return false;
    this.pending--;
    return true;
  }

  nextEventTime(): Cycles {
    this.#dropDead();
    return Math.floor(this.#queue.topKey() / RANKS);
  }

  runUntil(time: Cycles): void {
    if (!(time >= this.now)) throw this.#bug(`runUntil(${time}), now ${this.now}`);
    if (this.#running) throw this.#bug(`runUntil(${time}) inside an event handler`);
    this.#running = true;
    try {
      while (this.nextEventTime() <= time && this.pending > 0) this.#deliver();
    } finally {
      this.#running = false;
    }
    if (time < Infinity) this.now = time;
  }

  #deliver(): void {
    const key = this.#queue.topKey();
    const slot = this.#queue.topSlot();
    const time = Math.floor(key / RANKS);
    if (time > this.now) this.#sinceAdvance = 0;
    else if (++this.#sinceAdvance > this.#stallLimit) throw this.#stall();
    this.now = time;
    const code = this.#pool.code(slot);
    const arg = this.#pool.arg(slot);
    this.#queue.pop();
    this.#pool.release(slot);
    this.pending--;
    this.executed++;
    this.fingerprint.mixEvent(key, code, arg);
    this.#handlers[code >>> 16].onEvent(code & (KINDS - 1), arg, time);
  }

  #dropDead(): void {
    while (this.#queue.size > 0 && this.#pool.code(this.#queue.topSlot()) < 0) {
      this.#pool.release(this.#queue.topSlot());
      this.#queue.pop();
    }
  }

  #stall(): StallError {
    return new StallError(
      this.now,
      this.#stallLimit,
      this.#handlers.map((handler) => `${handler.name}: ${handler.describe?.() ?? '(no description)'}`),
    );
  }

  #badTime(time: Cycles, handler: HandlerId, kind: number): SimulationBug {
    return this.#bug(
      `${this.#handlers[handler]?.name ?? `handler ${handler}`} scheduled kind ${kind} at ${time}: must be a whole number of cycles from now to ${MAX_TIME}`,
    );
  }

  #badEvent(handler: HandlerId, kind: number, arg: number): SimulationBug {
    return this.#bug(
      `handler ${handler} (of ${this.#handlers.length}), kind ${kind} (0 to ${KINDS - 1}), arg ${arg} (32-bit integer): out of range`,
    );
  }

  #bug(message: string): SimulationBug {
    return new SimulationBug(message, { component: 'engine', time: this.now });
  }
}

/** A fresh engine at time 0. */
export function makeNativeEngine(options: EngineOptions = {}): Engine {
  return new NativeEngine(options);
}
