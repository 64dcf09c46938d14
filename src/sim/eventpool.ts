import type { EventHandle } from './engine.ts';
import { SimulationBug } from './errors.ts';
import type { Reaper } from './sortedrun.ts';

/** A slot is four words, so that its offset is a shift: code, argument (next free slot while free), serial number, unused. */
const SHIFT = 2;
const ARG = 1;
const SERIAL = 2;
/** Code of a slot that is free or whose event was cancelled. */
const DEAD = -1;
/** A handle is serial x SLOTS + slot; 2^24 slots and serials modulo 2^29 fill 53 bits. */
const SLOTS = 0x1000000;
const SERIAL_MASK = 0x1fffffff;
const FIRST_SLOTS = 256;
const GROWTH = 1.125;

/** Pool of pending events in one Int32Array, recycled last-in first-out so that a warm slot is reused at once. */
export class EventPool implements Reaper {
  /** Events ever allocated; also their serial numbers. */
  issued = 0;
  private words = new Int32Array(FIRST_SLOTS << SHIFT);
  private used = 0;
  private free = -1;

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.words.byteLength;
  }

  /** Takes a slot for an event; `code` is not negative. hot */
  allocate(code: number, arg: number): number {
    const slot = this.free < 0 ? this.extend() : this.free;
    const words = this.words;
    const at = slot << SHIFT;
    this.free = words[at + ARG];
    words[at] = code;
    words[at + ARG] = arg;
    words[at + SERIAL] = ++this.issued & SERIAL_MASK;
    return slot;
  }

  /** The handle of the event allocated last, in `slot`. hot */
  handle(slot: number): EventHandle {
    return (this.issued & SERIAL_MASK) * SLOTS + slot;
  }

  /** Code of the event; negative when it was cancelled. hot */
  code(slot: number): number {
    return this.words[slot << SHIFT];
  }

  /** Gives the slot back and returns the event's argument. hot */
  release(slot: number): number {
    const words = this.words;
    const at = slot << SHIFT;
    const arg = words[at + ARG];
    words[at] = DEAD;
    words[at + ARG] = this.free;
    this.free = slot;
    return arg;
  }

  /** Marks an event dead; its slot is released when the queue drops it. False when the handle is stale. hot */
  kill(handle: EventHandle): boolean {
    const serial = Math.floor(handle / SLOTS);
    const slot = handle - serial * SLOTS;
    if (!(slot >= 0 && slot < this.used)) return false;
    const at = slot << SHIFT;
    if (this.words[at + SERIAL] !== serial || this.words[at] === DEAD) return false;
    this.words[at] = DEAD;
    return true;
  }

  /** Whether the event in a slot was cancelled. */
  dead(slot: number): boolean {
    return this.code(slot) < 0;
  }

  /** Releases the slot of a cancelled event. */
  reap(slot: number): void {
    this.release(slot);
  }

  /** A slot never used before, linked to the empty free list. */
  private extend(): number {
    const slot = this.used++;
    if (slot === SLOTS) throw new SimulationBug(`more than ${SLOTS} events are pending`, { component: 'engine' });
    if (slot << SHIFT === this.words.length) {
      const words = new Int32Array(Math.min(SLOTS, Math.ceil(slot * GROWTH)) << SHIFT);
      words.set(this.words);
      this.words = words;
    }
    this.words[(slot << SHIFT) + ARG] = this.free;
    return slot;
  }
}
