import { LINES_PER_PAGE, type Cycles } from '../sim/units.ts';
import type { Moment } from './moment.ts';
import type { Sockets } from './sockets.ts';

/** Memory of one node. Moments are those of the requester, who may lag others by the sync window. */
export interface MemoryNode {
  /** Counts by DRAM_LABELS. */
  readonly counts: Float64Array;
  /** Latency of reading a line. hot */
  read(line: number, at: Moment): Cycles;
  /** A line written back: nobody waits, but it takes its share of bandwidth. hot */
  write(line: number, at: Moment): void;
}

const UNTOUCHED = -1;

/** Node of a page that a socket asks for; `known` is the node where it is already, or -1. */
const HOMINGS = {
  firstTouch: (_page: number, socket: number, known: number): number => (known === UNTOUCHED ? socket : known),
  interleave: (page: number, _socket: number, _known: number, nodes: number): number => page % nodes,
} as const;
/** How pages find their node: where they are first read from memory, or in turn. */
export type HomingName = keyof typeof HOMINGS;
/** Homings that a profile may name. */
export const HOMING_NAMES = Object.keys(HOMINGS) as readonly HomingName[];

/** The memory of all sockets, one node each. */
export class MemoryNodes {
  /** Whether the last read went to another socket. */
  wasFar = false;
  readonly #nodes: readonly MemoryNode[];
  readonly #hop: Cycles;
  readonly #homing: (page: number, socket: number, known: number, nodes: number) => number;
  /** Node of each page, or UNTOUCHED. */
  readonly #homes: Int16Array;
  readonly #at: Moment;

  constructor(nodes: readonly MemoryNode[], sockets: Sockets, lines: number, at: Moment) {
    this.#at = at;
    this.#nodes = nodes;
    this.#hop = sockets.hop;
    this.#homing = HOMINGS[sockets.homing];
    this.#homes = new Int16Array(nodes.length > 1 ? Math.ceil(lines / LINES_PER_PAGE) : 0).fill(UNTOUCHED);
  }

  /** Latency of a line for a core of a socket. hot */
  read(socket: number, line: number): Cycles {
    if (this.#nodes.length === 1) return this.#nodes[0].read(line, this.#at);
    const node = this.#home(socket, line);
    this.wasFar = node !== socket;
    return this.#nodes[node].read(line, this.#at) + (this.wasFar ? this.#hop : 0);
  }

  /** Writes a line back to its home. hot */
  write(socket: number, line: number): void {
    const node = this.#nodes.length === 1 ? 0 : this.#home(socket, line);
    this.#nodes[node].write(line, this.#at);
  }

  #home(socket: number, line: number): number {
    const page = Math.floor(line / LINES_PER_PAGE);
    return (this.#homes[page] = this.#homing(page, socket, this.#homes[page], this.#nodes.length));
  }
}
