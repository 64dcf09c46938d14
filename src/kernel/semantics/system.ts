import type { Machine } from './machine.ts';

/** Bits of the whole system: a double fault stopped it; a kernel callback points to user code. */
export const SystemBit = { Panic: 1, Callback: 2 } as const;

/** Whether a bit of the system (`SystemBit`) is set. */
export function systemHas(m: Machine, bit: number): boolean {
  return (m.bytes[0] & bit) !== 0;
}

/** Sets a bit of the system (`SystemBit`). */
export function setSystemBit(m: Machine, bit: number): void {
  m.bytes[0] = m.bytes[0] | bit;
}

/** Number of pinned frames. */
export function pinCount(m: Machine): number {
  return m.bytes[1];
}

/** Pinned frame `i`. */
export function pinnedFrame(m: Machine, i: number): number {
  return m.bytes[m.layout.pins + i];
}

/** Pins a frame: a device may write it until the end. */
export function pinFrame(m: Machine, frame: number): void {
  const count = pinCount(m);
  if (count >= m.layout.capacity.pins) return m.exceed('pins');
  m.bytes[m.layout.pins + count] = frame;
  m.bytes[1] = count + 1;
}

/** Whether a frame is pinned. */
export function isPinned(m: Machine, frame: number): boolean {
  for (let i = 0; i < m.bytes[1]; i++) if (m.bytes[m.layout.pins + i] === frame) return true;
  return false;
}

/** Whether the core's entry registers are those of a thread that left kernel mode without restoring them (A27). */
export function hasForeignEntry(m: Machine, core: number): boolean {
  return m.bytes[m.layout.cores + core] !== 0;
}

/** Says whether a core's entry registers are foreign (`hasForeignEntry`). */
export function setForeignEntry(m: Machine, core: number, on: boolean): void {
  m.bytes[m.layout.cores + core] = on ? 1 : 0;
}
