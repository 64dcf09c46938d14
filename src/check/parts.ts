import type { Layout } from '../kernel/semantics/layout.ts';
import type { Machine } from '../kernel/semantics/machine.ts';
import { Status } from '../kernel/semantics/thread.ts';
import type { Packing } from './packing.ts';
import { Tuples } from './tuples.ts';
import { SHOWN, View } from './views.ts';
import type { ViewName } from './views.ts';

/** Parts of a state: the system, its processes and which threads live; the memory; three parts of each thread; the translations of each core. */
export const SYSTEM = 0;
/** Number of the part that holds pages and mappings. */
export const MEMORY = 1;
/** Parts before those of threads, and parts of each thread. */
const COMMON = 2;
const PER_THREAD = 3;

/** Part that holds a thread's registers, mode and marks. */
export function headOf(t: number): number {
  return COMMON + PER_THREAD * t;
}

/** Part that holds a thread's return slots and kernel-held frames. */
export function stacksOf(t: number): number {
  return headOf(t) + 1;
}

/** Part that holds a thread's signal frames. */
export function signalsOf(t: number): number {
  return headOf(t) + 2;
}

/** Part that holds a core's translations, in states of `threads` threads. With one core there is none: translations are always coherent. */
export function translationsOf(core: number, threads: number): number {
  return headOf(threads) + core;
}

/** Bytes of a thread that belong to the system part: life, process, core. */
const LIFE_BYTES = 3;
/** Offsets in a thread: end of the head, count of signal frames. */
const HEAD_END = 10;
const SIGNAL_COUNT = 12;
/** What `#partOf` says of a byte that is in no part. */
const NONE = 255;

function range(from: number, end: number): number[] {
  return Array.from({ length: Math.max(end - from, 0) }, (_, i) => from + i);
}

/** Bytes of the three parts of the thread whose first byte is `at`. */
function threadBytes(layout: Layout, at: number): number[][] {
  const signals = at + layout.signals;
  return [
    range(at + LIFE_BYTES, at + HEAD_END),
    [...range(at + HEAD_END, at + SIGNAL_COUNT), ...range(at + layout.slots, signals)],
    [at + SIGNAL_COUNT, ...range(signals, at + layout.threadSize)],
  ];
}

/** Bytes of each core's translations. */
function translationBytes({ capacity, tlb }: Layout): number[][] {
  const { cores, spaces, pages } = capacity;
  const size = 2 * spaces * pages;
  return cores === 1 ? [] : range(0, cores).map((core) => range(tlb + core * size, tlb + (core + 1) * size));
}

/** Bytes of every part. */
function bytesOfParts(layout: Layout): number[][] {
  const starts = range(0, layout.capacity.threads).map((t) => layout.threads + t * layout.threadSize);
  const system = [0, ...range(layout.cores, layout.spaces), ...starts.flatMap((at) => range(at, at + LIFE_BYTES))];
  const memory = [1, ...range(layout.pins, layout.cores), ...range(layout.spaces, layout.threads)];
  const threads = starts.flatMap((at) => threadBytes(layout, at));
  const parts = [system, memory, ...threads, ...translationBytes(layout)];
  return parts.map((bytes) => bytes.filter((at) => layout.widths[at] > 0));
}

/** Which bits of the words at `places` belong to some bytes. */
function masksOf(bytes: readonly number[], places: Uint16Array): Int32Array {
  const machine = new Uint8Array(4 * (Math.max(0, ...places) + 1));
  for (const at of bytes) machine[at] = 255;
  const words = new Int32Array(machine.buffer);
  return Int32Array.from(places, (place) => words[place]);
}

/**
 * A state as numbers of its parts. Each part's bytes are kept once, where they lie in whole words, under a number; the parts of threads share their numbers, so that equal
 * threads have equal numbers, and number 0 is an empty one.
 */
export class Parts {
  /** Parts of a state. */
  readonly count: number;
  /** Bits that the bytes of a state need, without being split. */
  readonly bits: number;
  readonly #m: Machine;
  readonly #partOf: Uint8Array;
  readonly #contents: readonly Tuples[];
  /** By part: the words it has bytes in, and which bits of them. */
  readonly #places: readonly Uint16Array[];
  readonly #masks: readonly Int32Array[];
  readonly #own: readonly Int32Array[];
  /** By name, and by the first part of those that share their contents. */
  readonly #views = new Map<string, View>();

