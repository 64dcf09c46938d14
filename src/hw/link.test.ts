import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bareMachine } from '../../test/model/support.ts';
import { Link, segmentsOf } from './link.ts';
import { toy } from './profiles/toy.ts';

const WIRE = toy.wireNs.value; // the clock runs at 1 GHz

describe('a link', () => {
  it('takes 2 cycles for each byte of a message and for the 90 that each of its segments of 1448 bytes adds', () => {
    expect([0, 1, 1448, 1449, 2896, 2897].map(segmentsOf)).toEqual([1, 1, 1, 2, 2, 3]);
    expect([0, 100, 1448, 1449].map((bytes) => new Link(2).pass(1000, bytes))).toEqual(
      [90, 190, 1538, 1449 + 180].map((passed) => 1000 + 2 * passed),
    );
  });

  it('passes messages one after the other, each when it is there and the one before has passed', () => {
    const messages = fc.array(fc.tuple(fc.nat(3000), fc.nat(4000)), { maxLength: 40 });
    fc.assert(
      fc.property(messages, (list) => {
        const link = new Link(0.5);
        let [time, free] = [0, 0];
        for (const [gap, bytes] of list) {
          time += gap;
          free = Math.max(time, free) + Math.round((bytes + 90 * segmentsOf(bytes)) / 2);
          expect(link.pass(time, bytes)).toBe(free);
        }
      }),
    );
  });

  it('of any speed delays nothing', () => {
    const link = new Link(0);
    expect([link.pass(7, 1e6), link.pass(3, 1)]).toEqual([7, 3]);
  });
});

describe('a network device behind a link of 0.5 bytes a ns', () => {
  it('lets two requests of 910 bytes pass in 2000 cycles each on their way in, and replies on their way out beside them', () => {
    const linkBytesPerNs = { ...toy.wireNs, value: 0.5 };
    const { engine, machine, door } = bareMachine({ profile: { ...toy, linkBytesPerNs } });
    const replies: number[] = [];
    const onReply = (_connection: number, _bytes: number, now: number): number => replies.push(now);
    machine.nic.connect({ connections: 2, start: () => {}, onReply, onTimer: () => {} });
    for (const connection of [0, 1]) {
      machine.nic.send(0, connection, 910);
      machine.nic.transmit(0, connection, 910);
    }
    engine.runUntil(WIRE + 2000);
    expect(machine.nic.received).toBe(1);
    engine.runUntil(1e6);

    expect(machine.nic.received).toBe(2);
    expect(door.times('interrupt')).toEqual([WIRE + 2000]);
    expect(replies).toEqual([2000 + WIRE, 4000 + WIRE]);
  });
});
