import type { Cycles } from '../sim/units.ts';
import type { HomingName } from './memorynodes.ts';

/** Processors of a machine, each with its last level and memory node. Cores are numbered socket by socket. */
export interface Sockets {
  readonly coresPerSocket: number;
  /** Cycles that a line takes longer from another socket, from its caches as from its memory. */
  readonly hop: Cycles;
  readonly homing: HomingName;
}

/** All cores on one socket. */
export const oneSocket = (cores: number): Sockets => ({ coresPerSocket: cores, hop: 0, homing: 'firstTouch' });

/** Which core is where. */
export class SocketOf {
  readonly count: number;
  readonly #coresPerSocket: number;
  readonly #sockets: Uint16Array;

  constructor(cores: number, coresPerSocket: number) {
    this.count = Math.ceil(cores / coresPerSocket);
    this.#coresPerSocket = coresPerSocket;
    this.#sockets = Uint16Array.from({ length: cores }, (_, core) => Math.floor(core / coresPerSocket));
  }

  /** Socket of a core. hot */
  of(core: number): number {
    return this.#sockets[core];
  }

  /** First core of a socket, or the number of cores before it. hot */
  first(socket: number): number {
    return socket * this.#coresPerSocket;
  }
}
