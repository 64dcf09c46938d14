import type { Receipt } from '../../hw/clientlink.ts';
import type { Bytes, Cycles } from '../../sim/units.ts';

/** Bytes written and not acknowledged that a socket holds at most. Source: Linux net.ipv4.tcp_wmem, 4 MiB where autotuning ends. */
export const SEND_BUFFER_BYTES: Bytes = 4 << 20;

/** Bytes under way that come free at known times, oldest first. */
class UnderWay {
  bytes: Bytes = 0;
  readonly #times: Cycles[] = [];
  readonly #sizes: Bytes[] = [];

  /** When the oldest come free; Infinity without any. */
  get next(): Cycles {
    return this.#times.length > 0 ? this.#times[0] : Infinity;
  }

  add(bytes: Bytes, until: Cycles): void {
    this.bytes += bytes;
    this.#times.push(until);
    this.#sizes.push(bytes);
  }

  settle(now: Cycles): void {
    while (this.#times.length > 0 && this.#times[0] <= now) {
      this.#times.shift();
      this.bytes -= this.#sizes.shift()!;
    }
  }
}

/** The sending half of a connection: bytes that wait for the client's window, are not yet acknowledged, or not yet read. */
export class SendBuffer {
  readonly capacity: Bytes;
  queued: Bytes = 0;
  readonly #unacknowledged = new UnderWay();
  readonly #unread = new UnderWay();

  constructor(capacity: Bytes) {
    this.capacity = capacity;
  }

  /** Bytes that may be written at a time. */
  room(now: Cycles): Bytes {
    this.#unacknowledged.settle(now);
    return this.capacity - this.queued - this.#unacknowledged.bytes;
  }

  /** Queued bytes that the client's window lets go at a time. */
  sendable(now: Cycles, window: Bytes): Bytes {
    if (this.queued === 0) return 0;
    this.#unread.settle(now);
    return Math.max(0, Math.min(this.queued, window - this.#unread.bytes));
  }

  /** Queued bytes have left. */
  sent(bytes: Bytes, { acknowledgedAt, readAt }: Receipt): void {
    this.queued -= bytes;
    this.#unacknowledged.add(bytes, acknowledgedAt);
    this.#unread.add(bytes, readAt);
  }

  /** When the next segment of the client changes something: it opens the window for queued bytes, or else makes room. */
  get changesAt(): Cycles {
    return this.queued > 0 ? this.#unread.next : this.#unacknowledged.next;
  }
}
