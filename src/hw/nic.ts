import { Rank, type Engine, type EventHandler } from '../sim/engine.ts';
import { SimulationBug } from '../sim/errors.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import type { Bytes, Cycles, HandlerId } from '../sim/units.ts';
import type { Core } from './core.ts';
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
  start(wire: Wire): void;
  onReply(connection: number, bytes: Bytes, now: Cycles): void;
  onTimer(arg: number, now: Cycles): void;
}

const Kind = { Arrive: 0, Depart: 1, Timer: 2, Interrupt: 3 } as const;
/** Delays of the device in cycles: one way on the wire, and from a message in an empty ring to the interrupt. */
export interface NicSpec {
  readonly wire: Cycles;
  readonly moderation: Cycles;
}
/** An event argument carries connection and bytes: connections below 2^11, messages below 2^20 bytes. */
const CONNECTION_BITS = 11;
const CONNECTION_MASK = (1 << CONNECTION_BITS) - 1;
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
    traffic.start(this);
  }

  send(time: Cycles, connection: number, bytes: Bytes): void {
    this.#engine.schedule(time + this.#spec.wire, Rank.Arrival, this.#handler, Kind.Arrive, pack(connection, bytes));
  }

  callAt(time: Cycles, arg: number): void {
    this.#engine.schedule(time, Rank.Arrival, this.#handler, Kind.Timer, arg);
  }

  /** The server hands a message of `bytes` to the device at `time`. */
  transmit(time: Cycles, connection: number, bytes: Bytes): void {
    this.#stats[this.#sent]++;
    this.#engine.schedule(time + this.#spec.wire, Rank.Arrival, this.#handler, Kind.Depart, pack(connection, bytes));
  }

  onEvent(kind: number, arg: number, now: Cycles): void {
    if (kind === Kind.Timer) this.#traffic!.onTimer(arg, now);
    else if (kind === Kind.Interrupt) this.#cores[arg].raise(Vector.Nic, now);
    else if (kind === Kind.Depart) this.#traffic!.onReply(connectionOf(arg), bytesOf(arg), now);
    else this.#arrive(arg, now);
  }

  /** Next message waiting for a core, to be read with connectionOf and bytesOf; -1 when the ring is empty, which unmasks the interrupt. */
  poll(core: number): number {
    const message = this.#rings[core].shift();
    if (message !== undefined) return message;
    this.#masked[core] = false;
    return -1;
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
  if (connection > CONNECTION_MASK || bytes >= MAX_MESSAGE)
    throw new SimulationBug(`message of ${bytes} bytes on connection ${connection}: too large for an event`, {
      component: 'nic',
    });
  return connection + (bytes << CONNECTION_BITS);
}

/** Connection of a message. */
export function connectionOf(message: number): number {
  return message & CONNECTION_MASK;
}

/** Size of a message in bytes. */
export function bytesOf(message: number): Bytes {
  return message >> CONNECTION_BITS;
}
