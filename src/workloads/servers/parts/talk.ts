import type { CallName } from '../../../kernel/abi.ts';
import type { RoleScript } from '../../server.ts';
import type { Site } from '../../script.ts';
import { Stage, type Front, type Peer } from './front.ts';
import type { Service } from './service.ts';
import type { Work } from './stated.ts';

/** Most bytes of one read or write: a record of TLS with what it adds. */
const MOST_BYTES = 17_000;
/** Site index of the cipher's code. */
const CRYPT_SITE = 50;
const CRYPT_LOOP_INSTRUCTIONS = 2000;

/** Work before the steps of a talk. Assumed for compiled servers; the recorded ones spend 0.2 to 0.5 us before each call. */
export const TALK_WORK: Work = { read: 1500, handshake: 3000, write: 1200, close: 800 };

/** One thread's part in requests and replies: reads whole requests, answers them, and does what TLS asks for in between. */
export class Talk {
  readonly #role: RoleScript;
  readonly #service: Service;
  readonly #front: Front;
  readonly #crypt: Site;

  constructor(role: RoleScript, service: Service, front: Front, code: 'jit' | 'native' = 'jit') {
    this.#role = role;
    this.#service = service;
    this.#front = front;
    this.#crypt = role.script.site(code, CRYPT_SITE, CRYPT_LOOP_INSTRUCTIONS);
  }

  /** Connection behind a descriptor. */
  connectionOf(fd: number): number {
    return this.#front.peer(fd).connection;
  }

  /** Reads a request, `first` bytes and then the rest; false when it is not whole yet: no bytes, or a greeting that has been answered. */
  *receive(fd: number, call: CallName = 'read', first = MOST_BYTES): Generator<void, boolean, number> {
    const peer = this.#front.peer(fd);
    const { transport } = this.#service;
    if (peer.stage === Stage.Greeting) return yield* this.#greet(fd, peer);
    const prefix = peer.stage === Stage.Finishing ? transport.finishedBytes : 0;
    const whole = this.#service.requestOf(peer.connection) + prefix;
    while (peer.got < whole) {
      this.#role.step('read', call, fd, peer.got === 0 ? first : MOST_BYTES);
      const bytes = yield;
      if (bytes <= 0) return false;
      peer.got += bytes;
    }
    peer.got = 0;
    peer.stage = Stage.Ready;
    this.#seal(whole);
    return true;
  }

  /** Reads a request on a blocking descriptor. */
  *await(fd: number): Generator<void, void, number> {
    let isThere = false;
    while (!isThere) isThere = yield* this.receive(fd);
  }

  /** Sends the reply; whether the connection is at its end, and closed. */
  *reply(fd: number, call: CallName = 'write'): Generator<void, boolean, number> {
    const bytes = this.#service.replyOf(this.#front.peer(fd).connection);
    this.#seal(bytes);
    for (let left = bytes; left > 0; left -= MOST_BYTES)
      this.#role.step('write', call, fd, Math.min(left, MOST_BYTES), 1);
    return yield* this.endAfterReply(fd);
  }

  /** Counts a reply that was sent; closes the connection if it was the last one. */
  *endAfterReply(fd: number): Generator<void, boolean, number> {
    const isLast = this.#front.isLast(fd);
    if (isLast) this.#role.step('close', 'close', fd);
    yield;
    return isLast;
  }

  *#greet(fd: number, peer: Peer): Generator<void, boolean, number> {
    const { transport } = this.#service;
    this.#role.step('read', 'read', fd, MOST_BYTES);
    const bytes = yield;
    if (bytes <= 0) return false;
    this.#role.script.work(this.#crypt, transport.handshakeInstructions);
    this.#role.step('handshake', 'write', fd, transport.flightBytes);
    peer.stage = Stage.Finishing;
    yield;
    return false;
  }

  #seal(bytes: number): void {
    const instructions = this.#service.transport.cryptInstructions(bytes);
    if (instructions > 0) this.#role.script.work(this.#crypt, instructions);
  }
}
