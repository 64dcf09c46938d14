import { describe, expect, it } from 'vitest';
import { bootToy, processOf, sys, work } from '../../../test/model/toysystem.ts';
import type { ClientReceiver } from '../../hw/clientlink.ts';
import { toy } from '../../hw/profiles/toy.ts';
import { EAGAIN, type FileSpec, type Program, type Traffic, type Wire } from '../abi.ts';
import { PollEvent } from './file.ts';

/** The clock runs at 1 GHz: a cycle is a nanosecond. */
const MS = 1e6;
const KIB = 1024;
const [SOCKET, EPOLL] = [0, 1];

/** A client that may send at the start and counts the bytes that it has read. */
class Reader implements Traffic {
  readonly connections = 1;
  readonly receiver: ClientReceiver;
  bytes = 0;
  readonly #sends: number;

  constructor(windowBytes: number, bytesPerMs: number, sends = 0) {
    this.receiver = { windowBytes, byteCycles: MS / bytesPerMs };
    this.#sends = sends;
  }

  start(wire: Wire): void {
    for (let i = 0; i < this.#sends; i++) wire.send(0, 0, 50 * KIB);
  }
  onReply(_connection: number, bytes: number): void {
    this.bytes += bytes;
  }
  onTimer(): void {}
}

function play(program: Program, traffic: Traffic, ms: number, socket: { nonblocking: boolean; sendBytes?: number }) {
  const files: readonly FileSpec[] = [{ kind: 'socket', connection: 0, ...socket }, { kind: 'epoll' }];
  const system = bootToy([processOf([program], { files, dataPages: 64 })], { traffic });
  system.engine.runUntil(ms * MS);
  return system;
}

describe('a socket with a slow client', () => {
  it('holds a blocking writer to what the client reads: 100 KiB a ms, ahead by window and send buffer of 64 KiB each', () => {
    const traffic = new Reader(64 * KIB, 100 * KIB);
    let written = 0;
    const writer: Program = function* (env) {
      for (;;) written += yield* sys(env, 'write', SOCKET, 10 * KIB);
    };
    play(writer, traffic, 40, { nonblocking: false, sendBytes: 64 * KIB });

    expect(traffic.bytes / KIB).toBeGreaterThan(3800);
    expect(traffic.bytes / KIB).toBeLessThanOrEqual(4000);
    expect((written - traffic.bytes) / KIB).toBeGreaterThan(100);
    expect((written - traffic.bytes) / KIB).toBeLessThanOrEqual(192);
  });

  it('takes 64 KiB for the window and 48 for the buffer of a nonblocking writer, in part at last, then answers EAGAIN', () => {
    const results: number[] = [];
    const writer: Program = function* (env) {
      for (let i = 0; i < 8; i++) {
        results.push(yield* sys(env, 'write', SOCKET, 20 * KIB));
        yield* work(env, 'native', 100_000);
      }
    };
    play(writer, new Reader(64 * KIB, 1), 20, { nonblocking: true, sendBytes: 48 * KIB });

    expect(results.slice(0, 6).map((bytes) => bytes / KIB)).toEqual([20, 20, 20, 20, 20, 12]);
    expect(results.slice(6)).toEqual([-EAGAIN, -EAGAIN]);
  });

  it('tells epoll of room, so that a nonblocking writer keeps the client reading', () => {
    const traffic = new Reader(32 * KIB, 100 * KIB);
    let refused = 0;
    const writer: Program = function* (env) {
      yield* sys(env, 'epoll_add', EPOLL, SOCKET, PollEvent.Out);
      for (;;) {
        yield* sys(env, 'epoll_wait', EPOLL, 4, -1);
        while ((yield* sys(env, 'write', SOCKET, 8 * KIB)) > 0);
        refused++;
      }
    };
    play(writer, traffic, 40, { nonblocking: true, sendBytes: 32 * KIB });

    expect(refused).toBeGreaterThan(10);
    expect(traffic.bytes / KIB).toBeGreaterThan(3600);
  });
});

describe('a socket that is not read', () => {
  it('holds the client to 128 KiB of the 300 that it wants to send, until it is read', () => {
    const read: number[] = [];
    const reader: Program = function* (env) {
      yield* work(env, 'native', 2 * MS);
      for (let left = 300; left > 0;) {
        const bytes = yield* sys(env, 'read', SOCKET, 300 * KIB);
        read.push(bytes / KIB);
        left -= bytes / KIB;
      }
    };
    const { value } = play(reader, new Reader(KIB, KIB, 6), 20, { nonblocking: false });

    expect(read[0]).toBe(128);
    expect(read.reduce((sum, bytes) => sum + bytes, 0)).toBe(300);
    expect(value('nic.received')).toBeGreaterThan(3);
  });
});

describe('a link', () => {
  it('of a byte a ns passes 10 replies of 1448 bytes and 90 of headers each one after the other: 15 380 ns and 1000 on the wire', () => {
    const exact = { ...toy.wireNs, value: 1 };
    const times: number[] = [];
    const traffic: Traffic = {
      connections: 1,
      start: () => {},
      onTimer: () => {},
      onReply: (_connection, _bytes, now) => times.push(now),
    };
    const { machine, engine } = bootToy([processOf([])], { profile: { ...toy, linkBytesPerNs: exact }, traffic });
    for (let i = 0; i < 10; i++) machine.nic.transmit(0, 0, 1448);
    engine.runUntil(MS);

    expect(times).toEqual(Array.from({ length: 10 }, (_, i) => (i + 1) * 1538 + 1000));
  });
});
