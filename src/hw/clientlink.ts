import type { Bytes, Cycles } from '../sim/units.ts';

/** How clients take what the server sends: bytes that they accept unread, and how long they read on each of them. */
export interface ClientReceiver {
  readonly windowBytes: Bytes;
  readonly byteCycles: number;
  /** The first so many connections are the clients'; those behind them, as of a database, read at once. All are if absent. */
  readonly connections?: number;
}

/** Clients that read at once and accept what autotuned buffers do. Source: Linux net.ipv4.tcp_rmem, at most 6 MiB. */
const EAGER_CLIENTS: ClientReceiver = { windowBytes: 6 << 20, byteCycles: 0 };

/** Bytes that the server accepts unread on a connection. Source: Linux net.ipv4.tcp_rmem, 131072 by default. */
const SERVER_WINDOW: Bytes = 131_072;

/** What became of a message: when its acknowledgement, and when the news that the client has read it, are back at the server. */
export interface Receipt {
  acknowledgedAt: Cycles;
  readAt: Cycles;
}

/** Flow control of the connections, seen from the clients: what they have sent unread, what they hold back, and when they have read what came. */
export class ClientLink {
  receiver: ClientReceiver = EAGER_CLIENTS;
  readonly #unread: Bytes[] = [];
  readonly #held: Bytes[] = [];
  readonly #readUntil: Cycles[] = [];

  /** How many of these bytes a client may send now; it holds the rest back. */
  admit(connection: number, bytes: Bytes): Bytes {
    const unread = this.#unread[connection] ?? 0;
    const held = this.#held[connection] ?? 0;
    const admitted = held > 0 ? 0 : Math.min(bytes, SERVER_WINDOW - unread);
    this.#unread[connection] = unread + admitted;
    this.#held[connection] = held + bytes - admitted;
    return admitted;
  }

  /** The server has read; how many held bytes may follow. */
  open(connection: number, bytes: Bytes): Bytes {
    this.#unread[connection] -= bytes;
    const held = this.#held[connection] ?? 0;
    if (held === 0) return 0;
    this.#held[connection] = 0;
    return this.admit(connection, held);
  }

  /** A connection has ended: nothing is unread or held back, but the client goes on reading what it has. */
  end(connection: number): void {
    this.#unread[connection] = this.#held[connection] = 0;
  }

  /** When a client has read a message that comes at a time. */
  read(connection: number, bytes: Bytes, arrival: Cycles): Cycles {
    const { byteCycles, connections = Infinity } = this.receiver;
    if (byteCycles === 0 || connection >= connections) return arrival;
    const end = Math.max(arrival, this.#readUntil[connection] ?? 0) + Math.round(bytes * byteCycles);
    this.#readUntil[connection] = end;
    return end;
  }
}
