import { PAGE_BYTES } from '../kernel/semantics/layout.ts';
import type { Machine } from '../kernel/semantics/machine.ts';
import { SpaceBit, spaceAt } from '../kernel/semantics/page.ts';
import { Status, ThreadMark, markThread, setThreadCore, threadAt, threadStatus } from '../kernel/semantics/thread.ts';

/** First byte of a thread that is kept when it is dead: only its life. */
const AFTER_STATUS = 1;
/** Offset in a thread of what symmetry compares: after life, process and core. */
const BEHAVIOUR = 3;

/**
 * Brings states that behave alike to one form: dead threads and marks that no rule reads are forgotten, frames
 * numbered by first use, equal threads ordered.
 */
export class Canonicalizer {
  readonly #m: Machine;
  readonly #map: Uint8Array;
  readonly #frames: Uint8Array;
  readonly #spare: Uint8Array;
  readonly #symmetric: boolean;
  /** Marks that no rule reads under these mechanisms: states that differ in them alone behave alike. */
  readonly #unread: number;
  readonly #heapUnread: boolean;

  /** `symmetric`: the first two threads start alike on a core each, and each may do what the other may. */
  constructor(m: Machine, symmetric: boolean) {
    this.#m = m;
    this.#map = new Uint8Array(m.layout.capacity.frames);
    this.#frames = new Uint8Array(m.layout.capacity.frames);
    this.#spare = new Uint8Array(m.layout.size);
    this.#symmetric = symmetric;
    const { KSTK, GATE, HEAPI, SFI } = m.rules.mechanisms;
    this.#unread = (KSTK ? ThreadMark.BadStack : 0) | (GATE ? ThreadMark.DirtyFlags : 0);
    this.#heapUnread = HEAPI || SFI;
  }

  /**
   * Rewrites the machine's state in place; `frames`: the step may have changed which frames are in use. Returns whether the first two
   * threads were exchanged.
   */
  apply(frames: boolean): boolean {
    const { layout, bytes } = this.#m;
    for (let t = 0; t < layout.capacity.threads; t++) {
      if (threadStatus(this.#m, t) === Status.Dead) this.#forgetDead(t);
      else if (this.#unread !== 0) markThread(this.#m, t, this.#unread, false);
    }
    if (this.#heapUnread)
      for (let s = 0; s < layout.capacity.spaces; s++) bytes[spaceAt(this.#m, s)] &= ~SpaceBit.CorruptHeap;
    const swapped = this.#symmetric && this.#isDescending();
    if (swapped) this.#exchange();
    if (frames) this.#dropPins();
    if (frames || swapped) this.#renumber();
    return swapped;
  }

  /** Exchanges the first two threads with their cores, whatever their order. */
  exchange(): void {
    this.#exchange();
    this.#renumber();
  }

  /** Forgets pins of frames that no page and no translation maps: what a device writes there nobody can ever read. */
  #dropPins(): void {
    const { layout, bytes } = this.#m;
    let kept = 0;
    for (let i = 0; i < bytes[1]; i++) {
      const frame = bytes[layout.pins + i];
      if (this.#isMapped(frame)) bytes[layout.pins + kept++] = frame;
    }
    for (let i = kept; i < bytes[1]; i++) bytes[layout.pins + i] = 0;
    bytes[1] = kept;
  }

  #isMapped(frame: number): boolean {
    const { layout, bytes } = this.#m;
    const { spaces, pages, cores } = layout.capacity;
    for (let s = 0; s < spaces; s++) {
      for (let p = 0, at = layout.spaces + s * layout.spaceSize + 1; p < pages; p++, at += PAGE_BYTES) {
        if ((bytes[at] & 1) !== 0 && bytes[at + 1] === frame) return true;
      }
    }
    const end = cores > 1 ? layout.size : layout.tlb;
    for (let at = layout.tlb; at < end; at += 2) {
      if ((bytes[at] & 1) !== 0 && bytes[at + 1] === frame) return true;
    }
    return false;
  }

  #forgetDead(t: number): void {
    const { layout, bytes } = this.#m;
    const at = threadAt(this.#m, t);
    for (let i = at + BEHAVIOUR; i < at + layout.threadSize; i++) bytes[i] = 0;
  }

  /** Whether thread 0 comes after thread 1 in the order of their bytes, or of their cores' translations. */
  #isDescending(): boolean {
    const { layout, bytes } = this.#m;
    const first = layout.threads;
    const second = first + layout.threadSize;
    if (bytes[first] !== bytes[second]) return bytes[first] > bytes[second];
    for (let i = AFTER_STATUS + 2; i < layout.threadSize; i++) {
      if (bytes[first + i] !== bytes[second + i]) return bytes[first + i] > bytes[second + i];
    }
    const half = (layout.size - layout.tlb) >> 1;
    const flags = layout.capacity.spaces * layout.capacity.pages * 2;
    for (let i = 0; i < Math.min(half, flags); i += 2) {
      const a = bytes[layout.tlb + i];
      const b = bytes[layout.tlb + flags + i];
      if (a !== b) return a > b;
    }
    return false;
  }

  /** Exchanges the first two threads together with their cores. */
  #exchange(): void {
    const { layout, bytes } = this.#m;
    this.#swap(layout.threads, layout.threads + layout.threadSize, layout.threadSize);
    setThreadCore(this.#m, 0, 0);
    setThreadCore(this.#m, 1, 1);
    const translations = layout.capacity.spaces * layout.capacity.pages * 2;
    this.#swap(layout.tlb, layout.tlb + translations, translations);
    const core = bytes[layout.cores];
    bytes[layout.cores] = bytes[layout.cores + 1];
    bytes[layout.cores + 1] = core;
  }

  #swap(a: number, b: number, length: number): void {
    const { bytes } = this.#m;
    const spare = this.#spare;
    for (let i = 0; i < length; i++) spare[i] = bytes[a + i];
    bytes.copyWithin(a, b, b + length);
    for (let i = 0; i < length; i++) bytes[b + i] = spare[i];
  }

  /** Numbers frames in the order of pages, pins, translations; frames nobody refers to vanish. */
  #renumber(): void {
    const { layout, bytes } = this.#m;
    const { spaces, pages, cores, frames } = layout.capacity;
    for (let f = 0; f < frames; f++) this.#map[f] = 0;
    let next = 1;
    for (let s = 0; s < spaces; s++)
      next = this.#visit(layout.spaces + s * layout.spaceSize + 1, pages, PAGE_BYTES, next);
    for (let i = 0; i < bytes[1]; i++) next = this.#rename(layout.pins + i, next);
    if (cores > 1) next = this.#visit(layout.tlb, cores * spaces * pages, 2, next);
    const moved = this.#frames;
    for (let f = 0; f < frames; f++) moved[f] = 0;
    for (let f = 0; f < frames; f++) if (this.#map[f] !== 0) moved[this.#map[f] - 1] = bytes[layout.frames + f];
    for (let f = 0; f < frames; f++) bytes[layout.frames + f] = moved[f];
  }

  #visit(from: number, count: number, stride: number, next: number): number {
    const { bytes } = this.#m;
    let free = next;
    for (let i = 0, at = from; i < count; i++, at += stride)
      if ((bytes[at] & 1) !== 0) free = this.#rename(at + 1, free);
    return free;
  }

  /** Renames the frame in one byte; returns the next free number plus one. */
  #rename(at: number, next: number): number {
    const { bytes } = this.#m;
    const frame = bytes[at];
    const known = this.#map[frame] !== 0;
    if (!known) this.#map[frame] = next;
    bytes[at] = this.#map[frame] - 1;
    return known ? next : next + 1;
  }
}
