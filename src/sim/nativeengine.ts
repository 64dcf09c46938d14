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
import { LadderQueue } from './ladderqueue.ts';
import { powerOfTwo } from './maths.ts';
import type { Cycles, HandlerId } from './units.ts';

/** Largest number of handlers: an event's code, handler x 65536 + kind, is a non-negative int32. */
const HANDLERS = 32_768;
/** Dead events stay in the queue until they are more than these and more than half of it. */
const COMPACT_MIN = 256;
/** Events delivered between two checks for a stall. */
const BATCH = 1000;

/** The engine proper, at time 0: pooled slots, a table of handlers, and the ladder queue as future-event list. */
export class NativeEngine implements Engine {
  readonly kind = 'native';
  readonly fingerprint = new Fingerprint();
  now: Cycles = 0;
  executed = 0;
  private readonly handlers: EventHandler[] = [];
  private readonly pool = new EventPool();
  private readonly queue = new LadderQueue(this.pool);
  private readonly fingerprints: boolean;
  private readonly stallLimit: number;
  /** Events between two checkpoints of the fingerprint. */
  private readonly interval: number;
  /** Where the present run ends: a time, and the largest key up to it. */
  private horizon: Cycles = 0;
  private bound = 0;
  private cancelled = 0;
  /** Events delivered since time advanced, reckoned at the end of each batch. */
  private standing = 0;
  private running = false;

  constructor(options: EngineOptions = {}) {
    this.stallLimit = options.stallLimit ?? STALL_LIMIT;
    this.fingerprints = options.fingerprints ?? true;
    this.interval = options.checkpointBits === undefined ? Infinity : powerOfTwo(options.checkpointBits);
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

  /** hot: short, so that it is inlined into handlers; MAX_TIME and RANKS stand as numbers for the same reason, see LadderQueue */
  schedule(time: Cycles, rank: Rank, handler: HandlerId, kind: number, arg: number): EventHandle {
    const valid = time >= this.now && Math.floor(time) === time && (kind & 0xffff) === kind && (arg | 0) === arg;
    if (!valid || time > 2251799813685247) throw this.rejection(time, handler, kind, arg);
    const slot = this.pool.allocate((handler << 16) | kind, arg);
    this.queue.push(time * 4 + rank, slot);
    return this.pool.handle(slot);
  }

  /** hot */
  cancel(handle: EventHandle): boolean {
    if (!this.pool.kill(handle)) return false;
    const dead = ++this.cancelled - this.pool.reaped;
    if (dead > COMPACT_MIN && dead > this.pending) this.queue.compact();
    return true;
  }

  nextEventTime(): Cycles {
    const { queue, pool } = this;
    while (queue.first !== 0 || queue.refill()) {
      const slot = queue.first;
      if (!pool.dead(slot)) return Math.floor(pool.keys[slot >> 1] * 0.25); // 1 / RANKS
      queue.first = pool.words[slot + 4];
      pool.reap(slot);
    }
    return Infinity;
  }

  runUntil(time: Cycles): void {
    if (!(time >= this.now)) throw this.bug(`runUntil(${time}): lies before now`);
    if (this.running) throw this.bug(`runUntil(${time}) called by an event handler`);
    this.setHorizon(time);
    this.running = true;
    try {
      while (this.deliverBatch());
    } finally {
      this.running = false;
    }
    if (this.horizon === this.now || this.horizon === Infinity) return;
    this.now = this.horizon;
    this.standing = 0;
  }

  /** Makes the present run end at `time` already, not before now; for one who orders other events among the engine's. */
  shortenRun(time: Cycles): void {
    if (time < this.horizon) this.setHorizon(time);
  }

  /** Delivers events up to the next check; false when there are no more up to the horizon. */
  private deliverBatch(): boolean {
    const { now, executed, interval } = this;
    const toCheckpoint = interval - (executed % interval);
    const isMore = this.deliver(executed + Math.min(BATCH, this.stallLimit, toCheckpoint));
    this.standing = this.now === now ? this.standing + this.executed - executed : 0;
    if (this.standing >= this.stallLimit) throw this.stall();
    if (isMore && this.executed % interval === 0) this.fingerprint.checkpoint(this.executed);
    return isMore;
  }

  /** The run loop: delivers events until `target` have been executed; false when there are no more up to the horizon. hot */
  private deliver(target: number): boolean {
    const queue = this.queue;
    const pool = this.pool;
    while (this.executed < target) {
      let slot = queue.first;
      if (slot === 0) {
        if (!queue.refill()) return false;
        slot = queue.first;
      }
      const key = pool.keys[slot >> 1];
      if (key > this.bound) return false;
      const words = pool.words;
      queue.first = words[slot + 4];
      const code = words[slot + 2];
      if (code < 0) {
        pool.reap(slot);
        continue;
      }
      const arg = pool.release(slot);
      const time = Math.floor(key * 0.25); // 1 / RANKS
      this.now = time;
      this.executed++;
      if (this.fingerprints) this.fingerprint.mixEvent(key | 0, (key * 2.3283064365386963e-10) | 0, code, arg); // 2^-32
      this.handlers[code >>> 16].onEvent(code & 0xffff, arg, time);
    }
    return true;
  }

  private setHorizon(time: Cycles): void {
    this.horizon = time;
    this.bound = Math.floor(time) * RANKS + RANKS - 1;
  }

  private stall(): StallError {
    const states = this.handlers.map((handler) => `${handler.name}: ${handler.describe?.() ?? '(no description)'}`);
    return new StallError(this.now, this.stallLimit, states);
  }

  private rejection(time: Cycles, handler: HandlerId, kind: number, arg: number): SimulationBug {
    const name = this.handlers[handler]?.name ?? `handler ${handler}`;
    return this.bug(
      `${name} scheduled kind ${kind}, arg ${arg} at ${time}; time must be a whole number from now to ${MAX_TIME}, ` +
        `kind one from 0 to 65535, arg a 32-bit integer`,
    );
  }

  private bug(message: string): SimulationBug {
    return new SimulationBug(message, { component: 'engine', time: this.now });
  }
}
