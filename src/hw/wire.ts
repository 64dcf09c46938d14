import type { Bytes, Cycles } from '../sim/units.ts';
import type { ClientReceiver } from './clientlink.ts';

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
  readonly receiver?: ClientReceiver | undefined;
  start(wire: Wire): void;
  onReply(connection: number, bytes: Bytes, now: Cycles): void;
  onTimer(arg: number, now: Cycles): void;
}
