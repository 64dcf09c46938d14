import type { Core } from '../hw/core.ts';
import { bytesOf, connectionOf, type Nic } from '../hw/nic.ts';
import { Vector } from '../hw/trap.ts';
import type { FileHost } from './files/file.ts';
import type { Socket } from './files/socket.ts';
import { runPath, type KernelPath } from './path.ts';

/** Messages that one network interrupt handles before it lets other work in. Source: Linux NAPI weight. */
const NAPI_WEIGHT = 64;

/** TCP between sockets and the device: protocol work for each message, in and out. */
export class Network {
  readonly #nic: Nic;
  readonly #paths: { readonly transmit: KernelPath; readonly receive: KernelPath };
  readonly #sockets: Socket[] = [];

  constructor(nic: Nic, paths: { readonly transmit: KernelPath; readonly receive: KernelPath }) {
    this.#nic = nic;
    this.#paths = paths;
  }

  /** Makes a socket the end of its connection. */
  bind(socket: Socket): void {
    this.#sockets[socket.connection] = socket;
  }

  /** Sends a message. */
  transmit(core: Core, connection: number, bytes: number): void {
    runPath(core, this.#paths.transmit);
    this.#nic.transmit(core.now, connection, bytes);
  }

  /** Receives what waits in the core's ring; with more than a weight's worth, the interrupt stays pending. */
  poll(core: Core, host: FileHost): void {
    for (let budget = NAPI_WEIGHT; budget > 0; budget--) {
      const message = this.#nic.poll(core.id);
      if (message < 0) return;
      runPath(core, this.#paths.receive);
      this.#sockets[connectionOf(message)].receive(host, core, bytesOf(message));
    }
    core.pendingVectors |= Vector.Nic;
  }
}
