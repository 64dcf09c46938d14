import type { BuildContext, ClientReceiver, Traffic, Wire } from '../kernel/abi.ts';
import { ARRIVAL_PARAMS, ARRIVALS, type ArrivalName } from './arrivals/index.ts';
import type { Arrivals } from './arrivals/arrivals.ts';
import { Sessions, Step } from './sessions.ts';
import { Transport } from './transport.ts';
import { exponential } from '../sim/distributions.ts';
import type { Rng } from '../sim/rng.ts';
import type { ParamSpec, Params } from './workload.ts';

/** Parameters of the clients, shared by all servers. */
export const CLIENT_PARAMS = {
  arrivals: {
    kind: 'choice',
    default: 'closed',
    choices: ['closed', ...Object.keys(ARRIVALS)],
    unit: 'none',
    doc: 'closed: each connection sends its next request after the reply and a think time. Whatever the server does, requests arrive with open: as a Poisson process; mmpp: in bursts; diurnal: by a daily wave; trace: as recorded',
  },
  connections: { kind: 'integer', default: 64, min: 1, max: 1024, unit: 'count', doc: 'Keep-alive connections' },
  thinkUs: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 1e6,
    unit: 'us',
    doc: 'Mean think time of a closed-loop client, exponential',
  },
  ratePerSecond: {
    kind: 'number',
    default: 10000,
    min: 1,
    max: 1e7,
    unit: 'requests/s',
    doc: 'Mean arrival rate of the open loop',
  },
  readMBps: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 1e5,
    unit: 'MB/s',
    doc: 'How fast a client reads a reply: what it has not read fills its window, then the send buffer of the server; 0: at once',
  },
  windowKiB: {
    kind: 'integer',
    default: 6144,
    min: 1,
    max: 65_536,
    unit: 'KiB',
    doc: 'Bytes that a client accepts unread on a connection (net.ipv4.tcp_rmem, at most 6 MiB)',
  },
  ...ARRIVAL_PARAMS,
} as const satisfies Record<string, ParamSpec>;

/** Sizes of requests and replies in bytes, drawn when a client asks. */
export interface Sizes {
  /** Draws what a connection asks for. */
  ask(connection: number): void;
  /** Size of the reply under way to a connection. */
  of(connection: number): number;
  /** Size of its request; absent where all requests have `requestBytes`. */
  requestOf?(connection: number): number;
}

/** What is exchanged: sizes in bytes, with a payload one by one; `batch` requests travel together, one if absent. */
export interface Exchange {
  readonly requestBytes: number;
  readonly replyBytes: number;
  readonly payload?: Sizes;
  readonly batch?: number;
  /** Kept-alive connections without TLS if absent. */
  readonly transport?: Transport;
}

/** Spread of the first requests, so that connections do not start in step. */
const START_SPREAD_US = 200;

/** Clients of a server, as the parameters say. */
export function makeClients(context: BuildContext, params: Params, exchange: Exchange): Traffic {
  return params['arrivals'] === 'closed'
    ? new ClosedLoop(context, params, exchange)
    : new OpenLoop(context, params, exchange);
}

/** Sends requests on connections and recognises complete replies. A subclass decides when the next request is due. */
abstract class Clients implements Traffic {
  readonly connections: number;
  readonly receiver: ClientReceiver;
  protected readonly context: BuildContext;
  protected wire: Wire | undefined = undefined;
  protected readonly batch: number;
  readonly #exchange: Exchange;
  readonly #transport: Transport;
  readonly #sessions: Sessions;
  readonly #intended: Float64Array;
  readonly #received: Float64Array;

  constructor(context: BuildContext, params: Params, exchange: Exchange) {
    this.context = context;
    this.connections = Number(params['connections']);
    this.receiver = receiverOf(params, context.clock.hz);
    this.batch = exchange.batch ?? 1;
    this.#exchange = exchange;
    this.#transport = exchange.transport ?? new Transport({});
    this.#sessions = new Sessions(this.#transport, this.connections);
    this.#intended = new Float64Array(this.connections);
    this.#received = new Float64Array(this.connections);
  }

