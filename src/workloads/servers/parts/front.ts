import type { FileSpec } from '../../../kernel/abi.ts';
import { SimulationBug } from '../../../sim/errors.ts';
import type { Transport } from '../../transport.ts';

/** How far a connection is: its first message is a greeting of TLS, then the end of that with the first request, then requests. */
export const Stage = { Greeting: 0, Finishing: 1, Ready: 2 } as const;

/** A connection as its server knows it. */
export interface Peer {
  readonly connection: number;
  /** Requests until the server ends it. */
  left: number;
  stage: number;
  /** Bytes of the request under way that have been read. */
  got: number;
}

/** Result of accept4: a descriptor, plus this times the connection. */
const ADDRESS = 65_536;
/** Flags of accept4 in the model: O_NONBLOCK of the listening socket, SOCK_NONBLOCK of the connection. */
const NONBLOCKING_LISTENER = 1;
const NONBLOCKING_CONNECTION = 2;

/** Connections of one process: kept-alive ones that are open at the start, or those that it accepts on its port. */
export class Front {
  /** What the process opens, at descriptors from `first` on. */
  readonly files: readonly FileSpec[];
  readonly #transport: Transport;
  readonly #first: number;
  readonly #nonblocking: boolean;
  readonly #peers = new Map<number, Peer>();

  constructor(transport: Transport, first: number, connections: readonly number[], nonblocking: boolean) {
    this.#transport = transport;
    this.#first = first;
    this.#nonblocking = nonblocking;
    this.files = transport.isKeptAlive
      ? connections.map((connection): FileSpec => ({ kind: 'socket', connection, nonblocking }))
      : [{ kind: 'listener' }];
    if (!transport.isKeptAlive) return;
    for (const [i, connection] of connections.entries())
      this.#peers.set(first + i, { connection, left: Number.POSITIVE_INFINITY, stage: Stage.Ready, got: 0 });
  }

  /** Whether clients open connections. */
  get accepts(): boolean {
    return !this.#transport.isKeptAlive;
  }

  /** Descriptor of the port. */
  get port(): number {
    return this.#first;
  }

  /** Descriptors that are open at the start. */
  get descriptors(): readonly number[] {
    return [...this.#peers.keys()];
  }

  /** Those of them that belong to one of so many threads, which take connections by turns. */
  shareOf(thread: number, threads: number): readonly number[] {
    return this.descriptors.filter((_fd, connection) => connection % threads === thread);
  }

  /** Flags for accept4: whether the accepting thread waits itself, or is told by epoll. */
  flags(isTold: boolean): number {
    return (isTold ? NONBLOCKING_LISTENER : 0) + (this.#nonblocking ? NONBLOCKING_CONNECTION : 0);
  }

  /** Takes note of an accepted connection; its descriptor. */
  accepted(result: number): number {
    const fd = result % ADDRESS;
    const stage = this.#transport.isSecure ? Stage.Greeting : Stage.Ready;
    this.#peers.set(fd, {
      connection: Math.floor(result / ADDRESS),
      left: this.#transport.perConnection,
      stage,
      got: 0,
    });
    return fd;
  }

  /** The connection behind a descriptor. */
  peer(fd: number): Peer {
    const peer = this.#peers.get(fd);
    if (peer === undefined) throw new SimulationBug(`no connection behind descriptor ${fd}`);
    return peer;
  }

  /** Counts a reply; whether the server ends the connection after it. */
  isLast(fd: number): boolean {
    const peer = this.peer(fd);
    peer.left--;
    return peer.left === 0;
  }
}
