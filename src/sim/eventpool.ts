import type { EventHandle } from './engine.ts';
import { SimulationBug } from './errors.ts';
import type { Slots } from './slots.ts';

/** Words of a slot: a key of two words, code (at 2), argument (3), next slot of its list (4), serial number (5). */
const STRIDE = 6;
const FIRST_SLOTS = 128;
/** Growth of the pool: at most an eighth of it is spare. */
const GROWTH = 1.125;
/** Slots: a handle of 28 bits of serial number and 25 bits of half the slot's offset fills the 53 bits of a double. */
const MAX_SLOTS = Math.floor((2 * 0x2000000) / STRIDE);

/**
 * Pool of pending events, slots of 24 bytes in one piece of memory, recycled last-in first-out so that a warm slot is reused at once.
 *
 * A slot is named by the offset of its first word. Its code (>= 0) and argument are the event's; key and next slot are the queue's. The
 * code of a free slot is -1 - (next free slot), of a cancelled event -1. Slot 0 is never given out: lists end there.
 */
export class EventPool implements Slots {
  /** Events ever allocated. */
  issued = 0;
  /** Cancelled events whose slots were released. */
  reaped = 0;
  keys = new Float64Array(0);
  /** The same memory as `keys`. */
  words = new Int32Array(0);
  /** First free slot, 0 when none. */
  private free = 0;

  constructor() {
    this.enlarge(FIRST_SLOTS);
    this.keys[0] = Infinity;
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.words.byteLength;
  }

  /** Takes a slot for an event; `code` is not negative. hot */
  allocate(code: number, arg: number): number {
    if (this.free === 0) this.grow();
    const slot = this.free;
    const words = this.words;
    this.free = ~words[slot + 2];
    words[slot + 2] = code;
    words[slot + 3] = arg;
    words[slot + 5] = ++this.issued & 0xfffffff;
    return slot;
  }

  /** The handle of the event allocated last, in `slot`: serial number x 2^25 + slot / 2. hot */
  handle(slot: number): EventHandle {
    return (this.issued & 0xfffffff) * 0x2000000 + (slot >> 1);
  }

  /** Gives the slot back and returns the event's argument. hot */
  release(slot: number): number {
    const words = this.words;
    words[slot + 2] = ~this.free;
    this.free = slot;
    return words[slot + 3];
  }

  /** Marks an event dead; its slot is released when the queue drops it. False when the handle is stale. hot */
  kill(handle: EventHandle): boolean {
    const serial = Math.floor(handle / 0x2000000);
    const slot = ((handle - serial * 0x2000000) * 2) | 0;
    const words = this.words;
    if (slot <= 0 || slot % 6 !== 0 || slot >= words.length || words[slot + 5] !== serial || words[slot + 2] < 0)
      return false; // 6: STRIDE
    words[slot + 2] = -1;
    return true;
  }

  /** Whether the event was cancelled. hot */
  dead(slot: number): boolean {
    return this.words[slot + 2] < 0;
  }

  /** Releases the slot of a cancelled event. */
  reap(slot: number): void {
    this.release(slot);
    this.reaped++;
  }

  /** Makes room for an eighth more slots. */
  private grow(): void {
    const slots = this.words.length / STRIDE;
    if (slots === MAX_SLOTS)
      throw new SimulationBug(`more than ${MAX_SLOTS - 1} events are pending`, { component: 'engine' });
    this.enlarge(Math.min(MAX_SLOTS, Math.ceil(slots * GROWTH)));
  }

  /** Makes room for so many slots and links the new ones to the empty free list, the lowest first. */
  private enlarge(slots: number): void {
    const old = this.words;
    const buffer = new ArrayBuffer(slots * STRIDE * 4);
    this.keys = new Float64Array(buffer);
    this.words = new Int32Array(buffer);
    this.words.set(old);
    for (let slot = this.words.length - STRIDE; slot >= Math.max(STRIDE, old.length); slot -= STRIDE) {
      this.words[slot + 2] = ~this.free;
      this.free = slot;
    }
  }
}
