import { Rank, type Engine, type EventHandler } from '../sim/engine.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import type { Bytes, Clock, Cycles, HandlerId } from '../sim/units.ts';
import type { Core } from './core.ts';
import { ClientLink, type Receipt } from './clientlink.ts';
import { Link } from './link.ts';
import { Losses } from './losses.ts';
import { bytesOf, checkSize, connectionOf, Mark, pack } from './message.ts';
import { ReceiveRings } from './receiverings.ts';
import { Vector } from './trap.ts';
import type { Traffic, Wire } from './wire.ts';

const Kind = {
  Arrive: 0,
  Depart: 1,
  Timer: 2,
  Interrupt: 3,
  Acknowledge: 4,
  Opened: 5,
  SendAgain: 6,
  ArriveAgain: 7,
  AcknowledgeAgain: 8,
} as const;
type EventKind = (typeof Kind)[keyof typeof Kind];
/** Segments that a receive ring holds unless a machine says otherwise. Source: the largest ring of Intel E810 and of many others (`ethtool -g`), 8160. */
export const RX_RING = 8160;
/** Delays of the device in cycles: one way on the wire, a byte on the link (0: none), and from a message in an empty ring to the interrupt. */
export interface NicSpec {
  readonly wire: Cycles;
  readonly byteCycles: number;
  readonly moderation: Cycles;
  /** Segments that the ring of a core holds. */
  readonly ring: number;
}
/**
 * Network device with one receive ring per core (receive-side scaling by connection) and interrupts that are moderated, and
 * stay masked while the kernel polls. What finds its ring full is lost, and sent again by its client. It also carries the events of the clients behind the wire.
 */
