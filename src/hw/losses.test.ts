import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bareMachine } from '../../test/model/support.ts';
import { bytesOf, connectionOf, isAcknowledgement, isBehindGap, isRepair } from './message.ts';
import type { Machine } from './machine.ts';
import type { Wire } from './wire.ts';
import { toy } from './profiles/toy.ts';

const MS = 1e6; // cycles: the clock runs at 1 GHz
const WIRE = toy.wireNs.value;

/** A machine whose receive ring holds so many segments, and a server that takes messages as TCP does. */
class Server {
  readonly machine: Machine;
  /** Bytes that may go to the socket of each connection, in the order in which they may. */
  readonly delivered = new Map<number, number[]>();
  acknowledged = 0;
  readonly #run: (time: number) => void;
  wire: Wire | undefined = undefined;

  constructor(ring: number, wire = WIRE) {
    const wireNs = { ...toy.wireNs, value: wire };
    const profile = { ...toy, wireNs, rxRing: { ...toy.wireNs, value: ring } };
    const { machine, engine } = bareMachine({ cores: 1, profile });
    this.machine = machine;
    this.#run = (time) => engine.runUntil(time);
    const start = (wire: Wire): void => {
      this.wire = wire;
    };
    machine.nic.connect({ connections: 8, start, onReply: () => {}, onTimer: () => {} });
  }

  /** Lets time pass, then takes up to `most` messages at `time`. */
  take(time: number, most = Infinity): void {
    this.#run(time);
    const { nic } = this.machine;
    for (let i = 0; i < most; i++) {
      const message = nic.poll(0);
      if (message < 0) return;
      const connection = connectionOf(message);
      if (isAcknowledgement(message)) this.acknowledged++;
      else if (isBehindGap(message)) nic.hold(time, connection, bytesOf(message));
      else this.#deliver(connection, isRepair(message) ? nic.repair(connection) : bytesOf(message));
    }
  }

  /** All bytes that a connection has been given. */
  bytes(connection: number): number {
    return (this.delivered.get(connection) ?? []).reduce((sum, bytes) => sum + bytes, 0);
  }

  #deliver(connection: number, bytes: number): void {
    this.delivered.set(connection, [...(this.delivered.get(connection) ?? []), bytes]);
  }
}

const books = ({ machine: { nic } }: Server): readonly number[] => {
  const { dropped, resent, abandoned, awaited } = nic.losses;
  return [dropped, resent + abandoned + awaited];
};

describe('a message that finds its ring full', () => {
  it('is lost, and sent again 200 ms after it was sent, without anything behind it', () => {
    const server = new Server(2);
    for (let connection = 0; connection < 3; connection++) server.wire!.send(0, connection, 100);
    server.take(WIRE);
    expect([0, 1, 2].map((connection) => server.bytes(connection))).toEqual([100, 100, 0]);
    expect(server.machine.nic.losses.dropped).toBe(1);

    server.take(200 * MS + WIRE - 1);
    expect(server.bytes(2)).toBe(0);
    server.take(200 * MS + WIRE);
    expect(server.bytes(2)).toBe(100);
  });

  it('is sent again at once, and so again and again, where one way is 500 ms and its time-out is over when it is lost', () => {
    const server = new Server(1, 500 * MS);
    server.wire!.send(0, 0, 100);
    server.wire!.send(0, 1, 100);
    server.take(1001 * MS, 0);
    expect(server.machine.nic.losses.dropped).toBe(2);

    server.take(1002 * MS);
    server.take(1501 * MS);
    expect([server.bytes(0), server.bytes(1)]).toEqual([100, 100]);
  });

  it('waits twice as long each time that it is lost again', () => {
    const server = new Server(1);
    const fill = (time: number): void => server.wire!.send(time - WIRE - 1, 0, 100);
    fill(WIRE + 1);
    server.wire!.send(0, 1, 100);
    server.take(2 * WIRE);
    fill(200 * MS + WIRE);
    server.take(200 * MS + 2 * WIRE);
    expect(server.machine.nic.losses.dropped).toBe(2);

    server.take(600 * MS + WIRE - 1);
    expect(server.bytes(1)).toBe(0);
    server.take(600 * MS + WIRE);
    expect(server.bytes(1)).toBe(100);
  });

  it('is sent again at once when three segments have come after it, which wait for it', () => {
    const server = new Server(1);
    server.wire!.send(0, 0, 10);
    server.wire!.send(0, 1, 100);
    for (let i = 0; i < 4; i++) {
      server.take(WIRE + i * MS);
      server.wire!.send(i * MS + 10, 1, 100);
    }
    server.take(WIRE + 3 * MS + 10);
    expect(server.bytes(1)).toBe(0);
    server.take(WIRE + 3 * MS + 10 + 2 * WIRE);
    expect(server.delivered.get(1)).toEqual([500]);
    expect(books(server)).toEqual([1, 1]);
  });

  it('waits a second if it asks for a connection', () => {
    const server = new Server(1);
    server.wire!.send(0, 0, 10);
    server.wire!.send(0, 1, 0);
    server.take(WIRE);
    server.take(1000 * MS + WIRE - 1);
    expect(server.delivered.has(1)).toBe(false);
    server.take(1000 * MS + WIRE);
    expect(server.delivered.get(1)).toEqual([0]);
  });

  it('is forgotten with its connection', () => {
    const server = new Server(1);
    server.wire!.send(0, 0, 10);
    server.wire!.send(0, 1, 100);
    server.take(WIRE);
    server.machine.nic.end(1);
    server.take(3000 * MS);
    expect(server.bytes(1)).toBe(0);
    expect(server.machine.nic.losses).toMatchObject({ dropped: 1, resent: 0, abandoned: 1, awaited: 0 });
  });

  it('comes again after 200 ms if it acknowledges', () => {
    const server = new Server(1);
    server.wire!.send(0, 0, 10);
    server.machine.nic.acknowledge(WIRE, 1);
    server.take(WIRE);
    expect([server.acknowledged, server.machine.nic.losses.awaited]).toEqual([0, 1]);
    server.take(WIRE + 200 * MS);
    expect(server.acknowledged).toBe(1);
    expect(books(server)).toEqual([1, 1]);
  });
});

describe('a ring of few segments', () => {
  it('gives each connection a prefix of what was sent at any time, all of it in the end, and its books balance', () => {
    const sends = fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 3000 }),
        connection: fc.nat(3),
        bytes: fc.integer({ min: 1, max: 4000 }),
      }),
      { minLength: 1, maxLength: 60 },
    );
    const property = fc.property(
      sends,
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 4 }),
      (list, ring, most) => {
        const server = new Server(ring);
        const sorted = [...list].sort((a, b) => a.at - b.at);
        const prefixes = [0, 1, 2, 3].map(() => [0]);
        for (const { at, connection, bytes } of sorted) {
          server.wire!.send(at, connection, bytes);
          prefixes[connection].push(prefixes[connection].at(-1)! + bytes);
        }
        const check = (): void => {
          for (const [connection, sums] of prefixes.entries()) expect(sums).toContain(server.bytes(connection));
          expect(books(server)[0]).toBe(books(server)[1]);
        };
        for (let time = 0; time < 10_000; time += 700) {
          server.take(time, most);
          check();
        }
        for (let time = MS; time < 200_000 * MS; time = Math.ceil(time * 1.3)) {
          server.take(time);
          check();
        }
        expect(prefixes.map((sums, connection) => server.bytes(connection) - sums.at(-1)!)).toEqual([0, 0, 0, 0]);
      },
    );
    fc.assert(property, { numRuns: 50, seed: 5 });
  });
});
