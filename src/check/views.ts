import { FrameBit } from '../kernel/semantics/frame.ts';
import { PAGE_BYTES } from '../kernel/semantics/layout.ts';
import type { Layout } from '../kernel/semantics/layout.ts';
import { ADDRESS_PAGE } from '../kernel/semantics/names.ts';
import { PageBit } from '../kernel/semantics/page.ts';
import { MODE_LEVEL, ThreadByte } from '../kernel/semantics/thread.ts';
import { GrowingInts } from './growing.ts';
import { Tuples } from './tuples.ts';

/**
 * What some operations see of a part that they do not change. `flow`, of the memory: what decides where control flow may go and with which
 * authority; not who else maps, caches or pins the bytes. Of a thread's head: `level`, at which privilege level and by which authority it runs; `publisher`,
 * its mode and the page it stands in.
 */
export type ViewName = 'flow' | 'level' | 'publisher';

/** What `flow` shows of a page's flags: a core that translates the page copies whether it is writable, and one core translates nothing. */
function flowFlags(cores: number): number {
  const rights = PageBit.Present | PageBit.Executable | PageBit.Trusted;
  return cores > 1 ? rights | PageBit.Writable : rights;
}

function flow(layout: Layout): Uint8Array {
  const { spaces, pages, frames, cores } = layout.capacity;
  const shown = new Uint8Array(layout.size);
  shown.fill(255, layout.spaces, layout.threads);
  for (let s = 0; s < spaces; s++) {
    const first = layout.spaces + s * layout.spaceSize + 1;
    for (let p = 0; p < pages; p++) shown[first + p * PAGE_BYTES] = flowFlags(cores);
  }
  shown.fill(255 & ~(FrameBit.PageCache | FrameBit.KernelOwned), layout.frames, layout.frames + frames);
  return shown;
}

function head(layout: Layout, address: number, mode: number): Uint8Array {
  const shown = new Uint8Array(layout.size);
  for (let t = 0, at = layout.threads; t < layout.capacity.threads; t++, at += layout.threadSize) {
    shown[at + ThreadByte.Rip] = address;
    shown[at + ThreadByte.Mode] = mode;
  }
  return shown;
}

/** Bits that a view shows of each byte of a state; `test/semantics/footprint.test.ts` compares what operations do with and without the others. */
export const SHOWN: Readonly<Record<ViewName, (layout: Layout) => Uint8Array>> = {
  flow,
  level: (layout) => head(layout, 0, MODE_LEVEL),
  publisher: (layout) => head(layout, ADDRESS_PAGE, 255),
};

/** Names of all views. */
export const VIEW_NAMES = ['flow', 'level', 'publisher'] as const satisfies readonly ViewName[];

/** What is to be seen of the contents of a part: contents that look alike have one number. */
export class View {
  /** Bits that are to be seen, by word of a content. */
  readonly masks: Int32Array;
  readonly #contents: Tuples;
  readonly #looks: Tuples;
  /** Number plus one of how a content looks, 0 when not known yet. */
  readonly #known = new GrowingInts();
  readonly #look: Int32Array;

  constructor(contents: Tuples, masks: Int32Array) {
    this.masks = masks;
    this.#contents = contents;
    this.#looks = new Tuples(masks.length);
    this.#look = new Int32Array(masks.length);
  }

  get bytes(): number {
    return this.#looks.bytes + this.#known.bytes;
  }

  /** Number of how a content looks. There are no more of them than contents, so that it fits where the content's own does. */
  numberOf(content: number): number {
    const known = this.#known.data;
    if (content < known.length && known[content] !== 0) return known[content] - 1;
    return this.#learn(content);
  }

  #learn(content: number): number {
    const look = this.#look;
    const { data } = this.#contents;
    for (let i = 0, at = content * look.length; i < look.length; i++, at++) look[i] = data[at] & this.masks[i];
    const number = this.#looks.intern(look);
    this.#known.set(content, number + 1);
    return number;
  }
}
