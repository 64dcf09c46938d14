import { Rank, type Engine, type EventHandler } from '../sim/engine.ts';
import { SimulationBug } from '../sim/errors.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import type { Bytes, Cycles, HandlerId } from '../sim/units.ts';
import type { Core } from './core.ts';
import { ClientLink, type ClientReceiver, type Receipt } from './clientlink.ts';
import { Link } from './link.ts';
import { Vector } from './trap.ts';

/** What clients may do: put a message on the wire, or ask to be called later. */
export interface Wire {
  /** A message of `bytes` leaves the client at `time` for a connection of the server. */
  send(time: Cycles, connection: number, bytes: Bytes): void;
  /** Calls `onTimer(arg)` at `time`. */
  callAt(time: Cycles, arg: number): void;
}

/** The world outside the machine: clients that send requests and receive replies. */
export interface Traffic {
  readonly connections: number;
  /** How the clients take replies; all at once if absent. */
  readonly receiver?: ClientReceiver;
  start(wire: Wire): void;
  onReply(connection: number, bytes: Bytes, now: Cycles): void;
  onTimer(arg: number, now: Cycles): void;
}

const Kind = { Arrive: 0, Depart: 1, Timer: 2, Interrupt: 3, Acknowledge: 4, Opened: 5 } as const;
/** Delays of the device in cycles: one way on the wire, a byte on the link (0: none), and from a message in an empty ring to the interrupt. */
export interface NicSpec {
  readonly wire: Cycles;
  readonly byteCycles: number;
  readonly moderation: Cycles;
}
/** An event argument carries connection and bytes: connections below 2^11, messages below 2^20 bytes. */
const CONNECTION_BITS = 11;
const CONNECTION_MASK = (1 << CONNECTION_BITS) - 1;
/** Added to a message that acknowledges without payload. */
const ACKNOWLEDGEMENT = 0x8000_0000;
/** Messages are smaller than this, in bytes. */
export const MAX_MESSAGE = 1 << 20;

/**
 * Network device with one receive ring per core (receive-side scaling by connection) and interrupts that are moderated, and
 * stay masked while the kernel polls. It also carries the events of the clients behind the wire.
 */
export class Nic implements EventHandler, Wire {
  readonly name = 'nic';
  readonly #engine: Engine;
  readonly #cores: readonly Core[];
  readonly #spec: NicSpec;
  readonly #clients = new ClientLink();
  readonly #inward: Link;
  readonly #outward: Link;
  readonly #receipt: Receipt = { acknowledgedAt: 0, readAt: 0 };
  readonly #rings: number[][];
  readonly #masked: boolean[];
  readonly #stats: Float64Array;
  readonly #received: number;
  readonly #sent: number;
  readonly #interrupts: number;
  #traffic: Traffic | undefined = undefined;
  #handler = -1 as HandlerId;

  constructor(engine: Engine, stats: StatsRegistry, cores: readonly Core[], spec: NicSpec) {
    this.#engine = engine;
    this.#cores = cores;
    this.#spec = spec;
    this.#inward = new Link(spec.byteCycles);
    this.#outward = new Link(spec.byteCycles);
    this.#rings = cores.map(() => []);
    this.#masked = cores.map(() => false);
    this.#stats = stats.values;
    this.#received = stats.counter('nic.received', 'count', 'Messages that arrived at the server');
    this.#sent = stats.counter('nic.sent', 'count', 'Messages that left the server');
    this.#interrupts = stats.counter('nic.interrupts', 'count', 'Interrupts raised by the device');
    this.#handler = engine.register(this);
  }

  /** Messages that arrived at the server, and those among them that still wait in a ring. */
  get received(): number {
    return this.#stats[this.#received];
  }
  get waiting(): number {
    return this.#rings.reduce((sum, ring) => sum + ring.length, 0);
  }

  /** Connects the clients and lets them begin. */
  connect(traffic: Traffic): void {
    this.#traffic = traffic;
    if (traffic.receiver !== undefined) this.#clients.receiver = traffic.receiver;
    traffic.start(this);
  }

  /** Bytes that clients accept unread on a connection. */
  get clientWindow(): Bytes {
    return this.#clients.receiver.windowBytes;
  }

