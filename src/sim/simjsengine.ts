import {
  STALL_LIMIT,
  type Engine,
  type EngineOptions,
  type EventHandle,
  type EventHandler,
  type Rank,
} from './engine.ts';
import { StallError } from './errors.ts';
import type { Fingerprint } from './fingerprint.ts';
import { NativeEngine } from './nativeengine.ts';
import { SimjsQueue } from './simjsqueue.ts';
import type { Cycles, HandlerId } from './units.ts';

/** The part of simjs's `Sim` that we replace or call. */
export interface SimjsSim {
  queue: unknown;
  /** Runs to `endTime`, or until so many requests were delivered; true in the first case. */
  simulate(endTime: number, maxEvents?: number): boolean;
  /** Delivers one request and what comes before it; false when there is none. */
  step(): boolean;
  /** Calls `finalize` of all entities. */
  finalize(): void;
}

/** What the package gives: its `Sim` class, loaded by whoever has a file system (simjs has no module export on Node). */
export interface SimjsModule {
  readonly Sim: new () => SimjsSim;
}

/**
 * Our engine behind simjs's `Sim`: `sim` takes simjs's own entities, facilities, stores and timers, our handlers run beside them on one
 * clock. Events of handlers come before requests of simjs at the same time. Trajectory and fingerprint of handlers equal those of
 * NativeEngine; each request delivered is mixed into the fingerprint by its time.
 */
export class SimjsEngine implements Engine {
  readonly kind = 'simjs';
  /** A subclass of simjs's `Sim` with our queue, our clock and a corrected loop. */
  readonly sim: SimjsSim;
  readonly #core: NativeEngine;
  readonly #requests: SimjsQueue;
  readonly #stallLimit: number;
  #standing = 0;

  constructor(simjs: SimjsModule, options: EngineOptions = {}) {
    this.#core = new NativeEngine(options);
    this.#requests = new SimjsQueue(this.#core);
    this.#stallLimit = options.stallLimit ?? STALL_LIMIT;
    this.sim = this.#makeSim(simjs);
  }

  get now(): Cycles {
    return this.#core.now;
  }

  get executed(): number {
    return this.#core.executed;
  }

  get pending(): number {
    return this.#core.pending;
  }

  get fingerprint(): Fingerprint {
    return this.#core.fingerprint;
  }

  register(handler: EventHandler): HandlerId {
    return this.#core.register(handler);
  }

  schedule(time: Cycles, rank: Rank, handler: HandlerId, kind: number, arg: number): EventHandle {
    return this.#core.schedule(time, rank, handler, kind, arg);
  }

  cancel(handle: EventHandle): boolean {
    return this.#core.cancel(handle);
  }

  nextEventTime(): Cycles {
    return Math.min(this.#core.nextEventTime(), this.#requests.nextTime());
  }

  runUntil(time: Cycles): void {
    this.#advance(time, Infinity);
  }

  /** Delivers everything up to `time`, or until so many requests were delivered; true in the first case. */
  #advance(time: Cycles, requests: number): boolean {
    const core = this.#core;
    for (let left = requests; ;) {
      core.runUntil(Math.min(time, this.#requests.nextTime())); // a request made meanwhile ends it earlier
      const next = this.#requests.nextTime();
      if (next === core.now) {
        this.#deliverRequest();
        if (--left === 0) return false;
      } else if (core.now >= time || (next === Infinity && core.pending === 0)) return true;
    }
  }

  #deliverRequest(): void {
    const { now, fingerprint } = this.#core;
    fingerprint.mix(now);
    this.#requests.remove()!.deliver();
    this.#standing = this.#requests.nextTime() === now ? this.#standing + 1 : 0;
    if (this.#standing > this.#stallLimit) throw new StallError(now, this.#stallLimit, ['simjs: requests at one time']);
  }

  /** What stock simjs gets wrong is replaced: `simulate` loses the first request beyond its end and leaves the clock behind. */
  #makeSim(simjs: SimjsModule): SimjsSim {
    const advance = (time: number, requests: number): boolean => this.#advance(time, requests);
    const core = this.#core;
    const requests = this.#requests;
    return new (class extends simjs.Sim {
      constructor() {
        super();
        this.queue = requests;
        Object.defineProperty(this, 'simTime', { get: () => core.now });
      }

      override simulate(endTime: number, maxEvents?: number): boolean {
        const ended = advance(endTime, maxEvents || Infinity); // simjs takes 0 for no limit
        if (ended) this.finalize();
        return ended;
      }

      override step(): boolean {
        return !advance(Infinity, 1);
      }
    })();
  }
}