  onReply(connection: number, bytes: number, now: number): void {
    const step = this.#sessions.onMessage(connection, bytes);
    if (step === Step.Reply) this.#receive(connection, bytes, now);
    else if (step === Step.SendRequest) this.#send(connection, now);
    else if (step === Step.SendHello) this.wire!.send(now, connection, this.#transport.helloBytes);
    else if (step === Step.Ended) this.finished(connection, now);
  }

  /** Sends a request that was due at `intended`; latency counts from there even if it leaves later. */
  protected request(connection: number, intended: number, now: number): void {
    this.#intended[connection] = intended;
    this.#exchange.payload?.ask(connection);
    for (let i = 0; i < this.batch; i++) this.context.begin(intended);
    if (this.#sessions.isOpen(connection)) this.#send(connection, now);
    else this.wire!.send(now, connection, 0);
  }

  #send(connection: number, now: number): void {
    const { payload, requestBytes } = this.#exchange;
    const bytes = this.#transport.sealed((payload?.requestOf?.(connection) ?? requestBytes) * this.batch);
    this.wire!.send(now, connection, bytes + this.#sessions.takePrefix(connection));
  }

  #receive(connection: number, bytes: number, now: number): void {
    this.#received[connection] += bytes;
    const { payload, replyBytes } = this.#exchange;
    const whole = this.#transport.sealed((payload?.of(connection) ?? replyBytes) * this.batch);
    if (this.#received[connection] < whole) return;
    this.#received[connection] -= whole;
    for (let i = 0; i < this.batch; i++) this.context.complete(now - this.#intended[connection], now);
    if (!this.#sessions.isLast(connection)) this.finished(connection, now);
  }

  abstract start(wire: Wire): void;
  abstract onTimer(arg: number, now: number): void;
  protected abstract finished(connection: number, now: number): void;
}

/** How clients take replies, as the parameters say. */
function receiverOf(params: Params, hz: number): ClientReceiver {
  const bytesPerSecond = Number(params['readMBps'] ?? 0) * 1e6;
  return {
    windowBytes: Number(params['windowKiB'] ?? CLIENT_PARAMS.windowKiB.default) * 1024,
    byteCycles: bytesPerSecond === 0 ? 0 : hz / bytesPerSecond,
  };
}

/** Each connection has one request under way, or its client thinks. */
class ClosedLoop extends Clients {
  readonly #think: number;
  readonly #streams: readonly Rng[];

  constructor(context: BuildContext, params: Params, exchange: Exchange) {
    super(context, params, exchange);
    this.#think = context.clock.cycles(Number(params['thinkUs']) * 1000);
    this.#streams = Array.from({ length: this.connections }, (_, i) => context.openStream(`client.${i}`));
  }

  start(wire: Wire): void {
    this.wire = wire;
    const spread = this.context.clock.cycles(START_SPREAD_US * 1000);
    for (let connection = 0; connection < this.connections; connection++)
      wire.callAt(this.#streams[connection].below(spread), connection);
  }

  onTimer(connection: number, now: number): void {
    this.request(connection, now, now);
  }

  protected finished(connection: number, now: number): void {
    const pause = this.#think === 0 ? 0 : Math.round(exponential(this.#streams[connection], this.#think));
    if (pause === 0) this.request(connection, now, now);
    else this.wire!.callAt(now + pause, connection);
  }
}

/** Arrivals whatever the server does; a request that finds all connections busy waits at the client, and its latency runs from its arrival. */
class OpenLoop extends Clients {
  readonly #arrivals: Arrivals;
  readonly #free: number[];
  readonly #waiting: number[] = [];

  constructor(context: BuildContext, params: Params, exchange: Exchange) {
    super(context, params, exchange);
    this.#arrivals = ARRIVALS[params['arrivals'] as ArrivalName]({
      params,
      rng: context.openStream('client.arrivals'),
      clock: context.clock,
      recordedUs: context.arrivalGapsUs,
      meanGap: (context.clock.hz * this.batch) / Number(params['ratePerSecond']),
    });
    this.#free = Array.from({ length: this.connections }, (_, i) => i);
  }

  start(wire: Wire): void {
    this.wire = wire;
    this.#next(0);
  }

  onTimer(_arg: number, now: number): void {
    const connection = this.#free.shift();
    if (connection === undefined) this.#waiting.push(now);
    else this.request(connection, now, now);
    this.#next(now);
  }

  protected finished(connection: number, now: number): void {
    const intended = this.#waiting.shift();
    if (intended === undefined) this.#free.push(connection);
    else this.request(connection, intended, now);
  }

  #next(now: number): void {
    this.wire!.callAt(now + Math.max(1, Math.round(this.#arrivals.gap(now))), 0);
  }
}
