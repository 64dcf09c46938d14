import type { BuildContext, Traffic } from '../../../kernel/abi.ts';
import type { Rng } from '../../../sim/rng.ts';
import { makeClients, type Sizes } from '../../clients.ts';
import { keyLaw, Payload } from '../../payload.ts';
import { Transport } from '../../transport.ts';
import type { Params } from '../../workload.ts';

/** What a service is, beside the parameters of its clients. */
export interface ServiceSpec {
  readonly requestBytes: number;
  /** Things that requests choose among. */
  readonly items: number;
  /** Requests that travel together; one if absent. */
  readonly batch?: number;
  /** Sizes of its own; if absent, replies follow `payload` around `replyBytes`. */
  readonly sizes?: Sizes;
}

/** What clients ask for and how it travels: all that the threads of a server and its clients share. */
export class Service {
  readonly transport: Transport;
  readonly sizes: Sizes;
  readonly batch: number;
  readonly #context: BuildContext;
  readonly #params: Params;
  readonly #spec: ServiceSpec;
  readonly #rng: Rng;
  readonly #key: (rng: Rng) => number;

  constructor(context: BuildContext, params: Params, spec: ServiceSpec) {
    const connections = Number(params['connections']);
    this.#context = context;
    this.#params = params;
    this.#spec = spec;
    this.transport = new Transport(params);
    this.batch = spec.batch ?? 1;
    this.sizes =
      spec.sizes ??
      new Payload(params, connections, Number(params['replyBytes']), context.openStream('client.payload'));
    this.#rng = context.openStream('client.content');
    this.#key = keyLaw(params, spec.items);
  }

  /** Connections of the clients. */
  get connections(): readonly number[] {
    return Array.from({ length: Number(this.#params['connections']) }, (_, connection) => connection);
  }

  /** Draws which of its items a request is about. */
  key(): number {
    return this.#key(this.#rng);
  }

  /** Bytes on the wire of the request under way on a connection, and of its reply. */
  requestOf(connection: number): number {
    const { requestBytes } = this.#spec;
    return this.transport.sealed((this.sizes.requestOf?.(connection) ?? requestBytes) * this.batch);
  }
  replyOf(connection: number): number {
    return this.transport.sealed(this.sizes.of(connection) * this.batch);
  }

  /** The clients. */
  traffic(): Traffic {
    const { requestBytes } = this.#spec;
    const { transport, sizes: payload, batch } = this;
    return makeClients(this.#context, this.#params, { requestBytes, replyBytes: 0, payload, transport, batch });
  }
}