  /** Parts of the states of `m`, which is loaded and read in place. */
  constructor(m: Machine) {
    const { layout } = m;
    const offsets = bytesOfParts(layout);
    this.#m = m;
    this.count = offsets.length;
    this.bits = offsets.flat().reduce((sum, at) => sum + layout.widths[at], 0);
    this.#partOf = new Uint8Array(layout.size).fill(NONE);
    for (const [part, bytes] of offsets.entries()) for (const at of bytes) this.#partOf[at] = part;
    this.#places = offsets.map((bytes) => Uint16Array.from(new Set(bytes.map((at) => at >> 2))));
    this.#masks = offsets.map((bytes, part) => masksOf(bytes, this.#places[part]));
    this.#own = this.#places.map((places) => new Int32Array(places.length));
    const own = this.#own.map((words) => new Tuples(words.length));
    const end = headOf(layout.capacity.threads);
    const first = (part: number): number => (part < end ? COMMON + ((part - COMMON) % PER_THREAD) : part);
    this.#contents = own.map((contents, part) => (part < COMMON ? contents : own[first(part)]));
    for (let part = COMMON; part < COMMON + PER_THREAD; part++) this.#contents[part].intern(this.#own[part]);
  }

  /** Tables of the parts' contents, and views of them. */
  get tables(): readonly { readonly bytes: number }[] {
    return [...new Set(this.#contents), ...this.#views.values()];
  }

  /** A view of a part. Parts that share their contents share views of them. */
  view(part: number, name: ViewName): View {
    const key = `${name} ${this.#contents.indexOf(this.#contents[part])}`;
    const view = this.#views.get(key) ?? this.#makeView(part, name);
    this.#views.set(key, view);
    return view;
  }

  #makeView(part: number, name: ViewName): View {
    const shown = new Int32Array(SHOWN[name](this.#m.layout).buffer);
    const masks = this.#masks[part].map((mask, i) => mask & shown[this.#places[part][i]]);
    return new View(this.#contents[part], masks);
  }

  /** Part that a byte of the state belongs to; undefined for the translations of a single core and bytes that nothing uses. */
  partAt(byte: number): number | undefined {
    const part = this.#partOf[byte];
    return part === NONE ? undefined : part;
  }

  /** Adds to the machine what is to be seen of a part, numbered as `packing` finds it in `state`. */
  loadSeen(state: Int32Array, packing: Packing, part: number, { masks }: View): void {
    const { words } = this.#m;
    const places = this.#places[part];
    const { data } = this.#contents[part];
    const from = packing.numberIn(state, part) * masks.length;
    for (let i = 0; i < masks.length; i++) words[places[i]] |= data[from + i] & masks[i];
  }

  /** Puts the parts in `mask` into the machine, numbered as `packing` finds them in `state`; all others become 0. */
  load(state: Int32Array, packing: Packing, mask: number): void {
    const { words } = this.#m;
    for (let i = 0; i < words.length; i++) words[i] = 0;
    for (let part = 0; part < this.count; part++) {
      if ((mask & (1 << part)) !== 0) this.#put(part, packing.numberIn(state, part));
    }
  }

  #put(part: number, number: number): void {
    const { words } = this.#m;
    const places = this.#places[part];
    const { data, width } = this.#contents[part];
    for (let i = 0, at = number * width; i < places.length; i++, at++) words[places[i]] |= data[at];
  }

  /** Number of what the machine holds of a part now. */
  numberOf(part: number): number {
    const { words } = this.#m;
    const places = this.#places[part];
    const masks = this.#masks[part];
    const own = this.#own[part];
    for (let i = 0; i < places.length; i++) own[i] = words[places[i]] & masks[i];
    return this.#contents[part].intern(own);
  }

  /** Parts, as bits, in which the machine differs from a state given as words. */
  changed(from: Int32Array): number {
    const { words } = this.#m;
    let mask = 0;
    for (let w = 0; w < words.length; w++) {
      for (let at = w << 2, rest = from[w] ^ words[w]; rest !== 0; at++, rest >>>= 8) {
        if ((rest & 255) !== 0 && this.#partOf[at] !== NONE) mask |= 1 << this.#partOf[at];
      }
    }
    return mask;
  }

  /** Threads that run, as bits, in the machine now. */
  running(): number {
    const { bytes, layout } = this.#m;
    let mask = 0;
    for (let t = 0; t < layout.capacity.threads; t++) {
      if (bytes[layout.threads + t * layout.threadSize] === Status.Running) mask |= 1 << t;
    }
    return mask;
  }
}
