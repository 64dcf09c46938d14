import type { Transport } from './transport.ts';

/** What a client does with a message of a connection. */
export const Step = { Wait: 0, SendHello: 1, SendRequest: 2, Reply: 3, Ended: 4 } as const;
/** Number of a step. */
export type Step = (typeof Step)[keyof typeof Step];

const State = { Closed: 0, Asked: 1, Greeted: 2, Open: 3 } as const;

/** Where each connection of the clients stands, from the first segment to the server's end of it. */
export class Sessions {
  readonly #transport: Transport;
  readonly #state: Uint8Array;
  readonly #left: Int32Array;
  readonly #flight: Int32Array;

  constructor(transport: Transport, connections: number) {
    this.#transport = transport;
    this.#state = new Uint8Array(connections).fill(transport.isKeptAlive ? State.Open : State.Closed);
    this.#left = new Int32Array(connections);
    this.#flight = new Int32Array(connections);
  }

  /** Whether a request can leave at once; if not, the connection is being opened from now on by a message of no bytes. */
  isOpen(connection: number): boolean {
    if (this.#state[connection] === State.Open) return true;
    this.#state[connection] = State.Asked;
    this.#left[connection] = this.#transport.perConnection;
    return false;
  }

  /** Bytes that leave before the first request of a connection: the end of a handshake. */
  takePrefix(connection: number): number {
    const isFirst =
      this.#transport.isSecure &&
      !this.#transport.isKeptAlive &&
      this.#left[connection] === this.#transport.perConnection;
    return isFirst ? this.#transport.finishedBytes : 0;
  }

  /** What a message that has come asks of the client. */
  onMessage(connection: number, bytes: number): Step {
    const state = this.#state[connection];
    if (state === State.Asked) return this.#onAnswer(connection);
    if (state === State.Greeted) return this.#onFlight(connection, bytes);
    if (bytes > 0) return Step.Reply;
    this.#state[connection] = State.Closed;
    return Step.Ended;
  }

  /** A reply is complete; whether the server ends the connection after it. */
  isLast(connection: number): boolean {
    if (this.#transport.isKeptAlive) return false;
    this.#left[connection]--;
    return this.#left[connection] === 0;
  }

  #onAnswer(connection: number): Step {
    this.#state[connection] = this.#transport.isSecure ? State.Greeted : State.Open;
    this.#flight[connection] = this.#transport.flightBytes;
    return this.#transport.isSecure ? Step.SendHello : Step.SendRequest;
  }

  #onFlight(connection: number, bytes: number): Step {
    this.#flight[connection] -= bytes;
    if (this.#flight[connection] > 0) return Step.Wait;
    this.#state[connection] = State.Open;
    return Step.SendRequest;
  }
}
