import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fingerprint } from './fingerprint.ts';

type Event = readonly [time: number, code: number, arg: number];

/** Absorbs an event, its key cut into words as the engine does. */
function mixEvent(fingerprint: Fingerprint, key: number, code: number, arg: number): void {
  fingerprint.mixEvent(key | 0, Math.floor(key / 2 ** 32), code, arg);
}

function hashOf(events: readonly Event[]): string {
  const fingerprint = new Fingerprint();
  for (const [time, code, arg] of events) mixEvent(fingerprint, time, code, arg);
  return fingerprint.hex();
}

const event: fc.Arbitrary<Event> = fc.tuple(fc.maxSafeNat(), fc.integer(), fc.integer());

describe('Fingerprint', () => {
  it('of an empty trajectory, of one event and of one double is pinned: a change of the hash is a change of every archive', () => {
    const mixed = new Fingerprint();
    mixed.mix(1.5);
    expect([hashOf([]), hashOf([[1, 2, 3]]), mixed.hex()]).toEqual([
      '85a5df7a80ddbf60',
      '07eb8753a4eaa272',
      '242fc561be9066ae',
    ]);
  });

  it('tells times apart that differ only above 2^32, and doubles that differ only in the last bit or the sign of zero', () => {
    expect(hashOf([[7, 0, 0]])).not.toBe(hashOf([[7 + 2 ** 32, 0, 0]]));
    const seen = [1, 1 + 2 ** -52, 0, -0, 2 ** 52, 2 ** 52 + 1].map((value) => {
      const fingerprint = new Fingerprint();
      fingerprint.mix(value);
      return fingerprint.hex();
    });
    expect(new Set(seen).size).toBe(6);
  });

  it('changes when any one event is changed, dropped or swapped with another', () => {
    fc.assert(
      fc.property(
        fc.array(event, { minLength: 2, maxLength: 20 }),
        event,
        fc.nat(),
        fc.nat(),
        (events, other, i, j) => {
          const [a, b] = [i % events.length, j % events.length];
          const changed = events.with(a, other);
          const swapped = events.with(a, events[b]).with(b, events[a]);
          for (const variant of [changed, swapped, events.toSpliced(a, 1)]) {
            if (JSON.stringify(variant) !== JSON.stringify(events)) expect(hashOf(variant)).not.toBe(hashOf(events));
          }
        },
      ),
    );
  });

  it('has no collision among 100 000 single events that differ by one in time or arg', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 50_000; i++) seen.add(hashOf([[i, 1, 0]])).add(hashOf([[0, 1, i + 1]]));
    expect(seen.size).toBe(100_000);
  });

  it('keeps checkpoints, each the hash of its prefix', () => {
    const events = Array.from({ length: 10 }, (_, i): Event => [i, i, i]);
    const fingerprint = new Fingerprint();
    events.forEach(([time, code, arg], i) => {
      mixEvent(fingerprint, time, code, arg);
      if (i % 4 === 3) fingerprint.checkpoint(i + 1);
    });
    expect(fingerprint.checkpoints).toEqual([
      { events: 4, hash: hashOf(events.slice(0, 4)) },
      { events: 8, hash: hashOf(events.slice(0, 8)) },
    ]);
  });
});