  send(time: Cycles, connection: number, bytes: Bytes): void {
    checkSize(connection, bytes);
    const admitted = this.#clients.admit(connection, bytes);
    if (admitted > 0 || bytes === 0) this.#forward(time, connection, admitted);
  }

  /** The server has read bytes of a connection at `time`: what the client held back may follow, when it hears of it. */
  opened(time: Cycles, connection: number, bytes: Bytes): void {
    const following = this.#clients.open(connection, bytes);
    if (following > 0) this.#schedule(time + this.#spec.wire, Kind.Opened, pack(connection, following));
  }

  /** The connection has ended on the server's side. */
  end(connection: number): void {
    this.#clients.end(connection);
  }

  /** Has the client's segment that reaches the server at `time` interrupt it: an acknowledgement that it waits for. */
  acknowledge(time: Cycles, connection: number): void {
    this.#schedule(time, Kind.Acknowledge, connection);
  }

  callAt(time: Cycles, arg: number): void {
    this.#engine.schedule(time, Rank.Arrival, this.#handler, Kind.Timer, arg);
  }

  /** The server hands a message of `bytes` to the device at `time`; the receipt holds until the next one. */
  transmit(time: Cycles, connection: number, bytes: Bytes): Receipt {
    this.#stats[this.#sent]++;
    const arrival = this.#outward.pass(time, bytes) + this.#spec.wire;
    const read = this.#clients.read(connection, bytes, arrival);
    this.#schedule(read, Kind.Depart, pack(connection, bytes));
    this.#receipt.acknowledgedAt = arrival + this.#spec.wire;
    this.#receipt.readAt = read + this.#spec.wire;
    return this.#receipt;
  }

  onEvent(kind: number, arg: number, now: Cycles): void {
    if (kind === Kind.Timer) this.#traffic!.onTimer(arg, now);
    else if (kind === Kind.Interrupt) this.#cores[arg].raise(Vector.Nic, now);
    else if (kind === Kind.Depart) this.#traffic!.onReply(connectionOf(arg), bytesOf(arg), now);
    else if (kind === Kind.Opened) this.#forward(now, connectionOf(arg), bytesOf(arg));
    else this.#arrive(kind === Kind.Acknowledge ? arg + ACKNOWLEDGEMENT : arg, now);
  }

  /** Next message waiting for a core, to be read with connectionOf and bytesOf; -1 when the ring is empty, which unmasks the interrupt. */
  poll(core: number): number {
    const message = this.#rings[core].shift();
    if (message !== undefined) return message;
    this.#masked[core] = false;
    return -1;
  }

  #forward(time: Cycles, connection: number, bytes: Bytes): void {
    this.#schedule(this.#inward.pass(time + this.#spec.wire, bytes), Kind.Arrive, pack(connection, bytes));
  }

  #schedule(time: Cycles, kind: number, arg: number): void {
    this.#engine.schedule(time, Rank.Arrival, this.#handler, kind, arg);
  }

  #arrive(message: number, now: Cycles): void {
    const core = connectionOf(message) % this.#cores.length;
    this.#stats[this.#received]++;
    this.#rings[core].push(message);
    if (this.#masked[core]) return;
    this.#masked[core] = true;
    this.#stats[this.#interrupts]++;
    this.#engine.schedule(now + this.#spec.moderation, Rank.Interrupt, this.#handler, Kind.Interrupt, core);
  }
}

function pack(connection: number, bytes: Bytes): number {
  checkSize(connection, bytes);
  return connection + (bytes << CONNECTION_BITS);
}

function checkSize(connection: number, bytes: Bytes): void {
  if (connection > CONNECTION_MASK || bytes >= MAX_MESSAGE)
    throw new SimulationBug(`message of ${bytes} bytes on connection ${connection}: too large for an event`, {
      component: 'nic',
    });
}

/** Whether a message acknowledges and nothing else. */
export function isAcknowledgement(message: number): boolean {
  return message >= ACKNOWLEDGEMENT;
}

/** Connection of a message. */
export function connectionOf(message: number): number {
  return message & CONNECTION_MASK;
}

/** Size of a message in bytes. */
export function bytesOf(message: number): Bytes {
  return message >> CONNECTION_BITS;
}
