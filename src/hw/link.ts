import type { Bytes, Cycles } from '../sim/units.ts';

/** Payload of a segment, and what frames, addresses and headers add to it on the wire. Source: Ethernet with 1500-byte packets, IPv4 and TCP with time stamps. */
const SEGMENT_BYTES: Bytes = 1448;
const SEGMENT_OVERHEAD: Bytes = 90;

/** Segments of a message; one without payload is one. */
export function segmentsOf(bytes: Bytes): number {
  return bytes <= SEGMENT_BYTES ? 1 : Math.ceil(bytes / SEGMENT_BYTES);
}

/** One direction of the network link: messages pass one after the other. */
export class Link {
  readonly #byteCycles: number;
  #freeAt: Cycles = 0;

  /** `byteCycles`: cycles a byte; 0 for a link of any speed. */
  constructor(byteCycles: number) {
    this.#byteCycles = byteCycles;
  }

  /** When the last bit of a message has passed that is there at a time. */
  pass(time: Cycles, bytes: Bytes): Cycles {
    if (this.#byteCycles === 0) return time;
    const passing = Math.round((bytes + segmentsOf(bytes) * SEGMENT_OVERHEAD) * this.#byteCycles);
    this.#freeAt = Math.max(time, this.#freeAt) + passing;
    return this.#freeAt;
  }
}
