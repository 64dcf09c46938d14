/** How many of each noun a state can hold. Search uses a tight one, replay a generous one. */
export interface Capacity {
  readonly threads: number;
  readonly processes: number;
  /** Address spaces. */
  readonly spaces: number;
  /** Virtual pages that can be named, a prefix of PAGE_NAMES. */
  readonly pages: number;
  /** Physical frames, at most 255. */
  readonly frames: number;
  readonly cores: number;
  /** Return slots per thread. */
  readonly slots: number;
  /** Kernel-held entry frames per thread. */
  readonly kernelFrames: number;
  /** Signal frames per thread. */
  readonly signals: number;
  readonly pins: number;
}

/** Room for any program of a few hundred steps. */
export const GENEROUS: Capacity = {
  threads: 16,
  processes: 16,
  spaces: 16,
  pages: 9,
  frames: 200,
  cores: 2,
  slots: 200,
  kernelFrames: 100,
  signals: 200,
  pins: 200,
};

/** Byte offsets of a state's parts, and the bits each byte can use. One state is `size` bytes, a multiple of 4; threads begin at whole words. */
export interface Layout {
  readonly capacity: Capacity;
  readonly size: number;
  /** First byte of the pinned frames; the count is one byte before. */
  readonly pins: number;
  /** One byte a core. */
  readonly cores: number;
  readonly processes: number;
  readonly spaces: number;
  readonly spaceSize: number;
  readonly frames: number;
  readonly threads: number;
  readonly threadSize: number;
  /** Offsets in a thread of its stacks. */
  readonly slots: number;
  readonly kernelFrames: number;
  readonly signals: number;
  /** Translation entries: core, then space, then page, two bytes each. Last, so that a state without them is a prefix. */
  readonly tlb: number;
  /** Bits used by each byte (0 for padding); a packed state has their sum. */
  readonly widths: Uint8Array;
}

/** Bytes of one process: capabilities, space + 1, flags. */
export const PROCESS_BYTES = 3;
/** Bytes of one page: flags, frame, declared entries. */
export const PAGE_BYTES = 3;
/** Bytes of a return slot: address, flags, true address. Of a kernel frame: address, flags, stack depth. Of a signal: frame, record, flags. */
export const SLOT_BYTES = 3;
/** Bytes of a kernel-held frame, as said of `SLOT_BYTES`. */
export const KERNEL_FRAME_BYTES = 3;
/** Bytes of a signal frame, as said of `SLOT_BYTES`. */
export const SIGNAL_BYTES = 3;

/** Bits that count 0 … n − 1. */
function bitsFor(n: number): number {
  return n <= 1 ? 0 : 32 - Math.clz32(n - 1);
}

const WORD_BYTES = 4;

/** Appends fields in order and remembers the bits of each byte. */
class Fields {
  readonly bits: number[] = [];

  /** Appends `times` repetitions of bytes with the given bits; returns the first byte's offset. */
  add(times: number, ...bits: readonly number[]): number {
    const start = this.bits.length;
    for (let i = 0; i < times; i++) this.bits.push(...bits);
    return start;
  }

  /** Fills up to a whole word with bytes that nothing uses. */
  align(): void {
    while (this.bits.length % WORD_BYTES !== 0) this.bits.push(0);
  }
}

/** Bits of a thread's bytes up to its stacks, in the order of the constants in thread.ts. */
function threadBits(capacity: Capacity): number[] {
  const address = bitsFor(capacity.pages) + 3;
  const head = [2, bitsFor(capacity.processes), bitsFor(capacity.cores), address, 5, 5, 3, address, 4, address];
  return [...head, bitsFor(capacity.slots + 1), bitsFor(capacity.kernelFrames + 1), bitsFor(capacity.signals + 1)];
}

/** Appends one thread; returns the offsets of its stacks, counted from its start. */
function addThread(fields: Fields, capacity: Capacity): { slots: number; kernelFrames: number; signals: number } {
  const address = bitsFor(capacity.pages) + 3;
  const start = fields.add(1, ...threadBits(capacity));
  const slots = fields.add(capacity.slots, address, 2, address) - start;
  const kernelFrames = fields.add(capacity.kernelFrames, address, 4, bitsFor(capacity.slots + 1)) - start;
  const signals = fields.add(capacity.signals, address, address, 8) - start;
  fields.align();
  return { slots, kernelFrames, signals };
}

/** The layout of states of a capacity. Throws RangeError when a count does not fit a byte. */
export function makeLayout(capacity: Capacity): Layout {
  for (const [name, count] of Object.entries(capacity)) {
    if (!Number.isInteger(count) || count < 0 || count > 254)
      throw new RangeError(`capacity of ${name} is ${count}, not 0 to 254`);
  }
  const { threads, spaces, pages, frames, cores } = capacity;
  const fields = new Fields();
  const frame = bitsFor(frames);
  fields.add(1, 2, bitsFor(capacity.pins + 1));
  const pins = fields.add(capacity.pins, frame);
  const coreAt = fields.add(cores, 1);
  const processAt = fields.add(capacity.processes, 8, bitsFor(spaces + 1), 1);
  const spaceAt = fields.bits.length;
  for (let i = 0; i < spaces; i++) {
    fields.add(1, 2);
    fields.add(pages, 5, frame, 8);
  }
  const frameAt = fields.add(frames, 7);
  fields.align();
  const threadAt = fields.bits.length;
  let stacks = { slots: 0, kernelFrames: 0, signals: 0 };
  for (let i = 0; i < threads; i++) stacks = addThread(fields, capacity);
  const threadSize = (fields.bits.length - threadAt) / Math.max(threads, 1);
  const tlb = fields.add(cores * spaces * pages, 4, frame);
  fields.align();
  return {
    capacity,
    size: fields.bits.length,
    pins,
    cores: coreAt,
    processes: processAt,
    spaces: spaceAt,
    spaceSize: 1 + PAGE_BYTES * pages,
    frames: frameAt,
    threads: threadAt,
    threadSize,
    ...stacks,
    tlb,
    widths: Uint8Array.from(fields.bits),
  };
}