export class Nic implements EventHandler, Wire {
  /** What happens at each kind of event. */
  static readonly #EVENTS: Readonly<Record<EventKind, (nic: Nic, arg: number, now: Cycles) => void>> = {
    [Kind.Arrive]: (nic, message, now) => nic.#arrive(message, now),
    [Kind.Depart]: (nic, message, now) => nic.#traffic!.onReply(connectionOf(message), bytesOf(message), now),
    [Kind.Timer]: (nic, arg, now) => nic.#traffic!.onTimer(arg, now),
    [Kind.Interrupt]: (nic, core, now) => nic.#cores[core].raise(Vector.Nic, now),
    [Kind.Acknowledge]: (nic, connection, now) => nic.#acknowledge(connection, false, now),
    [Kind.Opened]: (nic, message, now) => nic.#forward(now, connectionOf(message), bytesOf(message)),
    [Kind.SendAgain]: (nic, connection, now) => nic.#sendAgain(connection, now),
    [Kind.ArriveAgain]: (nic, message, now) => nic.#arriveAgain(message, now),
    [Kind.AcknowledgeAgain]: (nic, connection, now) => nic.#acknowledge(connection, true, now),
  };
  readonly name = 'nic';
  readonly #engine: Engine;
  readonly #cores: readonly Core[];
  readonly #spec: NicSpec;
  readonly #clients = new ClientLink();
  readonly #inward: Link;
  readonly #outward: Link;
  readonly #receipt: Receipt = { acknowledgedAt: 0, readAt: 0 };
  readonly #losses: Losses;
  readonly #rings: ReceiveRings;
  readonly #stats: Float64Array;
  readonly #received: number;
  readonly #sent: number;
  readonly #interrupts: number;
  readonly #dropped: number;
  readonly #resent: number;
  #traffic: Traffic | undefined = undefined;
  #handler = -1 as HandlerId;

  constructor(engine: Engine, stats: StatsRegistry, cores: readonly Core[], spec: NicSpec, clock: Clock) {
    this.#engine = engine;
    this.#cores = cores;
    this.#spec = spec;
    this.#inward = new Link(spec.byteCycles);
    this.#outward = new Link(spec.byteCycles);
    this.#losses = new Losses(clock);
    this.#rings = new ReceiveRings(cores.length, spec.ring);
    this.#stats = stats.values;
    this.#received = stats.counter('nic.received', 'count', 'Messages that arrived at the server');
    this.#sent = stats.counter('nic.sent', 'count', 'Messages that left the server');
    this.#interrupts = stats.counter('nic.interrupts', 'count', 'Interrupts raised by the device');
    this.#dropped = stats.counter('nic.dropped', 'count', 'Messages that found their receive ring full');
    this.#resent = stats.counter('nic.resent', 'count', 'Messages that clients sent again as they had been lost');
    this.#handler = engine.register(this);
  }

  /** What was lost, and what became of it. */
  get losses(): Readonly<Pick<Losses, 'dropped' | 'resent' | 'abandoned' | 'awaited'>> {
    return this.#losses;
  }

  /** Messages that arrived at the server, and those among them that still wait in a ring. */
  get received(): number {
    return this.#stats[this.#received];
  }
  get waiting(): number {
    return this.#rings.waiting;
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
    this.#losses.end(connection);
  }

  /** The server has taken a message in whose bytes must wait for others; at the third segment the client hears enough to send those again. */
  hold(time: Cycles, connection: number, bytes: Bytes): void {
    const heard = time + this.#spec.wire;
    if (this.#losses.hold(connection, bytes, heard)) this.#schedule(heard, Kind.SendAgain, connection);
  }

  /** Bytes that may go to a connection's socket now that what was missing has come. */
  repair(connection: number): Bytes {
    return this.#losses.repair(connection);
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
    Nic.#EVENTS[kind as EventKind](this, arg, now);
  }

  /** Next message waiting for a core, to be read with connectionOf and bytesOf; -1 when the ring is empty, which unmasks the interrupt. */
  poll(core: number): number {
    return this.#rings.take(core);
  }

  #forward(time: Cycles, connection: number, bytes: Bytes): void {
    this.#schedule(this.#inward.pass(time + this.#spec.wire, bytes), Kind.Arrive, pack(connection, bytes));
  }

  #schedule(time: Cycles, kind: number, arg: number): void {
    this.#engine.schedule(time, Rank.Arrival, this.#handler, kind, arg);
  }

  #arrive(message: number, now: Cycles): void {
    const connection = connectionOf(message);
    if (!this.#rings.hasRoom(message)) {
      const deadline = this.#losses.lose(connection, bytesOf(message), now - this.#spec.wire, now);
      if (deadline >= 0) this.#schedule(deadline, Kind.SendAgain, connection);
      this.#publish();
    } else this.#queue(this.#losses.isOpen(connection) ? message + Mark.BehindGap : message, now);
  }

  #acknowledge(connection: number, isAgain: boolean, now: Cycles): void {
    if (isAgain) {
      this.#losses.acknowledgements--;
      this.#losses.resent++;
    }
    const message = connection + Mark.Acknowledgement;
    if (this.#rings.hasRoom(message)) this.#queue(message, now);
    else {
      // The server asks for it by sending its last segment again.
      this.#losses.dropped++;
      this.#losses.acknowledgements++;
      this.#schedule(now + this.#losses.timeout, Kind.AcknowledgeAgain, connection);
    }
    this.#publish();
  }

  /** The client sends what is missing of a connection, by its timer or as it was told. */
  #sendAgain(connection: number, now: Cycles): void {
    const bytes = this.#losses.sendAgain(connection, now);
    this.#publish();
    if (bytes < 0) return;
    const arrival = this.#inward.pass(now + this.#spec.wire, bytes);
    this.#schedule(arrival, Kind.ArriveAgain, pack(connection, bytes));
  }

  #arriveAgain(message: number, now: Cycles): void {
    const connection = connectionOf(message);
    const { wire } = this.#spec;
    // The server has ended it meanwhile.
    if (!this.#losses.isOpen(connection)) return;
    if (!this.#rings.hasRoom(message)) {
      this.#schedule(this.#losses.loseAgain(connection, now - wire, now), Kind.SendAgain, connection);
      return this.#publish();
    }
    const isWhole = this.#losses.close(connection, now + wire);
    if (!isWhole) this.#schedule(now + wire, Kind.SendAgain, connection);
    this.#queue(message + (isWhole ? Mark.Repair : Mark.BehindGap), now);
  }

  #queue(message: number, now: Cycles): void {
    this.#stats[this.#received]++;
    if (!this.#rings.put(message)) return;
    this.#stats[this.#interrupts]++;
    const time = now + this.#spec.moderation;
    this.#engine.schedule(time, Rank.Interrupt, this.#handler, Kind.Interrupt, this.#rings.coreOf(message));
  }

  #publish(): void {
    this.#stats[this.#dropped] = this.#losses.dropped;
    this.#stats[this.#resent] = this.#losses.resent;
  }
}
