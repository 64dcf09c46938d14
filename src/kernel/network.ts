import type { Core } from '../hw/core.ts';
import type { Receipt } from '../hw/clientlink.ts';
import { bytesOf, connectionOf, isAcknowledgement, isBehindGap, isRepair } from '../hw/message.ts';
import type { Nic } from '../hw/nic.ts';
import type { Cycles } from '../sim/units.ts';
import type { FileHost } from './files/file.ts';
import type { Socket } from './files/socket.ts';
import type { Listener } from './files/listener.ts';
import type { KernelMemory } from './memory.ts';
import { runPath, type KernelPath } from './path.ts';
import { Port } from './port.ts';

type NetworkPaths = Readonly<Record<'transmit' | 'receive' | 'acknowledge', KernelPath>>;

/** TCP between sockets and the device: protocol work for each message, in and out. */
export class Network {
  /** Messages taken off the rings and handled. */
  delivered = 0;
  readonly #nic: Nic;
  readonly #paths: NetworkPaths;
  readonly #sockets: (Socket | undefined)[] = [];
  #port: Port | undefined = undefined;

  constructor(nic: Nic, paths: NetworkPaths) {
    this.#nic = nic;
    this.#paths = paths;
  }

  /** Makes a socket the end of its connection. */
  bind(socket: Socket): void {
    this.#sockets[socket.connection] = socket;
  }

  /** The listening socket of the server, for all processes that ask; clients can connect from the first time on. */
  listen(memory: KernelMemory): Listener {
    this.#port ??= new Port(memory);
    return this.#port.listener;
  }

  /** Ends a connection from the server's side; the client hears of it by a message of no bytes. */
  disconnect(core: Core, connection: number): void {
    this.#sockets[connection] = undefined;
    this.#port?.tearDown(core);
    this.#nic.transmit(core.now, connection, 0);
    this.#nic.end(connection);
  }

  /** Bytes that clients accept unread on a connection. */
  get clientWindow(): number {
    return this.#nic.clientWindow;
  }

  /** Sends a message. */
  transmit(core: Core, connection: number, bytes: number): Receipt {
    runPath(core, this.#paths.transmit);
    return this.#nic.transmit(core.now, connection, bytes);
  }

  /** Bytes of a connection have been read: the client may send as many more. */
  opened(core: Core, connection: number, bytes: number): void {
    this.#nic.opened(core.now, connection, bytes);
  }

  /** Waits for the segment of a client that comes at `time`: without that, acknowledgements ride on what clients send anyway. */
  expect(connection: number, time: Cycles): void {
    this.#nic.acknowledge(time, connection);
  }

  /** Receives the next message of the core's ring; false when there is none, which unmasks the interrupt of the ring. */
  receive(core: Core, host: FileHost): boolean {
    const message = this.#nic.poll(core.id);
    if (message < 0) return false;
    this.delivered++;
    const connection = connectionOf(message);
    if (isAcknowledgement(message)) {
      runPath(core, this.#paths.acknowledge);
      this.#sockets[connection]?.acknowledge(host, core);
      return true;
    }
    runPath(core, this.#paths.receive);
    if (isBehindGap(message)) this.#nic.hold(core.now, connection, bytesOf(message));
    else this.#deliver(core, host, connection, isRepair(message) ? this.#nic.repair(connection) : bytesOf(message));
    return true;
  }

  #deliver(core: Core, host: FileHost, connection: number, bytes: number): void {
    const socket = this.#sockets[connection] ?? this.#connect(core, host, connection, bytes);
    socket?.receive(host, core, bytes);
  }

  /** A segment of a connection that is not established: the first one is answered, the next one establishes it. Without a port it is lost. */
  #connect(core: Core, host: FileHost, connection: number, bytes: number): Socket | undefined {
    if (this.#port === undefined) return undefined;
    if (bytes > 0) return (this.#sockets[connection] = this.#port.establish(core, host, connection));
    this.#port.answer(core);
    this.#nic.transmit(core.now, connection, 0);
    return undefined;
  }
}
