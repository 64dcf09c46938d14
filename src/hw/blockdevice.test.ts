import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bareMachine, type BareMachine } from '../../test/model/support.ts';
import { BlockDevice, DeviceCounts, type BlockRequest } from './blockdevice.ts';
import type { DeviceSpec } from './storage.ts';
import { Vector } from './trap.ts';

const PAGE = 4096;
const plain: DeviceSpec = {
  media: { read: 1000, write: 400, flush: 50 },
  byteCycles: 0,
  channels: 1,
  depth: 1024,
  coalesced: 1,
  coalescing: 0,
};

/** A read of which nobody hears. */
const READ: BlockRequest = { kind: 'read', bytes: 0, core: 0, done: () => true };

interface Rig extends BareMachine {
  readonly device: BlockDevice;
  /** Times of completion by the number of the request, as the device's interrupts tell them. */
  readonly ends: number[];
  readonly start: (number: number, time: number, kind?: BlockRequest['kind'], bytes?: number) => void;
}

/** A device whose interrupts are served as soon as the core notices, which is at once. */
function rig(spec: Partial<DeviceSpec>): Rig {
  const bare = bareMachine();
  const device = new BlockDevice(
    { ...plain, ...spec },
    bare.engine,
    bare.machine.cores,
    new DeviceCounts(bare.stats, 'test'),
  );
  const ends: number[] = [];
  bare.door.onInterrupt = (core) => {
    bare.door.traps.push({ kind: 'interrupt', core: core.id, at: core.now, info: core.pendingVectors });
    core.pendingVectors = 0;
    while (device.reap(core.id)?.done(core) !== undefined);
  };
  const start: Rig['start'] = (number, time, kind = 'read', bytes = 0) => {
    const done = (): boolean => {
      ends[number] = bare.engine.now;
      return true;
    };
    device.start({ kind, bytes, core: 0, done }, time);
  };
  return { ...bare, device, ends, start };
}

describe('a block device', () => {
  it.each([
    [1, 4],
    [2, 4],
    [4, 4],
    [8, 4],
  ])('serves min(%i channels, %i outstanding) reads of 1000 cycles at a time', (channels, outstanding) => {
    const { engine, device } = rig({ channels });
    let completed = 0;
    const again = (): boolean => {
      completed++;
      device.start({ kind: 'read', bytes: 0, core: 0, done: again }, engine.now);
      return true;
    };
    for (let i = 0; i < outstanding; i++) device.start({ kind: 'read', bytes: 0, core: 0, done: again }, 0);
    engine.runUntil(1e6);

    expect(completed).toBe((1e6 / 1000) * Math.min(channels, outstanding));
  });

  it('makes each request wait as Lindley says of a queue with c servers and fixed service: the end of the c-th before it', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 4 }), (steps, channels) => {
        const { engine, ends, start } = rig({ channels });
        const arrivals: number[] = [];
        for (const gap of steps) arrivals.push((arrivals.at(-1) ?? 0) + gap);
        arrivals.forEach((time, i) => start(i, time));
        engine.runUntil(1e6);

        const expected: number[] = [];
        for (const time of arrivals) expected.push(Math.max(time, expected.at(-channels) ?? 0) + 1000);
        expect(ends).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('passes bytes one request after the other: 8 pages at half a cycle a byte take 1000 + 8 * 2048 cycles on 8 channels', () => {
    const { engine, ends, start } = rig({ channels: 8, byteCycles: 0.5 });
    for (let i = 0; i < 8; i++) start(i, 0, 'read', PAGE);
    engine.runUntil(1e6);

    expect(ends).toEqual(Array.from({ length: 8 }, (_, i) => 1000 + (i + 1) * 2048));
  });

  it('takes 1000, 400 and 50 cycles for a read, a write and a flush', () => {
    const { engine, ends, start } = rig({ channels: 3 });
    (['read', 'write', 'flush'] as const).forEach((kind, i) => start(i, 0, kind));
    engine.runUntil(1e6);

    expect(ends).toEqual([1000, 400, 50]);
  });

  it('shares an interrupt between 4 completions, or those of 500 cycles: 4 at 1000, 2 at 2500', () => {
    const { engine, door, ends, start } = rig({ channels: 8, coalesced: 4, coalescing: 500 });
    for (let i = 0; i < 4; i++) start(i, 0);
    start(4, 1000);
    start(5, 1200);
    engine.runUntil(1e6);

    expect(door.traps.filter(({ kind }) => kind === 'interrupt')).toEqual([
      { kind: 'interrupt', core: 0, at: 1000, info: Vector.Disk },
      { kind: 'interrupt', core: 0, at: 2500, info: Vector.Disk },
    ]);
    expect(ends).toEqual([1000, 1000, 1000, 1000, 2500, 2500]);
  });

  it('interrupts once until the core has looked at everything: 3 completions before it looks share one, a fourth has its own', () => {
    const { engine, device, door, machine } = rig({ channels: 8 });
    const [core] = machine.cores;
    door.onInterrupt = ({ id, now }) => {
      door.traps.push({ kind: 'interrupt', core: id, at: now, info: core.pendingVectors });
      core.pendingVectors = 0;
    };
    for (const time of [0, 10, 20]) device.start(READ, time);
    engine.runUntil(5000);
    expect(door.times('interrupt')).toEqual([1000]);

    const taken = [1, 2, 3, 4].map(() => device.reap(0) !== undefined);
    expect(taken).toEqual([true, true, true, false]);
    device.start(READ, 5000);
    engine.runUntil(1e6);
    expect(door.times('interrupt')).toEqual([1000, 6000]);
  });

  it('counts requests by kind, the time that they spend in the device, and interrupts: 2 reads on one channel spend 1000 and 2000', () => {
    const { engine, stats, start } = rig({});
    start(0, 0);
    start(1, 0);
    start(2, 5000, 'flush');
    engine.runUntil(1e6);

    const values = new Map(stats.rows(stats.snapshot()).map(({ name, value }) => [name, value]));
    const names = ['requests.read', 'requests.write', 'requests.flush', 'cycles', 'interrupts'];
    expect(names.map((name) => values.get(`test.${name}`))).toEqual([2, 0, 1, 3050, 3]);
  });
});
