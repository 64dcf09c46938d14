import type { DramSpec } from '../../src/hw/rowbuffers.ts';

/** One bank without timings of its own, so that every read takes `latency` cycles and waits for nothing but the bus: `transfer` cycles a line. */
export function flatMemory(latency: number, transfer = 0): DramSpec {
  const geometry = { channels: 1, banks: 1, rowBytes: 64, mapping: 'lineInterleaved' } as const;
  return { ...geometry, pages: 'closed', latency, transfer, cas: 0, rcd: 0, rp: 0, idle: 0 };
}
