import type { BuildContext } from '../../../kernel/abi.ts';
import type { Rng } from '../../../sim/rng.ts';
import type { Sizes } from '../../clients.ts';
import { Payload } from '../../payload.ts';
import type { Params } from '../../workload.ts';

/** Bytes of the four messages beside the value, which the request of a write and the reply of a read hold. */
export interface MessageBytes {
  readonly readRequest: number;
  readonly readReply: number;
  readonly writeRequest: number;
  readonly writeReply: number;
}

/** Reads and writes of values by clients: each time they ask they draw which, by `readShare`, and the size of the value, by `payload` around `valueBytes`. */
export class ReadsAndWrites implements Sizes {
  readonly #rng: Rng;
  readonly #readShare: number;
  readonly #values: Payload;
  readonly #bytes: MessageBytes;
  readonly #isRead: Uint8Array;

  constructor(context: BuildContext, params: Params, bytes: MessageBytes) {
    const connections = Number(params['connections']);
    this.#rng = context.openStream('client.operations');
    this.#readShare = Number(params['readShare']);
    this.#values = new Payload(params, connections, Number(params['valueBytes']), context.openStream('client.payload'));
    this.#bytes = bytes;
    this.#isRead = new Uint8Array(connections);
  }

  ask(connection: number): void {
    this.#isRead[connection] = Number(this.#rng.uniform() < this.#readShare);
    this.#values.ask(connection);
  }

  /** Whether the request under way reads. */
  isRead(connection: number): boolean {
    return this.#isRead[connection] === 1;
  }

  /** Bytes of the value that is read or written. */
  valueOf(connection: number): number {
    return this.#values.of(connection);
  }

  of(connection: number): number {
    const { readReply, writeReply } = this.#bytes;
    return this.isRead(connection) ? readReply + this.valueOf(connection) : writeReply;
  }

  requestOf(connection: number): number {
    const { readRequest, writeRequest } = this.#bytes;
    return this.isRead(connection) ? readRequest : writeRequest + this.valueOf(connection);
  }
}
