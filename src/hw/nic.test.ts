import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bareMachine, type BareMachine } from '../../test/model/support.ts';
import { bytesOf, connectionOf, MAX_MESSAGE } from './message.ts';
import type { Traffic, Wire } from './wire.ts';
import { toy } from './profiles/toy.ts';
import { Vector } from './trap.ts';

const WIRE = toy.wireNs.value; // the clock runs at 1 GHz
const CONNECTIONS = 2048;

/** Clients that send what they are told at the start and write down what comes back. */
class ScriptedTraffic implements Traffic {
  readonly connections = CONNECTIONS;
  readonly log: string[] = [];
  readonly #start: (wire: Wire) => void;

  constructor(start: (wire: Wire) => void) {
    this.#start = start;
  }

  start(wire: Wire): void {
    this.#start(wire);
  }
  onReply(connection: number, bytes: number, now: number): void {
    this.log.push(`reply ${connection} ${bytes} at ${now}`);
  }
  onTimer(arg: number, now: number): void {
    this.log.push(`timer ${arg} at ${now}`);
  }
}

/** Runs `start` on a machine of two cores until nothing is left to do. */
function play(start: (wire: Wire) => void): BareMachine & { log: string[] } {
  const bare = bareMachine({ cores: 2 });
  const traffic = new ScriptedTraffic(start);
  bare.machine.nic.connect(traffic);
  bare.engine.runUntil(1e6);
  return { ...bare, log: traffic.log };
}

/** All messages that wait for a core, as [connection, bytes]. */
function drain({ machine }: BareMachine, core: number): (readonly [number, number])[] {
  const messages: (readonly [number, number])[] = [];
  for (let message = machine.nic.poll(core); message >= 0; message = machine.nic.poll(core))
    messages.push([connectionOf(message), bytesOf(message)]);
  return messages;
}

describe('arriving messages', () => {
  it('interrupt the core of their connection, number mod cores, 1000 cycles after they were sent', () => {
    const { door } = play((wire) => {
      wire.send(50, 4, 100);
      wire.send(60, 7, 100);
    });

    expect(door.traps.filter(({ kind }) => kind === 'interrupt')).toEqual([
      { kind: 'interrupt', core: 0, at: 50 + WIRE, info: Vector.Nic },
      { kind: 'interrupt', core: 1, at: 60 + WIRE, info: Vector.Nic },
    ]);
  });

  it('interrupt once until the ring was found empty: 3 messages, 1 interrupt; then a fourth gives a second', () => {
    const bare = play((wire) => {
      for (const connection of [0, 2, 4]) wire.send(0, connection, 10);
    });
    expect(bare.door.times('interrupt')).toEqual([WIRE]);

    expect(drain(bare, 0)).toEqual([
      [0, 10],
      [2, 10],
      [4, 10],
    ]);
    bare.machine.nic.send(bare.engine.now, 6, 10);
    bare.engine.runUntil(2e6);

    expect(bare.door.times('interrupt')).toEqual([WIRE, 1e6 + WIRE]);
  });

  it('stay masked while the ring was not found empty: one poll of two messages unmasks nothing', () => {
    const bare = play((wire) => {
      for (const connection of [0, 2]) wire.send(0, connection, 10);
    });

    bare.machine.nic.poll(0);
    bare.machine.nic.send(bare.engine.now, 4, 10);
    bare.engine.runUntil(2e6);

    expect(bare.door.times('interrupt')).toEqual([WIRE]);
    expect(drain(bare, 0)).toEqual([
      [2, 10],
      [4, 10],
    ]);
  });

  it('share the interrupt of the first for 300 cycles of moderation: messages at 0, 299 and 301 raise one at 300 with two in the ring', () => {
    const profile = { ...toy, moderationNs: { ...toy.moderationNs, value: 300 } };
    const bare = bareMachine({ profile });
    const traffic = new ScriptedTraffic((wire) => [0, 299, 301].forEach((time) => wire.send(time, 0, 10)));
    bare.machine.nic.connect(traffic);

    bare.engine.runUntil(WIRE + 300);

    expect(bare.door.times('interrupt')).toEqual([WIRE + 300]);
    expect(drain(bare, 0)).toHaveLength(2);
  });

  it('keep connection and size to the bit, up to connection 2047 and the 131072 bytes that a client sends unread', () => {
    const connection = fc.integer({ min: 0, max: CONNECTIONS - 1 });
    const bytes = fc.integer({ min: 0, max: 131_072 });
    const messages = fc.uniqueArray(fc.tuple(connection, bytes), {
      minLength: 1,
      maxLength: 20,
      selector: ([to]) => to,
    });
    fc.assert(
      fc.property(messages, (sent) => {
        const bare = play((wire) => sent.forEach(([to, size]) => wire.send(0, to, size)));

        for (const core of [0, 1]) expect(drain(bare, core)).toEqual(sent.filter(([to]) => to % 2 === core));
      }),
      { numRuns: 5 },
    );
  });

  it('of 2^20 bytes or for connection 2048 are our bug, not another message', () => {
    const { machine } = bareMachine();

    expect(() => machine.nic.send(0, 0, MAX_MESSAGE)).toThrow(`message of ${MAX_MESSAGE} bytes`);
    expect(() => machine.nic.transmit(0, 0, MAX_MESSAGE)).toThrow(`message of ${MAX_MESSAGE} bytes`);
    expect(() => machine.nic.send(0, CONNECTIONS, 1)).toThrow('on connection 2048');
  });
});

describe('the other direction', () => {
  it('keeps sizes up to 2^20 - 1 bytes', () => {
    const bare = bareMachine();
    const traffic = new ScriptedTraffic(() => {});
    bare.machine.nic.connect(traffic);

    bare.machine.nic.transmit(0, 2047, MAX_MESSAGE - 1);
    bare.engine.runUntil(1e6);

    expect(traffic.log).toEqual([`reply 2047 ${MAX_MESSAGE - 1} at ${WIRE}`]);
  });

  it('a message transmitted at 300 reaches its client at 300 + 1000', () => {
    const bare = bareMachine();
    const traffic = new ScriptedTraffic(() => {});
    bare.machine.nic.connect(traffic);

    bare.machine.nic.transmit(300, 9, 1024);
    bare.engine.runUntil(1e6);

    expect(traffic.log).toEqual([`reply 9 1024 at ${300 + WIRE}`]);
  });

  it('clients are called back at the cycle they asked for, with their argument', () => {
    const { log } = play((wire) => {
      wire.callAt(20, 7);
      wire.callAt(10, 8);
    });

    expect(log).toEqual(['timer 8 at 10', 'timer 7 at 20']);
  });
});
