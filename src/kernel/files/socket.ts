import type { Core } from '../../hw/core.ts';
import type { Cycles } from '../../sim/units.ts';
import { MAX_MESSAGE } from '../../hw/message.ts';
import { EAGAIN } from '../abi.ts';
import type { Thread } from '../thread.ts';
import { KernelFile, type FileHost } from './file.ts';
import { SEND_BUFFER_BYTES, SendBuffer } from './sendbuffer.ts';

/** An established TCP connection to a client behind the wire: bytes received and not yet read; what is written leaves as far as the client's window lets it. */
export class Socket extends KernelFile {
  readonly connection: number;
  /** O_NONBLOCK; fcntl toggles it. */
  isNonblocking: boolean;
  readonly #bufferLine: number;
  readonly #sending: SendBuffer;
  #received = 0;
  #now: Cycles = 0;
  #isExpecting = false;

  /** `bufferLine`: kernel lines of the receive buffer; `sendBytes`: room of the send buffer. */
  constructor(connection: number, isNonblocking: boolean, bufferLine: number, sendBytes = SEND_BUFFER_BYTES) {
    super();
    this.connection = connection;
    this.isNonblocking = isNonblocking;
    this.#bufferLine = bufferLine;
    this.#sending = new SendBuffer(sendBytes);
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
    this.passOn(host, core);
    lock.release(core);
    return result;
  }

  override write(host: FileHost, core: Core, thread: Thread, bytes: number): number {
    const lock = host.lockFile(core, this);
    if (!thread.isRestarted) host.runPath(core, 'socketWrite');
    const result = this.#put(host, core, thread, bytes);
    this.passOn(host, core);
    lock.release(core);
    return result;
  }

  /** Whether a third of the send buffer is free. Source: Linux sk_stream_is_writeable, for bytes acknowledged. */
  override isWritable(): boolean {
    return this.#sending.room(this.#now) * 3 >= this.#sending.capacity;
  }

  /** A segment of the client that frees bytes or opens its window. */
  acknowledge(host: FileHost, core: Core): void {
    const lock = host.lockFile(core, this);
    this.#isExpecting = false;
    this.#push(host, core, host.network.clientWindow);
    if (this.isWritable()) this.announceRoom(host, core);
    if (this.writers.length > 0 || !this.isWritable()) this.#expect(host);
    lock.release(core);
  }

  /** What is still queued goes before the end, whatever the window. */
  override close(host: FileHost, core: Core): void {
    this.#push(host, core, Infinity);
    host.disconnect(core, this.connection);
  }

  // A blocking write returns when all of it is in the buffer; what was there before it slept is kept in the thread.
  #put(host: FileHost, core: Core, thread: Thread, bytes: number): number {
    while (thread.progress < bytes) {
      this.#now = core.now;
      const room = Math.min(bytes - thread.progress, this.#sending.room(core.now), MAX_MESSAGE - 1);
      if (room <= 0) {
        this.#expect(host);
        if (!this.isNonblocking) return this.writers.sleep(thread);
        return thread.progress > 0 ? thread.progress : -EAGAIN;
      }
      host.copyFromUser(core, thread, this.#bufferLine, room);
      this.#sending.queued += room;
      thread.progress += room;
      this.#push(host, core, host.network.clientWindow);
    }
    if (!this.isWritable()) this.#expect(host);
    return bytes;
  }

  /** Sends what the client's window lets go, and waits for its news where something is left. */
  #push(host: FileHost, core: Core, window: number): void {
    this.#now = core.now;
    for (let bytes = this.#sending.sendable(core.now, window); bytes > 0;) {
      const message = Math.min(bytes, MAX_MESSAGE - 1);
      this.#sending.sent(message, host.transmit(core, this.connection, message));
      bytes -= message;
    }
    if (this.#sending.queued > 0) this.#expect(host);
  }

  #expect(host: FileHost): void {
    const time = this.#sending.changesAt;
    if (this.#isExpecting || time === Infinity) return;
    this.#isExpecting = true;
    host.network.expect(this.connection, time);
  }

  #take(host: FileHost, core: Core, thread: Thread, bytes: number): number {
    if (this.#received === 0) return this.isNonblocking ? -EAGAIN : this.readers.sleep(thread);
    const taken = Math.min(bytes, this.#received);
    this.#received -= taken;
    host.network.opened(core, this.connection, taken);
    host.copyToUser(core, thread, this.#bufferLine, taken);
    return taken;
  }
}
