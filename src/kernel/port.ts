import type { Core } from '../hw/core.ts';
import { LINE_BYTES } from '../sim/units.ts';
import { assumed } from './calls/numbers.ts';
import type { FileHost } from './files/file.ts';
import { Listener } from './files/listener.ts';
import { Socket } from './files/socket.ts';
import type { KernelMemory } from './memory.ts';
import { placePaths, runPath, type Footprint, type KernelPath } from './path.ts';

/** Bytes of receive buffer that the model touches of a connection: 64 lines, a page. */
export const SOCKET_LINES = 4096 / LINE_BYTES;

/**
 * Work of the kernel for a connection beside its segments. Assumed from reading Linux 6.x; NGINX Inc. ("Testing the performance of NGINX", 2017)
 * reports about four times as many keep-alive requests as connections with one request each, on one core.
 */
export const PORT_FOOTPRINTS = {
  handshake: assumed(5000, 'tcp_conn_request: a request socket, a route, a cookie, the segment that answers'),
  establish: assumed(6000, 'tcp_v4_syn_recv_sock: a socket is copied from the listening one and hashed'),
  teardown: assumed(
    7000,
    'tcp_close and inet_csk_destroy_sock: a time-wait socket, timers, the slab, segments without payload both ways',
  ),
} as const satisfies Record<string, Footprint>;

/** The port on which a server listens for clients behind the wire; a message of no bytes is a segment without payload. */
export class Port {
  readonly listener = new Listener();
  readonly #memory: KernelMemory;
  readonly #paths: Readonly<Record<keyof typeof PORT_FOOTPRINTS, KernelPath>>;
  /** Receive buffer of each connection, used again by the next one that a client opens in its place. */
  readonly #buffers: number[] = [];

  constructor(memory: KernelMemory) {
    this.#memory = memory;
    this.#paths = placePaths(memory, PORT_FOOTPRINTS);
  }

  /** A client asks for a connection; its segment is part of the path. */
  answer(core: Core): void {
    runPath(core, this.#paths.handshake);
  }

  /** The client's first payload, with its acknowledgement: the connection waits to be accepted from now on. */
  establish(core: Core, host: FileHost, connection: number): Socket {
    runPath(core, this.#paths.establish);
    this.#buffers[connection] ??= this.#memory.data(SOCKET_LINES);
    const socket = new Socket(connection, false, this.#buffers[connection]);
    this.listener.queue(host, core, socket);
    return socket;
  }

  /** The server ends a connection; the segments of the client's end are in the same path. */
  tearDown(core: Core): void {
    runPath(core, this.#paths.teardown);
  }
}
