import type { Bytes, Clock, Cycles } from '../sim/units.ts';
import { segmentsOf } from './link.ts';

/**
 * When TCP sends again what was lost. Source: Linux include/net/tcp.h (TCP_RTO_MIN 200 ms, TCP_TIMEOUT_INIT 1 s, TCP_RTO_MAX 120 s, reordering 3); RFC 6298:
 * the time-out doubles each time; RFC 5681: the third duplicate acknowledgement does not wait for it. Round trips are far below the least time-out.
 */
const RETRANSMISSION = { leastNs: 200e6, firstNs: 1e9, mostNs: 120e9, duplicates: 3 } as const;

/** What is missing of a connection, and what has come after it. */
interface Gap {
  bytes: Bytes;
  messages: number;
  /** Bytes that came after the gap and wait in the server. */
  held: Bytes;
  /** Acknowledgements that told the client of them, one for each segment. */
  duplicates: number;
  timeout: Cycles;
  /** When the client sends again; -1 while it has just done so. */
  deadline: Cycles;
  /** What is on its way again. */
  bytesAgain: Bytes;
  messagesAgain: number;
}

/**
 * Messages of clients that found no room in the server, seen by both ends: what is missing of each connection, when the client sends it again, and
 * what the server keeps back until then. All that is missing of a connection goes as one message.
 */
export class Losses {
  /** Messages that found no room, that were sent again, and that ended with their connection. */
  dropped = 0;
  resent = 0;
  abandoned = 0;
  /** Acknowledgements that found no room and have not come again. */
  acknowledgements = 0;
  readonly #least: Cycles;
  readonly #first: Cycles;
  readonly #most: Cycles;
  readonly #gaps = new Map<number, Gap>();
  /** Gaps whose missing bytes wait in a ring, the next to be taken first. */
  readonly #closed = new Map<number, Gap[]>();

  constructor(clock: Clock) {
    this.#least = clock.cycles(RETRANSMISSION.leastNs);
    this.#first = clock.cycles(RETRANSMISSION.firstNs);
    this.#most = clock.cycles(RETRANSMISSION.mostNs);
  }

  /** Messages that were lost and have not been sent again. */
  get awaited(): number {
    let sum = this.acknowledgements;
    for (const { messages, messagesAgain } of this.#gaps.values()) sum += messages - messagesAgain;
    return sum;
  }

  /** The least time-out in cycles. */
  get timeout(): Cycles {
    return this.#least;
  }

  /** Whether bytes of a connection are missing. */
  isOpen(connection: number): boolean {
    return this.#gaps.has(connection);
  }

  /** A message that left the client at `sent` is lost at `now`; when the client sends it again at the latest, or -1 if that is known. */
  lose(connection: number, bytes: Bytes, sent: Cycles, now: Cycles): Cycles {
    this.dropped++;
    const gap = this.#gaps.get(connection);
    if (gap !== undefined) {
      gap.bytes += bytes;
      gap.messages++;
      return -1;
    }
    // A segment without payload asks for a connection, of which no round trip is known.
    const timeout = bytes === 0 ? this.#first : this.#least;
    const deadline = Math.max(now, sent + timeout);
    const fresh = { bytes, messages: 1, held: 0, duplicates: 0, timeout, deadline, bytesAgain: 0, messagesAgain: 0 };
    this.#gaps.set(connection, fresh);
    return deadline;
  }

  /** Bytes that the client sends again at `now`, if it is now that it does; -1 if not. */
  sendAgain(connection: number, now: Cycles): Bytes {
    const gap = this.#gaps.get(connection);
    if (gap?.deadline !== now) return -1;
    gap.deadline = -1;
    gap.bytesAgain = gap.bytes;
    gap.messagesAgain = gap.messages;
    this.resent += gap.messages;
    return gap.bytes;
  }

  /** What was sent again at `sent` is lost again at `now`; when it is sent next. */
  loseAgain(connection: number, sent: Cycles, now: Cycles): Cycles {
    const gap = this.#gaps.get(connection)!;
    this.dropped += gap.messagesAgain;
    gap.bytesAgain = gap.messagesAgain = 0;
    gap.timeout = Math.min(2 * gap.timeout, this.#most);
    return (gap.deadline = Math.max(now, sent + gap.timeout));
  }

  /** What was sent again is there at `now`: true if it was all that is missing; else the rest follows at `next`. */
  close(connection: number, next: Cycles): boolean {
    const gap = this.#gaps.get(connection)!;
    const isWhole = gap.messagesAgain === gap.messages;
    if (!isWhole) {
      gap.messages -= gap.messagesAgain;
      gap.bytes -= gap.bytesAgain;
      gap.bytesAgain = gap.messagesAgain = 0;
      gap.deadline = next;
      return false;
    }
    this.#gaps.delete(connection);
    const closed = this.#closed.get(connection);
    if (closed === undefined) this.#closed.set(connection, [gap]);
    else closed.push(gap);
    return true;
  }

  /** The server keeps bytes back; whether the client learns at `heard` that it must send again at once. */
  hold(connection: number, bytes: Bytes, heard: Cycles): boolean {
    const closed = this.#closed.get(connection)?.at(0);
    const gap = closed ?? this.#gaps.get(connection);
    if (gap === undefined) return false;
    gap.held += bytes;
    gap.duplicates += segmentsOf(bytes);
    if (closed !== undefined || gap.duplicates < RETRANSMISSION.duplicates || gap.deadline <= heard) return false;
    gap.duplicates = -Infinity;
    gap.deadline = heard;
    return true;
  }

  /** The missing bytes of a connection have been taken off a ring: how many with those that waited for them. */
  repair(connection: number): Bytes {
    const [gap, ...others] = this.#closed.get(connection) ?? [];
    if (gap === undefined) return 0;
    if (others.length > 0) this.#closed.set(connection, others);
    else this.#closed.delete(connection);
    return gap.bytes + gap.held;
  }

  /** A connection has ended: nothing more of it is sent again. */
  end(connection: number): void {
    const gap = this.#gaps.get(connection);
    if (gap !== undefined) this.abandoned += gap.messages - gap.messagesAgain;
    this.#gaps.delete(connection);
    this.#closed.delete(connection);
  }
}
