import type { Machine } from './machine.ts';
import { PAGE_BYTES } from './layout.ts';
import { Content, OFFSET_E, OFFSET_E2 } from './names.ts';

// Bits of a frame's byte: content 0 to 1, then these.
const CONTENT = 3;
/** Bits of a frame: in the page cache, trusted (when A1 is `frame`), owned by the kernel. */
export const FrameBit = { PageCache: 4, Trusted: 8, KernelOwned: 16 } as const;
const ENTRY_E = 32;
const ENTRY_E2 = 64;

/** Bits of a frame's byte for content with its usual true entry: E of code, none of data. */
export function frameOf(content: Content): number {
  return content === Content.Data ? content : content | ENTRY_E;
}

/** Verified code whose only true entry is E2. */
export const SECOND_VERSION = Content.Verified | ENTRY_E2;

/** What the bytes of a frame are. */
export function frameContent(m: Machine, frame: number): number {
  return m.bytes[m.framesAt + frame] & CONTENT;
}

/** Whether a frame holds verified code. */
export function isVerified(m: Machine, frame: number): boolean {
  return (m.bytes[m.framesAt + frame] & CONTENT) === Content.Verified;
}

/** Whether a bit (`FrameBit`) is set. */
export function frameHas(m: Machine, frame: number, bit: number): boolean {
  return (m.bytes[m.framesAt + frame] & bit) !== 0;
}

/** Sets or clears a bit (`FrameBit`). */
export function setFrameBit(m: Machine, frame: number, bit: number, on: boolean): void {
  const at = m.framesAt + frame;
  m.bytes[at] = on ? m.bytes[at] | bit : m.bytes[at] & ~bit;
}

/** Whether an offset is a true entry of the frame's current bytes. */
export function isTrueEntry(m: Machine, frame: number, offset: number): boolean {
  const bits = m.bytes[m.framesAt + frame];
  if (offset === OFFSET_E) return (bits & ENTRY_E) !== 0;
  return offset === OFFSET_E2 && (bits & ENTRY_E2) !== 0;
}

/** True entries of a frame as bits by offset. */
export function trueEntries(m: Machine, frame: number): number {
  const bits = m.bytes[m.framesAt + frame];
  return ((bits & ENTRY_E) !== 0 ? 1 << OFFSET_E : 0) | ((bits & ENTRY_E2) !== 0 ? 1 << OFFSET_E2 : 0);
}

/** Overwrites a frame's bytes with content (`frameOf`, `SECOND_VERSION`); who owns and caches it stays. */
export function writeFrame(m: Machine, frame: number, content: number): void {
  const at = m.framesAt + frame;
  m.bytes[at] = (m.bytes[at] & (FrameBit.PageCache | FrameBit.Trusted | FrameBit.KernelOwned)) | content;
}

/** Marks the frames of a run of pages or translations; bit 0 of the flags byte is "present" in both. */
function markUsed(m: Machine, from: number, count: number, stride: number): void {
  for (let i = 0, at = from; i < count; i++, at += stride) {
    if ((m.bytes[at] & 1) !== 0) m.scratch[m.bytes[at + 1]] = 1;
  }
}

/** Frees every frame that no page, translation or pin refers to. */
export function collectFrames(m: Machine): void {
  const { layout, bytes, scratch: used } = m;
  const { spaces, pages, cores, frames } = layout.capacity;
  used.fill(0, 0, frames);
  for (let s = 0; s < spaces; s++) markUsed(m, layout.spaces + s * layout.spaceSize + 1, pages, PAGE_BYTES);
  markUsed(m, layout.tlb, cores * spaces * pages, 2);
  for (let i = 0; i < bytes[1]; i++) used[bytes[layout.pins + i]] = 1;
  for (let f = 0; f < frames; f++) if (used[f] === 0) bytes[layout.frames + f] = Content.Free;
}

function freeFrame(m: Machine): number {
  for (let f = 0; f < m.layout.capacity.frames; f++) if (m.bytes[m.framesAt + f] === Content.Free) return f;
  return -1;
}

/** A fresh frame holding `bits`; −1 (and an overflow noted) when all frames are in use. */
export function newFrame(m: Machine, bits: number): number {
  let frame = freeFrame(m);
  if (frame < 0) {
    collectFrames(m);
    frame = freeFrame(m);
  }
  if (frame < 0) m.exceed('frames');
  else m.bytes[m.framesAt + frame] = bits;
  return frame;
}
