import { SimulationBug } from './errors.ts';
import type { EventHandle } from './engine.ts';

/** Words of a slot: code (handler x 65536 + kind, or DEAD), argument (next free slot while free), generation. */
const WORDS = 3;
const CODE = 0;
const ARG = 1;
const GENERATION = 2;
/** Code of a cancelled event that still stands in the queue. */
const DEAD = -1;
/** A handle is generation x SLOTS + slot: 2^24 slots and 2^29 generations fill 53 bits. */
const SLOTS = 0x1000000;
const GENERATIONS = 0x20000000;

/** Pool of pending events as one Int32Array, recycled last-in first-out so that a hot slot is reused at once. */
export class EventPool {
  #words = new Int32Array(1024 * WORDS);
  #used = 0;
  #free = -1;

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.#words.byteLength;
  }

  /** Takes a slot for an event. hot */
  allocate(code: number, arg: number): number {
    let slot = this.#free;
    if (slot >= 0) this.#free = this.#words[slot * WORDS + ARG];
    else slot = this.#extend();
    this.#words[slot * WORDS + CODE] = code;
    this.#words[slot * WORDS + ARG] = arg;
    return slot;
  }

  /** Gives a slot back. hot */
  release(slot: number): void {
    const at = slot * WORDS;
    this.#words[at + GENERATION] = (this.#words[at + GENERATION] + 1) & (GENERATIONS - 1);
    this.#words[at + ARG] = this.#free;
    this.#free = slot;
  }

  /** Negative for a cancelled event. hot */
  code(slot: number): number {
    return this.#words[slot * WORDS + CODE];
  }

  /** hot */
  arg(slot: number): number {
    return this.#words[slot * WORDS + ARG];
  }

  /** The handle of the event that now holds `slot`. hot */
  handle(slot: number): EventHandle {
    return this.#words[slot * WORDS + GENERATION] * SLOTS + slot;
  }

  /** Marks an event dead; its slot is released when the queue reaches it. False when the handle is stale. hot */
  kill(handle: EventHandle): boolean {
    const generation = Math.floor(handle / SLOTS);
    const slot = handle - generation * SLOTS;
    if (!(slot >= 0 && slot < this.#used)) return false;
    const at = slot * WORDS;
    if (this.#words[at + GENERATION] !== generation || this.#words[at + CODE] === DEAD) return false;
    this.#words[at + CODE] = DEAD;
    return true;
  }

  #extend(): number {
    if (this.#used === SLOTS) throw new SimulationBug(`more than ${SLOTS} events are pending`, { component: 'engine' });
    const slot = this.#used++;
    if (this.#used * WORDS > this.#words.length) {
      const words = new Int32Array(Math.min(SLOTS, Math.ceil(this.#used * 1.25)) * WORDS);
      words.set(this.#words);
      this.#words = words;
    }
    return slot;
  }
}
