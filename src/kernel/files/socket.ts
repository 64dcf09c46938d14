import type { Core } from '../../hw/core.ts';
import { EAGAIN } from '../abi.ts';
import type { Thread } from '../process.ts';
import { KernelFile, type FileHost } from './file.ts';

/** An established TCP connection to a client behind the wire: bytes received and not yet read; what is written leaves at once. */
export class Socket extends KernelFile {
  readonly connection: number;
  /** O_NONBLOCK; fcntl toggles it. */
  isNonblocking: boolean;
  readonly #bufferLine: number;
  #received = 0;

  /** `bufferLine`: kernel lines of the receive buffer. */
  constructor(connection: number, isNonblocking: boolean, bufferLine: number) {
    super();
    this.connection = connection;
    this.isNonblocking = isNonblocking;
    this.#bufferLine = bufferLine;
  }

  override isReadable(): boolean {
    return this.#received > 0;
  }

  /** Bytes arrived from the network. */
  receive(host: FileHost, core: Core, bytes: number): void {
    const lock = host.lockFile(core, this);
    this.#received += bytes;
    this.announce(host, core);
    lock.release(core);
  }

  override read(host: FileHost, core: Core, thread: Thread, bytes: number): number {
    const lock = host.lockFile(core, this);
    if (!thread.isRestarted) host.runPath(core, 'socketRead');
    const result = this.#take(host, core, thread, bytes);
    lock.release(core);
    return result;
  }

  override write(host: FileHost, core: Core, thread: Thread, bytes: number): number {
    const lock = host.lockFile(core, this);
    host.runPath(core, 'socketWrite');
    host.copyFromUser(core, thread, this.#bufferLine, bytes);
    host.transmit(core, this.connection, bytes);
    lock.release(core);
    return bytes;
  }

  override close(host: FileHost, core: Core): void {
    host.disconnect(core, this.connection);
  }

  #take(host: FileHost, core: Core, thread: Thread, bytes: number): number {
    if (this.#received === 0) return this.isNonblocking ? -EAGAIN : this.readers.sleep(thread);
    const taken = Math.min(bytes, this.#received);
    this.#received -= taken;
    host.copyToUser(core, thread, this.#bufferLine, taken);
    return taken;
  }
}
