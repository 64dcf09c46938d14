import type { FdKind } from '../../workloads/recorded/model.ts';
import type { Call } from './call.ts';
import { Lives } from './descriptors.ts';
import { descriptorOf, shapeOf } from './shapes.ts';

/** What a call means for the exchange on its descriptor. */
export interface Turn {
  readonly kind: FdKind | null;
  /** First successful read of a client's socket since its last reply. */
  readonly beginsRequest: boolean;
  /** Successful writes of the same reply before this one. */
  readonly part: number;
}

/**
 * Follows requests and replies on client sockets: a request begins with the first data read after a reply (or after
 * accept), a reply is everything written until the next read. Calls must be given in order of completion.
 */
export class Conversations {
  readonly #lives = new Lives();
  readonly #kinds: ReadonlyMap<string, FdKind>;
  /** Writes of the reply so far; -1 while the request is being read. */
  readonly #parts = new Map<string, number>();

  constructor(kinds: ReadonlyMap<string, FdKind>) {
    this.#kinds = kinds;
  }

  take(call: Call): Turn {
    const fd = descriptorOf(call);
    const key = this.#lives.key(fd, call.tid);
    const kind = fd < 0 ? null : (this.#kinds.get(key) ?? 'other');
    const turn = this.#turn(call, key, kind);
    if (call.name === 'close') this.#parts.delete(key);
    this.#lives.advance(call);
    return turn;
  }

  #turn(call: Call, key: string, kind: FdKind | null): Turn {
    const { moves } = shapeOf(call.name);
    if (kind !== 'socket' || moves === undefined || call.result <= 0) return { kind, beginsRequest: false, part: 0 };
    const parts = this.#parts.get(key) ?? 0;
    if (moves === 'in') {
      this.#parts.set(key, -1);
      return { kind, beginsRequest: parts >= 0, part: 0 };
    }
    const part = Math.max(0, parts);
    this.#parts.set(key, part + 1);
    return { kind, beginsRequest: false, part };
  }
}
