import { describe, expect, it } from 'vitest';
import { bootToy, processOf, sys } from '../../test/model/toysystem.ts';
import { EBADF, type FileSpec, type ThreadEnv, type Traffic, type Wire } from './abi.ts';

const REQUEST = 100;
const REPLY = 500;
const SECOND_FD = 65_536;
const FILES: readonly FileSpec[] = [{ kind: 'listener' }];

/** A client that opens a connection, sends a request, takes the reply and hears of the end, `rounds` times on the same connection. */
class OneShotClient implements Traffic {
  readonly connections = 4;
  readonly heard: number[] = [];
  #wire: Wire | undefined = undefined;
  #left: number;
  #isOpen = false;

  constructor(rounds: number) {
    this.#left = rounds;
  }

  start(wire: Wire): void {
    this.#wire = wire;
    wire.send(1000, 3, 0);
  }

  onTimer(): void {}

  onReply(connection: number, bytes: number, now: number): void {
    this.heard.push(bytes);
    if (bytes === REPLY) return;
    if (!this.#isOpen) this.#wire!.send(now, connection, REQUEST);
    else if (--this.#left > 0) this.#wire!.send(now, connection, 0);
    this.#isOpen = !this.#isOpen;
  }
}

/** Serves one request on each connection, and notes what accept and read returned. */
function* serve(env: ThreadEnv, results: number[]): Generator<void, void, number> {
  for (;;) {
    const accepted = yield* sys(env, 'accept4', 0);
    const fd = accepted % SECOND_FD;
    results.push(Math.floor(accepted / SECOND_FD), yield* sys(env, 'read', fd, 4096));
    yield* sys(env, 'write', fd, REPLY);
    yield* sys(env, 'close', fd);
  }
}

describe('a connection that a client opens', () => {
  it('is answered, accepted with its number 3, served and ended, twice in the same place', () => {
    const results: number[] = [];
    const client = new OneShotClient(2);
    const { engine } = bootToy([processOf([(env) => serve(env, results)], { files: FILES })], { traffic: client });
    engine.runUntil(1e7);

    expect(client.heard).toEqual([0, REPLY, 0, 0, REPLY, 0]);
    expect(results).toEqual([3, REQUEST, 3, REQUEST]);
  });

  it('waits for another process too: of two that accept on the port, each serves one of two connections', () => {
    const results: number[][] = [[], []];
    const programs = results.map((own) => processOf([(env) => serveOnce(env, own)], { files: FILES }));
    const client = new OneShotClient(2);
    bootToy(programs, { traffic: client }).engine.runUntil(1e7);

    expect(results).toEqual([[3], [3]]);
    expect(client.heard).toEqual([0, REPLY, 0, 0, REPLY, 0]);
  });

  it('leaves the interest list with its last descriptor: EPOLL_CTL_MOD finds it before the end and not after', () => {
    const results: number[] = [];
    const program = (env: ThreadEnv) => watchAndClose(env, results);
    const system = bootToy([processOf([program], { files: [...FILES, { kind: 'epoll' }] })], {
      traffic: new OneShotClient(1),
    });
    system.engine.runUntil(1e7);

    expect(results).toEqual([0, -EBADF]);
  });

  it('is lost without a port', () => {
    const client = new OneShotClient(1);
    bootToy([processOf([(env) => oneCall(env)])], { traffic: client }).engine.runUntil(1e7);

    expect(client.heard).toEqual([]);
  });
});

function* watchAndClose(env: ThreadEnv, results: number[]): Generator<void, void, number> {
  const fd = (yield* sys(env, 'accept4', 0)) % SECOND_FD;
  yield* sys(env, 'epoll_add', 1, fd);
  results.push(yield* sys(env, 'epoll_mod', 1, fd));
  yield* sys(env, 'close', fd);
  results.push(yield* sys(env, 'epoll_mod', 1, fd));
  yield* sys(env, 'futex_wait', 0, 0);
}

function* oneCall(env: ThreadEnv): Generator<void, void, number> {
  yield* sys(env, 'getpid');
  yield* sys(env, 'futex_wait', 0, 0);
}

function* serveOnce(env: ThreadEnv, results: number[]): Generator<void, void, number> {
  const accepted = yield* sys(env, 'accept4', 0);
  const fd = accepted % SECOND_FD;
  results.push(Math.floor(accepted / SECOND_FD));
  yield* sys(env, 'read', fd, 4096);
  yield* sys(env, 'write', fd, REPLY);
  yield* sys(env, 'close', fd);
  yield* sys(env, 'futex_wait', 0, 0);
}
