import type { EventHandle } from './engine.ts';
import { SimulationBug } from './errors.ts';
import type { Reaper } from './sortedrun.ts';

const FIRST_WORDS = 512;
/** Growth of the pool: at most an eighth of it is spare. */
const GROWTH = 1.125;
/** Words, so 2^24 slots: a handle of 28 bits of serial number and 25 bits of slot fills the 53 bits of a double. */
const MAX_WORDS = 0x2000000;

/**
 * Pool of pending events in flat arrays, recycled last-in first-out so that a warm slot is reused at once.
 *
 * A slot is two words, named by the (even) offset of the first: its code (>= 0) and its argument. The code of a free slot is
 * -2 - (next free slot), of a cancelled event -1. Its serial number lies apart, being needed only to make and to check handles.
 */
export class EventPool implements Reaper {
  /** Events ever allocated. */
  issued = 0;
  /** Cancelled events whose slots were released. */
  reaped = 0;
  private words = new Int32Array(0);
  private serials = new Int32Array(0);
  /** First free slot, -1 when none. */
  private free = -1;

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.words.byteLength + this.serials.byteLength;
  }

  /** Takes a slot for an event; `code` is not negative. hot */
  allocate(code: number, arg: number): number {
    if (this.free < 0) this.grow();
    const slot = this.free;
    const words = this.words;
    this.free = (-2 - words[slot]) | 0;
    words[slot] = code;
    words[slot | 1] = arg;
    this.serials[slot >> 1] = ++this.issued & 0xfffffff;
    return slot;
  }

  /** The handle of the event allocated last, in `slot`: serial number x 2^25 + slot. hot */
  handle(slot: number): EventHandle {
    return (this.issued & 0xfffffff) * 0x2000000 + slot;
  }

  /** Code of the event; negative when it was cancelled. hot */
  code(slot: number): number {
    return this.words[slot];
  }

  /** Gives the slot back and returns the event's argument. hot */
  release(slot: number): number {
    const words = this.words;
    words[slot] = (-2 - this.free) | 0;
    this.free = slot;
    return words[slot | 1];
  }

  /** Marks an event dead; its slot is released when the queue drops it. False when the handle is stale. hot */
  kill(handle: EventHandle): boolean {
    const serial = Math.floor(handle / 0x2000000);
    const slot = handle - serial * 0x2000000;
    const words = this.words;
    if (!(slot >= 0 && slot < words.length) || this.serials[slot >> 1] !== serial || words[slot] < 0) return false;
    words[slot] = -1;
    return true;
  }

  /** Whether the event was cancelled. hot */
  dead(slot: number): boolean {
    return this.words[slot] < 0;
  }

  /** Releases the slot of a cancelled event. */
  reap(slot: number): void {
    this.release(slot);
    this.reaped++;
  }

  /** Makes room for an eighth more slots and links the new ones to the empty free list, the lowest first. */
  private grow(): void {
    const { words, serials } = this;
    const length = Math.min(MAX_WORDS, Math.max(FIRST_WORDS, Math.ceil((words.length / 2) * GROWTH) * 2));
    if (length === words.length)
      throw new SimulationBug(`more than ${MAX_WORDS / 2} events are pending`, { component: 'engine' });
    this.words = new Int32Array(length);
    this.serials = new Int32Array(length / 2);
    this.words.set(words);
    this.serials.set(serials);
    for (let slot = length - 2; slot >= words.length; slot -= 2) {
      this.words[slot] = -2 - this.free;
      this.free = slot;
    }
  }
}
